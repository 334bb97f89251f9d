"""Incidents from the command line: over a real server with a token, and over the store on this machine."""

import asyncio
import json
import shlex
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest

from incidents.alert import Alert
from service.settings import Settings
from service.store.store import Store
from tests.recorded import Recorded
from tests.service.cli.live_service import ANA, Live, live_service
from tests.service.cli.ran import Ran, RedTide

ONE_DATABASE = True
CULPRIT = "04-no-empty-carts"


@pytest.fixture
def live(sample: Recorded, tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A service that knows the sample's repository; Ana's token is in the environment."""
    repository = Path(shutil.copytree(sample.repository, tmp_path / "shop.git"))
    monkeypatch.setenv("REDTIDE_TOKEN", ANA)
    with live_service(Settings(store_url=store_url, repositories={"shop": repository})) as running:
        yield running


@pytest.fixture
def alerted(live: Live, sample: Recorded, redtide: RedTide) -> str:
    """The id of an incident made by hand, whose verdict is there."""
    ran = redtide("alert", "--server", live.url, "--quiet", *alert_options(sample))
    assert ran.status == 0, ran.err
    incident = ran.out.strip()
    assert redtide("watch", incident, "--server", live.url, "--interval", "0.05").status == 0
    return incident


def alert_options(sample: Recorded) -> tuple[str, ...]:
    trace = ("--trace", str(sample.folder / "trace.txt"), "--service", "shop", "--repository", "shop")
    return (*trace, "--base", sample.base, "--deployed", sample.deployed)


def command_in(text: str) -> list[str]:
    """The words of the command that a message offers."""
    (line,) = [line for line in text.splitlines() if line.strip().startswith("$ ")]
    return shlex.split(line.strip().removeprefix("$ "))


def one_line(text: str) -> str:
    """A message without its line breaks, which depend on the width."""
    return " ".join(text.split())


def test_an_incident_made_by_hand_is_investigated_and_shown(
    redtide: RedTide, live: Live, alerted: str, sample: Recorded
) -> None:
    shown = redtide("show", alerted, "--server", live.url)
    assert (shown.status, shown.err) == (0, "")
    assert "Likely cause found · shop" in shown.out
    assert sample.shas[CULPRIT][:9] in shown.out
    listed = redtide("incidents", "--server", live.url)
    assert f"likely cause {sample.shas[CULPRIT][:9]}" in listed.out
    assert alerted in listed.out


def test_the_command_that_is_printed_works_where_it_is_read(
    redtide: RedTide, live: Live, alerted: str, sample: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_option = command_in(redtide("show", alerted, "--server", live.url).out)
    assert by_option == ["redtide", "revert", alerted, "--server", live.url]
    monkeypatch.chdir(live.settings.repositories["shop"])
    ran = redtide(*by_option[1:], "--dry-run")
    assert (ran.status, sample.shas[CULPRIT][:12] in ran.out) == (0, True)

    monkeypatch.setenv("REDTIDE_SERVER", live.url)
    assert command_in(redtide("show", alerted).out) == ["redtide", "revert", alerted]
    monkeypatch.delenv("REDTIDE_SERVER")
    store = live.settings.store_url
    by_store = command_in(redtide("show", alerted, "--store", store).out)
    repository = str(live.settings.repositories["shop"])
    assert by_store == ["redtide", "revert", alerted, "--store", store, "--repo", repository]
    monkeypatch.chdir("/")
    assert redtide(*by_store[1:], "--dry-run").status == 0


@pytest.mark.parametrize("public", [None, "https://redtide.example.org/"])
def test_the_command_in_a_message_of_the_service_says_where_the_incident_is(
    redtide: RedTide, sample: Recorded, store_url: str, public: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDTIDE_TOKEN", ANA)
    settings = Settings(store_url=store_url, repositories={"shop": sample.repository}, public_url=public)
    with live_service(settings) as live:
        incident = redtide("alert", "--server", live.url, "--quiet", *alert_options(sample)).out.strip()
        redtide("watch", incident, "--server", live.url, "--interval", "0.05")
        accept = {"Accept": "text/plain", "Authorization": f"Bearer {ANA}"}
        command = command_in(httpx.get(f"{live.url}/incidents/{incident}", headers=accept).text)
    if public:
        assert command[2:] == [incident, "--server", "https://redtide.example.org"]
    else:
        assert redtide(*command[1:], "--dry-run").status == 0


@pytest.mark.parametrize("taken", ["markdown", "slack", "json", "text"])
def test_every_format_is_printed_for_a_pipe(redtide: RedTide, live: Live, alerted: str, taken: str) -> None:
    ran = redtide("show", alerted[:7], "--server", live.url, "--format", taken)
    assert ran.status == 0
    assert "\x1b" not in ran.out
    if taken in ("slack", "json"):
        assert json.loads(ran.out)
    if taken == "json":
        assert json.loads(ran.out)["verdict"]["outcome"] == "culprit"


def test_every_commit_and_every_step_can_be_asked_for(redtide: RedTide, live: Live, alerted: str) -> None:
    plain = redtide("show", alerted, "--server", live.url)
    more = redtide("show", alerted, "--server", live.url, "--all", "--trace")
    assert more.out.startswith(plain.out)
    assert "All commits (" in more.out
    assert "gather_evidence" in more.out
    steps = json.loads(redtide("show", alerted, "--server", live.url, "--trace", "--format", "json").out)["trace"]
    assert [each["kind"] for each in steps["steps"]]
    markdown = redtide("show", alerted, "--server", live.url, "--trace", "--format", "markdown").out
    assert "#### 1. " in markdown
    assert redtide("show", alerted, "--server", live.url, "--all", "--format", "slack").status == 2


# -- what a person says ------------------------------------------------------------------------------------------------


def test_nothing_offers_a_commit_that_a_person_said_is_wrong(
    redtide: RedTide, live: Live, alerted: str, sample: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDTIDE_SERVER", live.url)
    monkeypatch.chdir(live.settings.repositories["shop"])
    culprit = sample.shas[CULPRIT][:9]
    said = redtide("wrong", alerted, "--note", "it was the cache")
    assert (said.status, f"{culprit} is no longer offered" in said.out) == (0, True)

    shown = one_line(redtide("show", alerted, "--all").out)
    assert "Said to be wrong · shop" in shown
    assert f'{culprit} "checkout: keep no cart for visitors who never put anything in" did not cause this' in shown
    assert "They wrote: it was the cache" in shown
    assert "said ana at " in shown
    assert "redtide revert" not in shown
    assert "A person said: not the cause." in shown
    assert "(a person says: wrong)" in redtide("incidents").out
    for accept in ("text/plain", "text/markdown"):
        text = httpx.get(
            f"{live.url}/incidents/{alerted}", headers={"Accept": accept, "Authorization": f"Bearer {ANA}"}
        ).text
        assert "redtide revert" not in text
        assert "Said to be wrong" in text

    refused = redtide("revert", alerted)
    assert refused.status == 2
    assert f"ana said that {culprit} is not the cause of {alerted}; to revert it all the same: " in refused.err
    all_the_same = shlex.split(refused.err.rpartition("all the same: ")[2])
    assert redtide(*all_the_same[1:], "--dry-run").status == 0


def test_the_commit_that_a_person_names_takes_its_place(
    redtide: RedTide, live: Live, alerted: str, sample: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDTIDE_SERVER", live.url)
    monkeypatch.chdir(live.settings.repositories["shop"])
    other = sample.shas["03-readme"]
    assert redtide("wrong", alerted, other[:8], "--note", "see the incident call").status == 0
    shown = redtide("show", alerted).out
    assert f"{other[:9]} " in shown
    assert "caused this, said ana" in one_line(shown)
    ran = redtide(*command_in(shown)[1:])
    assert ran.status == 0, ran.err
    message = _git(live, "log", "-1", "--format=%B", f"redtide/revert-{other[:12]}")
    assert f"This reverts commit {other}." in message
    assert f"ana said that this commit caused {alerted}" in message
    assert "- see the incident call" in message


@pytest.mark.parametrize(
    ("words", "label", "headline"),
    [(["wrong", "--not-a-deploy"], "not a deploy", "No deploy did it"), (["right"], "right", "Likely cause found")],
)
def test_the_last_word_counts(
    redtide: RedTide, live: Live, alerted: str, words: list[str], label: str, headline: str
) -> None:
    redtide("wrong", alerted, "--server", live.url)
    assert redtide(words[0], alerted, *words[1:], "--server", live.url).status == 0
    shown = redtide("show", alerted, "--server", live.url).out
    assert shown.startswith(headline)
    assert ("redtide revert" in shown) == (label == "right")
    assert f"(a person says: {label})" in redtide("incidents", "--server", live.url).out


def test_a_verdict_that_is_judged_is_the_one_that_was_read(redtide: RedTide, live: Live, alerted: str) -> None:
    redtide("right", alerted, "--server", live.url)
    found = json.loads(redtide("show", alerted, "--server", live.url, "--format", "json").out)
    assert (found["feedback"]["version"], found["feedback"]["actor"]) == (found["version"], "ana")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "COMMIT: 'nothing' is no commit id"),
        (["3f9a1c2", "--not-a-deploy"], "--not-a-deploy: says that no commit did it"),
        (["--note", "x" * 2_001], "--note: has more than 2,000 characters"),
    ],
)
def test_words_that_say_nothing_clear_are_refused(
    redtide: RedTide, live: Live, alerted: str, words: list[str], said: str
) -> None:
    ran = redtide("wrong", alerted, *words, "--server", live.url)
    assert (ran.status, said in ran.err, ran.err.count("\n")) == (2, True, 1)


def test_who_names_the_verdicts_own_commit_is_told_the_other_command(
    redtide: RedTide, live: Live, alerted: str, sample: Recorded
) -> None:
    ran = redtide("wrong", alerted, sample.shas[CULPRIT], "--server", live.url)
    assert ran.status == 2
    assert f"`redtide right {alerted}`" in ran.err


# -- again -------------------------------------------------------------------------------------------------------------


def test_an_incident_is_investigated_again_with_other_revisions(
    redtide: RedTide, live: Live, alerted: str, sample: Recorded
) -> None:
    ran = redtide("rerun", alerted, "--base", sample.shas[CULPRIT], "--server", live.url)
    assert (ran.status, f"{alerted} is open: it will be investigated again" in ran.out) == (0, True)
    assert redtide("watch", alerted, "--server", live.url, "--interval", "0.05").status == 0
    found = json.loads(redtide("show", alerted, "--server", live.url, "--format", "json").out)
    assert (found["version"], found["base"]) == (2, sample.shas[CULPRIT])
    assert sample.shas[CULPRIT] not in [each["commit"]["sha"] for each in found["verdict"]["suspects"]]


def test_an_incident_is_given_the_trace_that_it_lacked(
    redtide: RedTide, live: Live, sample: Recorded, trace_file: str
) -> None:
    window = ("--base", sample.base, "--deployed", sample.deployed)
    made = redtide(
        "alert", "--message", "checkout fails", "--service", "shop", *window, "--server", live.url, "--quiet"
    )
    incident = made.out.strip()
    assert redtide("rerun", incident, "--trace", trace_file, "--server", live.url).status == 0
    assert redtide("watch", incident, "--server", live.url, "--interval", "0.05").status == 0
    assert sample.shas[CULPRIT][:9] in redtide("show", incident, "--server", live.url).out


# -- the list ----------------------------------------------------------------------------------------------------------


def opened(settings: Settings, *services: str) -> list[str]:
    """Incidents of these services, in this order, in a store that nobody works on."""

    async def stored() -> list[str]:
        store = Store(settings.store_address())
        errors = (f"{'abcdefghij'[n % 10] * 9}{'klmnopqrst'[n // 10 % 10] * 9} is broken" for n in count())
        alerts = (
            Alert(service=name, message=error, repository="shop") for name, error in zip(services, errors, strict=False)
        )
        ids = [await store.intake.accept(each, "{}") for each in alerts]
        await store.close()
        return ids

    return asyncio.run(stored())


def listed(ran: Ran) -> list[str]:
    assert ran.status == 0, ran.err
    return [line.split()[0] for line in ran.out.splitlines()[1:]]


def test_the_list_is_filtered_and_paged(redtide: RedTide, settings: Settings) -> None:
    where = ("--store", settings.store_url)
    ids = opened(settings, "cart", "mail", "cart", "tax", "cart")[::-1]
    assert listed(redtide("incidents", *where)) == ids
    assert listed(redtide("incidents", *where, "--service", "cart")) == [ids[0], ids[2], ids[4]]
    assert listed(redtide("incidents", *where, "--status", "open", "--environment", "production")) == ids
    first = redtide("incidents", *where, "--limit", "2")
    assert listed(first) == ids[:2]
    assert first.err == f"older ones: --before {ids[1]}\n"
    assert listed(redtide("incidents", *where, "--before", ids[1], "--limit", "3")) == ids[2:]
    page = json.loads(redtide("incidents", *where, "--limit", "2", "--json").out)
    assert ([each["id"] for each in page["incidents"]], page["next"]) == (ids[:2], ids[1])
    empty = redtide("incidents", *where, "--service", "nobody")
    assert (empty.status, empty.out, empty.err) == (0, "", "no incidents\n")
    assert redtide("incidents", *where, "--limit", "0").status == 2


def test_more_than_a_page_of_the_server_is_put_together(redtide: RedTide, settings: Settings) -> None:
    ids = opened(settings, *(f"service-{number}" for number in range(205)))[::-1]
    assert listed(redtide("incidents", "--store", settings.store_url, "--limit", "203")) == ids[:203]


def test_a_short_id_is_enough_while_it_is_the_only_one(redtide: RedTide, settings: Settings) -> None:
    where = ("--store", settings.store_url)
    (first,) = opened(settings, "cart")
    assert first in redtide("show", first[4:8].upper(), *where).out
    others = opened(settings, *(f"service-{number}" for number in range(60)))
    letter = next(each[4] for each in others if sum(other[4] == each[4] for other in others) > 1)
    ran = redtide("show", f"INC-{letter}", *where)
    assert (ran.status, f"INCIDENT: several begin with INC-{letter}: INC-{letter}" in ran.err) == (2, True)


# -- the store on this machine -----------------------------------------------------------------------------------------


def test_a_store_is_added_to_as_a_server_would_and_says_who_did_it(
    redtide: RedTide, settings: Settings, sample: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDTIDE_REPOSITORIES", json.dumps({"shop": str(sample.repository)}))
    monkeypatch.setenv("LOGNAME", "ben")
    where = ("--store", settings.store_url)
    made = redtide("alert", *alert_options(sample), *where)
    assert made.status == 0, made.err
    incident = made.out.split()[0]
    shown = redtide("show", incident, *where)
    assert (shown.status, f"{incident} is open · shop · production" in shown.out) == (0, True)
    assert redtide("show", incident, *where, "--format", "slack").status == 2
    assert "has no verdict yet (open)" in redtide("wrong", incident, *where).err
    assert redtide("rerun", incident, *where).status == 0

    async def actors() -> list[str]:
        store = Store(settings.store_address())
        records = (await store.queries.audits(incident)).records
        await store.close()
        return [each.actor for each in records if each.action == "restarted"]

    assert asyncio.run(actors()) == ["ben (command line)"]


@pytest.mark.parametrize(
    "command",
    [
        ["incidents"],
        ["show", "INC-k7mq2wz4ab"],
        ["watch"],
        ["wrong", "INC-k7mq2wz4ab"],
        ["right", "INC-k7mq2wz4ab"],
        ["rerun", "INC-k7mq2wz4ab"],
        ["alert", "--message", "x", "--service", "shop"],
        ["revert", "INC-k7mq2wz4ab"],
    ],
    ids=lambda command: command[0],
)
def test_no_command_creates_a_store(
    redtide: RedTide, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    unnamed = redtide(*command)
    assert (unnamed.status, "--server: missing, and there is no redtide.sqlite3 in this folder" in unnamed.err) == (
        2,
        True,
    )
    named = redtide(*command, "--store", f"sqlite:///{empty}/new/store.sqlite3")
    assert (named.status, "no such file" in named.err) == (2, True)
    assert list(empty.iterdir()) == []


def _git(live: Live, *arguments: str) -> str:
    import subprocess

    command = ["git", "-C", str(live.settings.repositories["shop"]), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
