"""`redtide rescore` and `redtide compare` over a real store; what judges is in this process."""

import asyncio
import json
from pathlib import Path

import pytest

from service.rescoring.configuration import Configuration
from service.rescoring.running import carry_out
from service.rescoring.scorer import Task
from service.settings import Settings
from service.store.rescoring_schemas import Selection
from service.store.schemas import Feedback
from service.store.store import Store
from tests.service.cli.ran import RedTide
from tests.service.rescoring.investigated import InProcess, investigated
from tests.shop import build_shop

ONE_DATABASE = True
GATE = "failures_at_most = 0\n"


@pytest.fixture
async def ids(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two investigated incidents, of which a person confirmed the first; the command line knows their store."""
    monkeypatch.setenv("REDTIDE_REPOSITORIES", json.dumps({"shop": str(settings.repositories["shop"])}))
    monkeypatch.setenv("REDTIDE_STORE_URL", settings.store_url)
    found = await investigated(store, settings, build_shop(settings.repositories["shop"]), services=2)
    await store.feedback.add(found[0], Feedback(label="right"), "ana")
    return found


async def judged(store: Store, settings: Settings, name: str, most: int = 2) -> None:
    """A run of that name, of which `most` incidents are judged."""
    dumped = Configuration().model_dump(mode="json")
    await store.rescorings.create(name, dumped, Selection(), "me")
    done = 0

    def enough(task: Task) -> None:
        nonlocal done
        done += 1
        if done > most:
            raise KeyboardInterrupt

    try:
        await carry_out(store, name, lambda: InProcess(settings, before=enough))
    except KeyboardInterrupt:
        assert most < 2


async def test_two_runs_are_compared_and_the_report_is_written(
    redtide: RedTide, store: Store, settings: Settings, ids: list[str], tmp_path: Path
) -> None:
    await judged(store, settings, "one")
    await judged(store, settings, "two")
    ran = await asyncio.to_thread(redtide, "compare", "one", "two", "--out", str(tmp_path / "out"))
    assert ran.status == 0
    assert ran.out.startswith("two beside one: 2 incidents, 0 with another answer\n")
    assert "of 1 labelled: 0 gained, 0 lost, p = 1.000" in ran.out
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (report["incidents"], report["quality_after"]["stated_right"]) == (2, 1.0)
    assert "http" not in (tmp_path / "out" / "report.html").read_text().replace("http-equiv", "")


async def test_the_gate_passes_a_whole_run_and_never_a_part_of_one(
    redtide: RedTide, store: Store, settings: Settings, ids: list[str], tmp_path: Path
) -> None:
    (tmp_path / "gate.toml").write_text(GATE)
    await judged(store, settings, "whole")
    await judged(store, settings, "half", most=1)
    gate = ("--gate", str(tmp_path / "gate.toml"))
    whole = await asyncio.to_thread(redtide, "compare", "whole", *gate)
    assert (whole.status, whole.err.splitlines()[-1]) == (0, "gate: passed")
    half = await asyncio.to_thread(redtide, "compare", "half", *gate)
    assert half.status == 1
    assert half.err == "half: 1 of 2 judged; `redtide rescore --name half` continues it\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--actors", "0"], "--actors: must be 1 to 64"),
        (["--name", "a b"], "--name: letters, digits"),
        (["--since", "yesterday"], "--since: 'yesterday' is no date"),
        (["--set", "limits.never=1", "--no-model"], "limits.never: there is no such setting"),
        (["--set", "samples"], "--set: 'samples' is not KEY=VALUE"),
        (["--prompts", "/nowhere"], "/nowhere: cannot be read"),
        (["--limit", "0"], "--limit: Input should be greater than or equal to 1"),
    ],
)
async def test_what_is_wrong_is_said_before_anything_is_stored(
    redtide: RedTide, store: Store, ids: list[str], options: list[str], said: str
) -> None:
    ran = await asyncio.to_thread(redtide, "rescore", *options)
    assert ran.status == 2
    assert said in ran.err
    assert await store.rescorings.latest() == ()


async def test_a_finished_run_is_only_shown_and_says_which_options_it_does_not_use(
    redtide: RedTide, store: Store, settings: Settings, ids: list[str]
) -> None:
    await judged(store, settings, "done")
    shown = await asyncio.to_thread(redtide, "rescore", "--name", "done", "--set", "limits.samples=3", "--no-model")
    assert shown.status == 0
    assert "done exists and is continued as it was begun: --set, --no-model not used" in shown.err
    assert "done beside stored verdicts: 2 incidents" in shown.out
    again = await asyncio.to_thread(redtide, "rescore", "--name", "done")
    assert "not used" not in again.err
