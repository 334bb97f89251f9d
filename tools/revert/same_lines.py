"""Which later commits changed the lines that a commit changed: they must be undone before it.

The commit's edits are followed from version to version of the file. As in git's merge, edits that touch each other
collide, not only those that overlap.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tools.git.file_history import Edit, Step, file_steps, path_before, step_between, steps_back
from tools.git.repository import Repository
from tools.revert.later import Later
from tools.revert.rename_conflicts import Sides

_MOST_REGIONS: Final = 2_000


class _Region(NamedTuple):
    """Lines by their borders: lines 3 to 5 lie between the borders 2 and 5; an empty region is one border."""

    start: int
    end: int


def last_colliding(repository: Repository, later: Later, sides: Sides, places: Sequence[tuple[int, int]]) -> str | None:
    """Return the newest commit of `later` that changed a conflicting file in `places`; read no older ones.

    `places` are lines of the head's version, from 1, of which the last may be before the first: nothing is left there.
    Without places, or where the lines cannot be followed, the newest that changed the file at all.
    """
    made, now, before = (str(side.path) if side is not None else None for side in sides)
    if now is None:
        gone = made or before
        return next(_removers(repository, later, gone), None) if gone else None
    regions, newest = [_Region(first - 1, last) for first, last in places], None
    for step in steps_back(repository, later.commits, now):
        newest = newest or step.sha
        if not regions or any(_touches(edit, region) for edit in step.edits for region in regions):
            return step.sha
        regions = [_before(region, step.edits) for region in regions]
    return newest or next(_last_change(repository, later, now), None)


def _touches(edit: Edit, region: _Region) -> bool:
    first, last = _new_side(edit)
    return first <= region.end and last >= region.start


def _before(region: _Region, edits: Sequence[Edit]) -> _Region:
    """Where a region that none of the edits touched was before them."""
    shift = sum(edit.old_lines - edit.new_lines for edit in edits if _new_side(edit)[1] < region.start)
    return _Region(region.start + shift, region.end + shift)


def colliding(repository: Repository, commit: str, later: Later, sides: Sides) -> tuple[str, ...]:
    """Return the commits of `later`, newest first, that changed a conflicting file where `commit` changed it.

    At least the last commit that changed the file at all, when one of `later` did.
    """
    made, now, before = (str(side.path) if side is not None else None for side in sides)
    if now is None:
        gone = made or before
        found = _removers(repository, later, gone) if gone else ()
        return tuple(found)
    head = later.commits[-1].sha if later.commits else commit
    steps = file_steps(repository, later.commits, head, now).newest_first if later.commits else ()
    if not steps:
        return tuple(_last_change(repository, later, now))
    hit = _hit(_regions(repository, commit, made), steps) if made is not None else tuple(step.sha for step in steps)
    return hit or (steps[0].sha,)


def _regions(repository: Repository, commit: str, path: str) -> list[_Region]:
    """What the commit changed in the file that it left at `path`."""
    made = repository.raw_commit(commit)
    parent = repository.first_parent(made)
    step = step_between(repository, parent, made, path, path_before(repository, parent, made, path))
    return [_Region(*_new_side(edit)) for edit in step.edits[:_MOST_REGIONS]] if step is not None else []


def _hit(regions: list[_Region], newest_first: Sequence[Step]) -> tuple[str, ...]:
    """Follow the regions through the steps; return the commits whose edits touch them, newest first."""
    found: list[str] = []
    for step in reversed(newest_first):
        moved = [_moved(region, step.edits) for region in regions]
        if any(hit for _, hit in moved):
            found.append(step.sha)
        regions = [region for region, _ in moved]
    return tuple(reversed(found))


def _moved(region: _Region, edits: Sequence[Edit]) -> tuple[_Region, bool]:
    """Return where a region is after the edits (they then belong to it where they touch it), and whether any did."""
    start, end, shift, grown, hit = region.start, region.end, 0, 0, False
    for edit in edits:
        first, last = _old_side(edit)
        if last < region.start:
            shift += edit.new_lines - edit.old_lines
        elif first > region.end:
            break
        else:
            hit, start, end = True, min(start, first), max(end, last)
            grown += edit.new_lines - edit.old_lines
    return _Region(start + shift, end + shift + grown), hit


def _old_side(edit: Edit) -> tuple[int, int]:
    start = edit.old_start - 1 if edit.old_lines else edit.old_start
    return start, start + edit.old_lines


def _new_side(edit: Edit) -> tuple[int, int]:
    start = edit.new_start - 1 if edit.new_lines else edit.new_start
    return start, start + edit.new_lines


def _removers(repository: Repository, later: Later, path: str) -> Iterator[str]:
    """The last commit after which the file was no longer at `path`."""
    for sha, before, after in _entries(repository, later, path):
        if before is not None and after is None:
            yield sha
            return


def _last_change(repository: Repository, later: Later, path: str) -> Iterator[str]:
    """The last commit that changed a file whose lines cannot be followed."""
    for sha, before, after in _entries(repository, later, path):
        if before != after:
            yield sha
            return


def _entries(repository: Repository, later: Later, path: str) -> Iterator[tuple[str, bytes | None, bytes | None]]:
    """Each commit, newest first, with the ids of what was at `path` before and after it."""
    names = path.encode(errors="surrogateescape").split(b"/")
    made = repository.raw_commit(later.commits[-1].sha) if later.commits else None
    after = repository.entry_at(made, names) if made is not None else None
    for commit in reversed(later.commits):  # each is the first parent of the one before
        parent = repository.first_parent(made) if made is not None else None
        before = repository.entry_at(parent, names) if parent is not None else None
        yield commit.sha, before, after
        made, after = parent, before
