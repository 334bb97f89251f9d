"""`redtide bisect` and `redtide confirm`, with a real repository and real commands."""

import asyncio
import json
from pathlib import Path

import pytest

from service.settings import Settings
from service.store.store import Store
from service.worker.investigator import Investigator
from tests.recorded import Recorded
from tests.service.cli.live_service import READER, Live
from tests.service.cli.ran import RedTide
from tests.tools.trials.histories import CHECK, broken_at

CULPRIT = "04-no-empty-carts"
CHECK_CART = "! grep -q ': null;' src/Cart/CartRepository.php"


def test_bisect_finds_the_commit_and_prints_each_run(redtide: RedTide, tmp_path: Path) -> None:
    built = broken_at(tmp_path, 5, 9)
    ran = redtide("bisect", "--repo", str(built.path), "--base", built.shas[0], "--deployed", "main", "--run", CHECK)
    assert ran.status == 0, ran.err
    assert ran.out.startswith(f"found: the command passes before {built.shas[5][:12]} and fails at it\n")
    assert ran.err.count(" s  ") == int(ran.out.split(" runs of ")[0].split()[-1])


def test_bisect_with_json_prints_the_confirmation(redtide: RedTide, tmp_path: Path) -> None:
    built = broken_at(tmp_path, 2, 3)
    ran = redtide("bisect", f"{built.shas[0]}..main", "--repo", str(built.path), "--run", CHECK, "--json")
    found = json.loads(ran.out)
    assert (found["culprit"], found["confirmed"], found["suspected"]) == (built.shas[2], True, None)
    assert {trial["outcome"] for trial in found["trials"]} == {"passed", "failed"}


def test_a_command_that_says_nothing_about_the_window_is_status_1(redtide: RedTide, tmp_path: Path) -> None:
    built = broken_at(tmp_path, 2, 3)
    ran = redtide("bisect", f"{built.shas[0]}..main", "--repo", str(built.path), "--run", "true")
    assert ran.status == 1
    assert ran.out.startswith("cannot tell: the command does not fail at the deployed revision")


def test_what_could_nowhere_be_run_names_no_commit(redtide: RedTide, tmp_path: Path) -> None:
    built = broken_at(tmp_path, 2, 5)
    ran = redtide("bisect", f"{built.shas[0]}..main", "--repo", str(built.path), "--run", "exit 127")
    assert ran.status == 1
    assert ran.out.startswith("cannot tell: the command cannot be run (status 127")
    assert "%" not in ran.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--run", " "], "--run: empty"),
        (["--run", "true", "--seconds", "0"], "--seconds: give a number"),
        (["--run", "true", "--most", "-1"], "--most: give a number"),
    ],
)
def test_bad_options_are_one_line(redtide: RedTide, tmp_path: Path, options: list[str], said: str) -> None:
    built = broken_at(tmp_path, 1, 1)
    ran = redtide("bisect", f"{built.shas[0]}..main", "--repo", str(built.path), *options)
    assert ran.status == 2
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_an_incident_is_confirmed_by_the_command_of_the_settings(
    redtide: RedTide, sample: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    monkeypatch.setenv("REDTIDE_REPOSITORIES", f'{{"shop": "{sample.repository}"}}')

    async def decided() -> str:
        settings = Settings(store_url=url, repositories={"shop": sample.repository})
        store = Store(settings.store_address())
        await store.migrate()
        incident = await store.intake.accept(sample.alert, "{}")
        claim = await store.leases.claim("test", agents=False)
        assert claim is not None
        investigator = Investigator(settings)
        await store.outcomes.finish(claim, await investigator(claim))
        await investigator.close()
        await store.close()
        return incident

    incident = asyncio.run(decided())
    missing = redtide("confirm", incident, "--store", url)
    assert missing.status == 2
    assert "confirm_commands" in missing.err

    monkeypatch.setenv("REDTIDE_CONFIRM_COMMANDS", json.dumps({"shop": CHECK_CART}))
    ran = redtide("confirm", incident, "--store", url)
    assert ran.status == 0, ran.out + ran.err
    assert ran.out.startswith(f"confirmed: the command passes before {sample.shas[CULPRIT][:12]} and fails at it\n")

    assert (
        f"Confirmed: fails with {sample.shas[CULPRIT][:9]}, passes without"
        in redtide("show", incident, "--store", url).out
    )

    other = redtide("confirm", incident, "--store", url, "--no-store", "--commit", sample.shas["06-quantity-limit"])
    assert other.status == 1
    innocent = sample.shas["06-quantity-limit"][:9]
    assert other.out.startswith(f"{innocent} is not the cause: the command passes before {sample.shas[CULPRIT][:12]}")


def test_a_server_stores_the_result_under_the_name_of_the_token(
    redtide: RedTide, live: Live, alerted: str, sample: Recorded
) -> None:
    asked = ("confirm", alerted, "--server", live.url, "--repo", str(sample.repository), "--run", CHECK_CART)
    assert redtide(*asked).status == 0
    shown = json.loads(redtide("show", alerted, "--server", live.url, "--format", "json").out)
    assert (shown["confirmation"]["actor"], shown["confirmation"]["found"]["confirmed"]) == ("ana", True)
    assert shown["report"]["confirmation"].startswith(f"Confirmed: fails with {sample.shas[CULPRIT][:9]}")


def test_a_result_that_cannot_be_stored_is_printed_and_that_is_said(
    redtide: RedTide, live: Live, alerted: str, sample: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDTIDE_TOKEN", READER)
    asked = ("confirm", alerted, "--server", live.url, "--repo", str(sample.repository), "--run", CHECK_CART)
    refused = redtide(*asked)
    assert (refused.status, refused.out.startswith("confirmed: ")) == (2, True)
    assert "the result is not stored" in refused.err
    assert "--no-store" in refused.err
    assert redtide(*asked, "--no-store").status == 0


def test_a_log_that_is_piped_in_is_read(redtide_piped: RedTide, sample: Recorded) -> None:
    window = f"{sample.shas['01-shop']}..{sample.shas['08-escape-titles']}"
    command = ("bisect", window, "--repo", str(sample.repository), "--run", CHECK_CART)
    piped = redtide_piped(*command, stdin=sample.alert.stack_trace.encode())
    assert piped.status == 0, piped.err
    assert "  2 runs of " in piped.out


def test_with_a_trace_the_likeliest_commit_is_tried_first(redtide: RedTide, sample: Recorded, tmp_path: Path) -> None:
    trace = tmp_path / "error.log"
    trace.write_text(sample.alert.stack_trace)
    window = f"{sample.shas['01-shop']}..{sample.shas['08-escape-titles']}"
    ran = redtide("bisect", window, "--repo", str(sample.repository), "--trace", str(trace), "--run", CHECK_CART)
    assert ran.status == 0, ran.err
    assert sample.shas[CULPRIT][:12] in ran.out
    assert "  2 runs of " in ran.out
