"""Spans and times as people write them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incidents.errors import InputError
from tests.repositories import START, Change, build, extend, git
from tools.deploys.revision_range import moment_of, previous_tag
from tools.git.repository import Repository

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("90m", timedelta(minutes=90)),
        ("2h", timedelta(hours=2)),
        ("2 hours ago", timedelta(hours=2)),
        ("1.5h", timedelta(minutes=90)),
        ("3D", timedelta(days=3)),
        ("1 week", timedelta(weeks=1)),
    ],
)
def test_a_span_counts_back_from_now(text: str, back: timedelta) -> None:
    assert moment_of(text, NOW) == NOW - back


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-27", datetime(2026, 11, 27, tzinfo=UTC)),
        ("2026-11-27T08:00:00Z", datetime(2026, 11, 27, 8, tzinfo=UTC)),
        ("2026-11-27T08:00:00+02:00", datetime(2026, 11, 27, 6, tzinfo=UTC)),
    ],
)
def test_a_date_or_time_is_that_moment(text: str, moment: datetime) -> None:
    assert moment_of(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "two hours", "2h30m", "2026-13-01", "999999w", "٢h"])
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InputError, match="is no time; give 2h, 3d, 2026-11-27 or"):
        moment_of(text, NOW)


def one(name: str) -> Change:
    return {"files": {name: f"{name}\n"}}


def released_beside(folder: Path, *, tagged_line: bool = True, hours: int = 5) -> tuple[Repository, list[str]]:
    """Eight commits on `main`, the first one tagged v1 if asked; v2 is on a branch that left at the fifth."""
    built = build(folder, [one(name) for name in "abcde"])
    if tagged_line:
        git(built.path, "tag", "v1", built.shas[0])
    git(built.path, "checkout", "-q", "-b", "release-2")
    released = extend(built.path, [{**one("changelog"), "at": START + 3600 * hours}])
    git(built.path, "tag", "v2", released[0])
    git(built.path, "checkout", "-q", "main")
    return Repository.open(built.path), [*built.shas, *extend(built.path, [one(name) for name in "fgh"])]


@pytest.mark.parametrize("tagged_line", [True, False])
def test_releases_of_branches_of_their_own_count_from_where_they_were_branched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tagged_line: bool
) -> None:
    repository, shas = released_beside(tmp_path, tagged_line=tagged_line)
    monkeypatch.setattr("tools.deploys.revision_range._FAR", 3)
    found = previous_tag(repository, shas[-1])
    assert found == (shas[4], f"{shas[4][:12]}, where v2 was branched off")


def test_a_tag_on_the_line_that_is_near_is_the_previous_one(tmp_path: Path) -> None:
    repository, shas = released_beside(tmp_path)
    assert previous_tag(repository, shas[-1]) == (shas[0], "v1")


def test_a_release_that_was_made_later_is_no_previous_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository, shas = released_beside(tmp_path, hours=8)
    monkeypatch.setattr("tools.deploys.revision_range._FAR", 3)
    assert previous_tag(repository, shas[-1]) == (shas[0], "v1")
