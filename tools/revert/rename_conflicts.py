"""Put the sides of a conflict together when the file moved: libgit2 lists each side at its own path.

git shows such a file once, at the path that it moved to.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import pygit2
from pygit2.enums import DiffFind, DiffOption, FileMode
from pygit2.index import Index, IndexEntry

Sides: TypeAlias = tuple[IndexEntry | None, IndexEntry | None, IndexEntry | None]
"""A conflicting file in the commit, at the head, and before the commit."""


def joined(scratch: pygit2.Repository, conflicts: Iterable[Sides]) -> tuple[Sides, ...]:
    """Return the conflicts with one entry for each file."""
    found = list(conflicts)
    for side in (1, 2):
        found = list(_with_moved(scratch, found, side))
    return tuple(found)


def path_of(sides: Sides) -> str:
    """Return where git shows the file: where it moved to, else where it is now, else where it was."""
    made, now, before = sides
    moved_back = made is not None and before is not None and made.path != before.path
    order = (before, now, made) if moved_back else (now, before, made)
    path = next(str(side.path) for side in order if side is not None)
    return os.fsencode(path).decode(errors="replace")


def _with_moved(scratch: pygit2.Repository, conflicts: Sequence[Sides], side: int) -> Iterator[Sides]:
    """Join the entries that have only this side with those that lack it."""
    alone = {str(entry.path): entry for sides in conflicts if (entry := _only(sides, side)) is not None}
    origins = {str(sides[0].path): sides[0] for sides in conflicts if sides[0] is not None and sides[side] is None}
    moved = _moves(scratch, origins.values(), alone.values()) if alone and origins else {}
    for sides in conflicts:
        to = moved.get(str(sides[0].path)) if sides[0] is not None and sides[side] is None else None
        if to is not None:
            yield (sides[0], alone[to], sides[2]) if side == 1 else (sides[0], sides[1], alone[to])
        elif _only(sides, side) is None or str(path_of(sides)) not in moved.values():
            yield sides


def _only(sides: Sides, side: int) -> IndexEntry | None:
    others = [entry for number, entry in enumerate(sides) if number != side and entry is not None]
    return None if others else sides[side]


def _moves(scratch: pygit2.Repository, origins: Iterable[IndexEntry], moved: Iterable[IndexEntry]) -> dict[str, str]:
    """Return old path -> new path, paired by content."""
    old, new = (scratch[_tree(scratch, entries)].peel(pygit2.Tree) for entries in (origins, moved))
    diff = old.diff_to_tree(new, flags=DiffOption.NORMAL)
    diff.find_similar(DiffFind.FIND_RENAMES)
    return {
        delta.old_file.path: delta.new_file.path for delta in diff.deltas if delta.old_file.path != delta.new_file.path
    }


def _tree(scratch: pygit2.Repository, entries: Iterable[IndexEntry]) -> pygit2.Oid:
    index = Index()
    for entry in entries:
        index.add(IndexEntry(entry.path, entry.id, FileMode(entry.mode)))
    return index.write_tree(scratch)
