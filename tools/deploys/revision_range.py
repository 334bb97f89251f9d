"""The window when no deploy is known and nobody names its base: the previous tag, a span of time, a number of commits."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

from incidents.errors import InputError, UnknownRevision
from tools.deploys.git_releases import commit_times, tagged_revisions, tags
from tools.deploys.window import holds
from tools.git.first_parents import first_parents
from tools.git.repository import Repository
from tools.git.trees import UNREADABLE

USUAL: Final = 30
"""Commits that are looked at when the repository has no tag."""
_FURTHEST_TAG: Final = 5_000
_FAR: Final = 200  # commits: with a tag that far back, releases may be tagged elsewhere
_TAGS_BESIDE: Final = 20  # tags beside the first-parent line that are tried: each costs a walk through the history
_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)(?:\s+ago)?", re.ASCII)
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Named(NamedTuple):
    """A commit and the name to report it by."""

    sha: str
    name: str


def deployed_by_default(repository: Repository) -> Named:
    """HEAD, by its tag when it has one; without a HEAD, the newest tag. Raises UnknownRevision when there is neither."""
    try:
        head = repository.resolve("HEAD")
    except UnknownRevision:
        known = tags(repository)
        if not known:
            raise
        newest = known[-1]
        return Named(newest.sha, newest.name)
    return Named(head, next((each.name for each in reversed(tags(repository, {head}))), "HEAD"))


def previous_tag(repository: Repository, deployed: str) -> Named | None:
    """The nearest tag before `deployed`: on its first-parent line, else the newest one that it holds. Where that is far
    back, because releases are tagged on branches of their own, the commit that the last of them was branched off."""
    tagged = tagged_revisions(repository) - {deployed}
    line = list(islice(_line(repository, deployed), _FURTHEST_TAG))
    place = next((place for place, sha in enumerate(line) if sha in tagged), None)
    nearest = line[place] if place is not None else None
    known = {each.sha: each.name for each in tags(repository, {nearest} if nearest else tagged)}
    beside = list(reversed(known))[:_TAGS_BESIDE]
    found = next((sha for sha in beside if sha == nearest or holds(repository, deployed, sha)), None)
    if found is None or (place or 0) > _FAR:
        return _branched_off(repository, deployed, line[:place]) or (Named(found, known[found]) if found else None)
    return Named(found, known[found])


def _branched_off(repository: Repository, deployed: str, line: Sequence[str]) -> Named | None:
    """The commit of `line` (newest first, from `deployed`) that the newest release before `deployed` was branched off."""
    made, places = repository.commit(deployed).committed_at, set(line[1:])
    before = [each for each in tags(repository) if each.at <= made]
    for tag in before[: -_TAGS_BESIDE - 1 : -1]:
        base = _merge_base(repository, deployed, tag.sha)
        if base in places:
            return Named(base, f"{base[:12]}, where {tag.name} was branched off")
    return None


def _merge_base(repository: Repository, one: str, other: str) -> str:
    """The newest commit that both hold; "" when there is none, or the history between cannot be read."""
    try:
        return str(repository.raw.merge_base(one, other) or "")
    except UNREADABLE:
        return ""


def commits_back(repository: Repository, deployed: str, count: int) -> Named:
    """The commit `count` first-parent commits before `deployed`, or the first one there is. Raises InputError when
    `deployed` is the first."""
    line = list(islice(_line(repository, deployed), count + 1))
    if len(line) < 2:
        raise InputError(f"{deployed[:12]} has no commit before it: there is nothing to compare it with")
    return Named(line[-1], line[-1][:12])


def before_moment(repository: Repository, deployed: str, moment: datetime) -> Named:
    """The newest first-parent commit before `deployed` that was made before `moment`; the oldest one when none was.

    Raises InputError when `deployed` itself is older.
    """
    line: Iterator[tuple[str, datetime]] = commit_times(repository, deployed)
    oldest, made = next(line)
    if made < moment:
        raise InputError(
            f"no commit since {moment:%Y-%m-%d %H:%M} UTC: {oldest[:12]} was made {made:%Y-%m-%d %H:%M %z}"
        )
    for sha, made in line:
        oldest = sha
        if made < moment:
            break
    if oldest == deployed:
        raise InputError(f"{deployed[:12]} has no commit before it: there is nothing to compare it with")
    return Named(oldest, oldest[:12])


def moment_of(text: str, now: datetime) -> datetime:
    """The time that `2h`, `3d`, `2 hours ago`, a date or an RFC 3339 time means. Raises InputError."""
    try:
        if match := _SPAN.fullmatch(text.strip().lower()):
            return now - timedelta(**{_UNITS[match[2][0]]: float(match[1])})
        given = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError) as error:
        raise InputError(f"{text!r} is no time; give 2h, 3d, 2026-11-27 or 2026-11-27T08:00:00Z") from error
    return given.replace(tzinfo=given.tzinfo or UTC)


def _line(repository: Repository, deployed: str) -> Iterator[str]:
    """The first-parent line from `deployed` back, as far as it was cloned."""
    return (str(commit.id) for commit in first_parents(repository, deployed))
