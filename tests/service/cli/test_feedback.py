"""`redtide wrong` and `redtide right`: what a person says about a verdict, and what is shown and reverted after that."""

import json
import shlex
import subprocess

import httpx
import pytest

from tests.recorded import Recorded
from tests.service.cli.live_service import ANA, Live
from tests.service.cli.ran import RedTide
from tests.service.cli.words import command_in, one_line

ONE_DATABASE = True
CULPRIT = "04-no-empty-carts"


def log_of(live: Live, *arguments: str) -> str:
    command = ["git", "-C", str(live.settings.repositories["shop"]), "log", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


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
    message = log_of(live, "-1", "--format=%B", f"redtide/revert-{other[:12]}")
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
