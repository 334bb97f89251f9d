"""Which commits can be blamed, by what was live when."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incidents.errors import WindowUnknown
from incidents.rollout import Rollout
from tests.repositories import Built, build, git
from tools.deploys.git_releases import by_commit_times, tagged
from tools.deploys.window import (
    AFTER_ONSET,
    NOT_RUNNING,
    Began,
    DeployWindow,
    WindowLimits,
    live_revisions,
    revision_of,
    window_of,
)
from tools.git.repository import Repository

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """Ten commits, an hour apart, the last one at noon."""
    first = int(NOON.timestamp()) - 9 * 3_600
    return build(tmp_path, [{"files": {"a.txt": f"{n}\n"}, "at": first + 3_600 * n} for n in range(10)])


def deploy(built: Built, commit: int, minutes: float) -> Rollout:
    return Rollout(revision=built.shas[commit], at=NOON + timedelta(minutes=minutes), actor="ana")


def chosen(
    built: Built,
    *told: Rollout,
    versions: tuple[str, ...] = (),
    limits: WindowLimits | None = None,
    base: str = "",
    deployed: str = "",
) -> DeployWindow:
    began = Began(NOON - timedelta(seconds=30), NOON + timedelta(seconds=10), versions)
    return window_of(Repository.open(built.path), told, began, limits or WindowLimits(), base, deployed)


def numbers(built: Built, window: DeployWindow) -> tuple[int, int]:
    return built.shas.index(window.base), built.shas.index(window.deployed)


def test_the_window_is_the_last_deploy_before_the_onset(built: Built) -> None:
    window = chosen(built, deploy(built, 2, -300), deploy(built, 5, -4))
    assert numbers(built, window) == (2, 5)
    (rollout,) = window.rollouts
    assert rollout.commits == tuple(built.shas[3:6])
    assert (rollout.actor, rollout.innocent) == ("ana", None)


def test_a_deploy_after_the_onset_is_proven_innocent_and_listed(built: Built) -> None:
    window = chosen(built, deploy(built, 2, -300), deploy(built, 5, -4), deploy(built, 7, 3))
    assert numbers(built, window) == (2, 5)
    assert [each.commit.sha for each in window.later] == built.shas[6:8]
    assert window.later[0].reason == f"{AFTER_ONSET}: at 12:03:00 UTC, they began by 12:00:10 UTC"


def test_commits_of_a_given_window_that_went_live_too_late_are_innocent(built: Built) -> None:
    told = (deploy(built, 2, -300), deploy(built, 5, -4), deploy(built, 7, 3))
    window = chosen(built, *told, base=built.shas[2], deployed=built.shas[7])
    assert numbers(built, window) == (2, 7)
    assert list(window.innocent) == built.shas[6:8]
    assert window.later == ()


def test_a_deploy_inside_the_interval_is_not_proven_innocent(built: Built) -> None:
    window = chosen(built, deploy(built, 2, -300), deploy(built, 5, 0.1))
    assert numbers(built, window) == (2, 5)


def test_two_deploys_three_minutes_apart_are_both_suspected(built: Built) -> None:
    window = chosen(built, deploy(built, 1, -600), deploy(built, 3, -5), deploy(built, 4, -2))
    assert numbers(built, window) == (1, 4)
    assert [each.commits for each in window.rollouts] == [tuple(built.shas[2:4]), (built.shas[4],)]


def test_the_walk_back_is_bounded(built: Built) -> None:
    told = [deploy(built, n, -120 + 10 * n) for n in range(9)]
    assert numbers(built, chosen(built, *told)) == (0, 8)
    assert numbers(built, chosen(built, *told, limits=WindowLimits(lookback_hours=1))) == (5, 8)
    assert numbers(built, chosen(built, *told, limits=WindowLimits(healthy_minutes=10))) == (7, 8)


def test_a_canary_is_told_from_the_rest_by_its_version(built: Built) -> None:
    told = (deploy(built, 2, -300), deploy(built, 5, -20), deploy(built, 6, -10))
    window = chosen(built, *told, versions=(built.shas[5][:12],))
    assert numbers(built, window) == (2, 5)
    assert [each.commit.sha for each in window.later] == [built.shas[6]]
    assert window.later[0].reason.startswith(NOT_RUNNING)


def test_what_ran_before_its_deploy_was_told_is_not_proven_innocent(built: Built) -> None:
    told = (deploy(built, 2, -300), deploy(built, 5, -4), deploy(built, 7, 3))
    began = Began(NOON, NOON, (built.shas[7], built.shas[5]), built.shas[7])
    window = window_of(Repository.open(built.path), told, began, WindowLimits(), "", "")
    assert numbers(built, window) == (2, 7)
    assert window.innocent == {}


def test_a_version_deployed_after_the_onset_fails_too_and_is_innocent_all_the_same(built: Built) -> None:
    told = (deploy(built, 2, -300), deploy(built, 5, -4), deploy(built, 7, 3))
    began = Began(NOON, NOON, (built.shas[7], built.shas[5]), built.shas[5])
    window = window_of(Repository.open(built.path), told, began, WindowLimits(), "", "")
    assert numbers(built, window) == (2, 5)
    assert [each.commit.sha for each in window.later] == built.shas[6:8]


def test_a_failing_older_version_is_no_base(built: Built) -> None:
    told = (deploy(built, 1, -600), deploy(built, 3, -300), deploy(built, 5, -4))
    assert numbers(built, chosen(built, *told, versions=(built.shas[5], built.shas[3]))) == (1, 5)


def test_a_rollback_is_no_base(built: Built) -> None:
    told = (deploy(built, 2, -600), deploy(built, 7, -300), deploy(built, 2, -100), deploy(built, 5, -4))
    assert numbers(built, chosen(built, *told)) == (2, 5)


def test_the_version_of_the_log_stands_in_for_a_deploy_nobody_told(built: Built) -> None:
    window = chosen(built, deploy(built, 2, -300), versions=(f"checkout@{built.shas[6]}",))
    assert numbers(built, window) == (2, 6)


def test_a_revision_the_repository_does_not_hold_is_told(built: Built) -> None:
    unknown = Rollout(revision="0" * 40, at=NOON - timedelta(minutes=1))
    window = chosen(built, deploy(built, 2, -300), deploy(built, 5, -4), unknown)
    assert numbers(built, window) == (2, 5)
    assert window.missing == (f"The repository does not hold {'0' * 40}, deployed at 11:59:00 UTC.",)


def test_without_a_deploy_before_the_error_there_is_no_window(built: Built) -> None:
    with pytest.raises(WindowUnknown, match="deployed: left out"):
        chosen(built, deploy(built, 5, 4))
    with pytest.raises(WindowUnknown, match="base: left out"):
        chosen(built, deploy(built, 5, -4))


def test_versions_name_commits_in_many_ways(built: Built) -> None:
    git(built.path, "tag", "v1.4.2", built.shas[4])
    repository = Repository.open(built.path)
    names = ("1.4.2", "v1.4.2", "shop@v1.4.2", f"9.9+{built.shas[4][:10]}", built.shas[4])
    assert {revision_of(repository, name) for name in names} == {built.shas[4]}
    assert revision_of(repository, "latest") is None


def test_tags_are_deploys_when_nobody_tells_of_any(built: Built) -> None:
    git(built.path, "tag", "v1", built.shas[2])
    git(built.path, "tag", "v2", built.shas[6])
    began = Began(NOON, NOON)
    repository = Repository.open(built.path)
    found = tagged(repository, repository.resolve("HEAD"), began, WindowLimits())
    assert [each.revision for each in found] == [built.shas[2], built.shas[6]]
    window = window_of(repository, found, began, WindowLimits(), "", "")
    assert numbers(built, window) == (2, 6)
    assert tagged(repository, repository.resolve("HEAD"), began, WindowLimits(lookback_hours=1)) == ()


def test_commit_times_make_a_window_when_there_is_nothing_else(built: Built) -> None:
    began, repository = Began(NOON - timedelta(hours=2), NOON - timedelta(hours=2)), Repository.open(built.path)
    assert numbers(built, by_commit_times(repository, began, WindowLimits(lookback_hours=3.5))) == (3, 7)
    assert numbers(built, by_commit_times(repository, began, WindowLimits(lookback_hours=0.1))) == (6, 7)
    assert numbers(built, by_commit_times(repository, began, WindowLimits(commits=2))) == (5, 7)
    found = by_commit_times(repository, began, WindowLimits(lookback_hours=3.5))
    assert found.missing == (
        "No deploy is known: the commits of the 3.5 hours before the errors were taken, by their own times.",
    )
    assert found.guessed
    assert not by_commit_times(repository, began, WindowLimits(), base=built.shas[0]).guessed


HISTORY = [
    Rollout(revision=name, at=NOON + timedelta(minutes=n)) for n, name in enumerate(("v1", "v2", "v2", "v3"), -3)
]


@pytest.mark.parametrize(
    ("minutes", "base", "deployed", "expected"),
    [
        (0, "", "", ("v2", "v3")),
        (-1, "", "", ("v1", "v2")),  # deployed twice in a row: not its own base
        (-0.5, "", "", ("v1", "v2")),
        (-3, "", "", ("", "v1")),
        (-4, "", "", ("", "")),
        (-4, "v0", "", ("v0", "")),
        (0, "v0", "", ("v0", "v3")),
        (0, "", "v2", ("v1", "v2")),
        (0, "", "v9", ("v3", "v9")),  # its deploy was not reported: it went live at the latest when the error began
        (-4, "", "v9", ("", "v9")),
        (0, "v8", "v9", ("v8", "v9")),
    ],
)
def test_the_reported_deploys_alone_tell_what_was_live_and_what_was_before_it(
    minutes: float, base: str, deployed: str, expected: tuple[str, str]
) -> None:
    assert live_revisions(HISTORY, NOON + timedelta(minutes=minutes), base, deployed) == expected
