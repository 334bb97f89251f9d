"""How long a commit had been live when it failed: told by deploys, never by git's own times."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from incidents.evidence import Evidence
from incidents.rollout import Rollout
from tests.repositories import build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TRACE = 'Traceback (most recent call last):\n  File "/srv/app/shop.py", line 2, in total\n    return 1 / 0\nError: no\n'


def evidence(folder: Path, delay: timedelta, source: Literal["recorded", "git"] = "recorded") -> Evidence:
    """What is gathered when the one commit of the window went live `delay` before the first error."""
    repository = Repository.open(
        build(folder, [{"files": {"shop.py": "def total():\n    return 1\n"}}, {"files": {"shop.py": TOTAL}}]).path
    )
    base, deployed = repository.resolve("HEAD~1"), repository.resolve("HEAD")
    rollout = Rollout(revision=deployed, at=NOON - delay, source=source, commits=(deployed,))
    return gather(repository, base, deployed, parse(TRACE), first_seen=NOON, rollouts=(rollout,))


TOTAL = "def total():\n    return 1 / 0\n"


def told(found: Evidence) -> dict[str, float]:
    return {
        each.name: each.value
        for each in found.suspects[0].signals
        if each.name in ("began_after_deploy", "ran_for_long")
    }


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        (timedelta(minutes=2), {"began_after_deploy": 1.0}),
        (timedelta(hours=2), {"began_after_deploy": 0.5}),
        (timedelta(hours=24), {}),
        (timedelta(days=2.65), {"ran_for_long": 0.5}),
        (timedelta(days=30), {"ran_for_long": 1.0}),
        (timedelta(minutes=-5), {}),
    ],
)
def test_the_sooner_after_the_deploy_it_fails_the_more_it_says(
    tmp_path: Path, delay: timedelta, expected: dict[str, float]
) -> None:
    assert told(evidence(tmp_path, delay)) == pytest.approx(expected, abs=0.01)


def test_a_deploy_just_before_the_error_makes_none_less_likely_and_an_old_one_more(tmp_path: Path) -> None:
    soon, late = (
        evidence(tmp_path / name, delay)
        for name, delay in (("soon", timedelta(minutes=1)), ("late", timedelta(days=20)))
    )
    assert soon.none_probability < late.none_probability


def test_the_time_of_a_commit_or_tag_is_no_deploy(tmp_path: Path) -> None:
    assert told(evidence(tmp_path, timedelta(minutes=2), source="git")) == {}
