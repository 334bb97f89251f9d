"""`redtide policy`: which rule decided about an incident, and what a policy would have done on known ones."""

import asyncio
import json
from pathlib import Path

import pytest

from incidents.policy import Policy
from service.settings import Settings
from service.store.store import Store
from tests.service.cli.labelled import CULPRIT, NOBODY
from tests.service.cli.ran import RedTide
from tests.service.policy.stage import LocalReverts, Stage, judged, shop


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A policy that asks for little."""
    written = tmp_path / "policy.toml"
    lax = "minimum_probability = 0.5\nminimum_git_probability = 0.5\nminimum_evidence = 'message'\nmode = 'shadow'\n"
    written.write_text(lax + "maximum_age_hours = 100000\nmaximum_lines = 10000\n")
    return written


def test_replay_counts_right_and_wrong_reverts_of_labelled_incidents(
    redtide: RedTide, folder: Path, file: Path
) -> None:
    given = ["policy", "replay", "--cases", str(folder / "cases.jsonl"), "--repos", str(folder / "repos")]
    ran = redtide(*given, "--policy", str(file), "--json")
    told = json.loads(ran.out)
    assert ran.status == 0
    assert {case["id"] for case in told["cases"]} == {CULPRIT, NOBODY}
    by_id = {case["id"]: case for case in told["cases"]}
    assert (by_id[CULPRIT]["passed"], by_id[CULPRIT]["right"]) == (True, True), by_id[CULPRIT]["decided_by"]
    assert (by_id[NOBODY]["passed"], by_id[NOBODY]["decided_by"]) == (False, "likely_cause")
    half = next(row for row in told["rows"] if row["threshold"] == 0.5)
    assert (half["reverted"], half["right"], half["wrong"]) == (1, 1, 0)
    assert len(told["broken"]) == 4


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "give one of them"),
        (["--cases", "x", "--since", "3"], "give one of them"),
        (["--cases", "x", "--policy", "gone.toml"], "cannot read 'gone.toml'"),
        (["--since", "0"], "above 0"),
    ],
)
def test_replay_refuses_what_it_cannot_use(redtide: RedTide, options: list[str], told: str) -> None:
    ran = redtide("policy", "replay", *options)
    assert ran.status == 2
    assert told in ran.err


def test_explain_lists_every_rule_and_the_one_that_decided(redtide: RedTide, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.sqlite3"
    incident = asyncio.run(_decided(url, tmp_path))
    ran = redtide("policy", "explain", incident, "--store", url)
    assert ran.status == 1, ran.err
    assert "decided by evidence: failing_line, at least confirmed" in ran.out
    assert " NO  evidence" in ran.out
    assert "yes  likely_cause" in ran.out
    other = redtide("policy", "explain", "INC-nobody", "--store", url)
    assert other.status == 2


async def _decided(url: str, folder: Path) -> str:
    settings = Settings(store_url=url, repositories={"shop": folder / "shop"})
    store = Store(settings.store_address())
    await store.migrate()
    built = shop(folder)
    here = Stage(store, settings, built, LocalReverts(store, built), Policy(mode="auto", minimum_evidence="confirmed"))
    incident = await judged(store, built)
    await here.step()
    await store.close()
    return incident
