"""Why a file conflicts: what happened to it since, on which lines, and by which later commit."""

from collections.abc import Sequence
from typing import Final

import pygit2
from pygit2.enums import FileMode
from pygit2.index import IndexEntry

from incidents.revert import Conflict
from tools.git.repository import Repository, is_binary
from tools.revert.later import Later
from tools.revert.rename_conflicts import Sides, path_of
from tools.revert.same_lines import last_colliding

_EXPLAINED: Final = 4  # conflicts whose later commits are looked up


def conflicts_of(
    repository: Repository, scratch: pygit2.Repository, later: Later, found: Sequence[Sides]
) -> tuple[Conflict, ...]:
    """Return one conflict for each file, in git's order."""
    conflicts: dict[str, Conflict] = {}
    for sides in found:
        path = path_of(sides)
        if path not in conflicts:
            places = _places(scratch, sides)
            by = _last_change(repository, later, sides, places) if len(conflicts) < _EXPLAINED else ""
            conflicts[path] = Conflict(path=path, reason=_reason(sides, places) + by)
    return tuple(conflicts.values())


def _reason(sides: Sides, places: Sequence[tuple[int, int]]) -> str:
    """Return why a file conflicts. The sides are its version in the commit, at head, and before the commit."""
    made, now, before = sides
    if now is None:
        return "deleted or moved since"
    if before is None:
        return "added by this commit and changed since"
    if made is None:
        return "deleted or moved by this commit and there again since"
    named = [f"line {first}" if last <= first else f"lines {first}-{last}" for first, last in places[:5]]
    return f"{', '.join(named)} changed again since" if named else "changed again since in the same place"


def _places(scratch: pygit2.Repository, sides: Sides) -> Sequence[tuple[int, int]]:
    """Return the first and last conflicting lines of the file at head; none when they are not known."""
    if not all(side is not None and _is_text(scratch, side) for side in sides):
        return ()
    try:
        merged = scratch.merge_file_from_index(*sides).contents
    except UnicodeDecodeError:  # pygit2 reads the merged text as UTF-8 only
        return ()
    places: list[tuple[int, int]] = []
    line, start, side = 0, 0, "both"
    for text in merged.split("\n"):
        if text.startswith("<<<<<<< "):
            side, start = "head", line + 1
        elif text.startswith("=======") and side == "head":
            side = "before"
            places.append((start, line))
        elif text.startswith(">>>>>>> ") and side == "before":
            side = "both"
        elif side != "before":
            line += 1
    return places


def _is_text(scratch: pygit2.Repository, side: IndexEntry) -> bool:
    plain = side.mode in (FileMode.BLOB, FileMode.BLOB_EXECUTABLE)
    return plain and not is_binary(scratch[side.id].peel(pygit2.Blob))


def _last_change(repository: Repository, later: Later, sides: Sides, places: Sequence[tuple[int, int]]) -> str:
    """Return the last later commit that collides with the revert, as ", last by <sha> <subject>", or ""."""
    found = last_colliding(repository, later, sides, places)
    return f", last by {found[:12]} {repository.commit(found).subject[:80]}" if found else ""
