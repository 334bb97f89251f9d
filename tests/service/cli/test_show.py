"""`redtide show`: an incident made by hand, in every format, and the command that it offers."""

import json

import httpx
import pytest

from service.settings import Settings
from tests.recorded import Recorded
from tests.service.cli.live_service import ANA, Live, live_service
from tests.service.cli.ran import RedTide
from tests.service.cli.words import alert_options, command_in

ONE_DATABASE = True
CULPRIT = "04-no-empty-carts"


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
