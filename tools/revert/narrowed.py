"""Undo a change on top of a tree: git's three-way merge, of only the files that matter to it.

The merge of three whole trees lists every file of each, and libgit2 gives up looking for moved files when 200 paths
differ. A revert concerns the files that the commit changed, and the files that they may have moved to since; all others
stay as they are. So three small trees are merged, and the result is put back into the large one.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import pygit2
from pygit2.index import Index

from tools.git.trees import Entry, TreeChange, folder_at, listing, mode_kind, tree_changes
from tools.revert.rename_conflicts import Sides, joined
from tools.revert.tree_edits import Edits, edited_tree

_MOST_PAIRS: Final = 49_000_000  # as git: 7,000 x 7,000 moved files are compared, not more


class Change(NamedTuple):
    """What is undone: the tree that it left, and its files by path, with their entries before and after."""

    after: pygit2.Oid
    files: Mapping[bytes, TreeChange]


@dataclass(frozen=True, slots=True)
class Undone:
    """The outcome of one revert: the new tree, or the conflicts."""

    tree: pygit2.Oid | None
    conflicts: tuple[Sides, ...] = ()


def undo(scratch: pygit2.Repository, change: Change, onto: pygit2.Oid) -> Undone:
    """Undo `change` on top of the tree `onto`. Raises one of UNREADABLE when objects are missing.

    A file that is still as the change left it is put back without a merge, so its content is not needed.
    """
    now = {path: dict(_around(scratch.odb, onto, path)) for path in change.files}
    as_left = {path: file.old for path, file in change.files.items() if now[path] == _only(path, file.new)}
    if len(as_left) == len(change.files):
        return Undone(edited_tree(scratch.odb, onto, as_left))
    # What the change added or deleted stays in the merge: it may be the other half of a moved file.
    merged = {path: file for path, file in change.files.items() if path not in as_left or not (file.old and file.new)}
    simple = {path: entry for path, entry in as_left.items() if path not in merged}
    ours = {path: entry for each in merged for path, entry in now[each].items()}
    outcome = _merged(scratch, Change(change.after, merged), ours, onto)
    if outcome.tree is None:
        return outcome
    return Undone(edited_tree(scratch.odb, outcome.tree, simple))


def _only(path: bytes, entry: Entry | None) -> dict[bytes, Entry]:
    return {path: entry} if entry is not None else {}


def _merged(scratch: pygit2.Repository, change: Change, ours: dict[bytes, Entry], onto: pygit2.Oid) -> Undone:
    lost = [path for path, file in change.files.items() if file.new is not None and path not in ours]
    ours |= dict(_moved_to(scratch.odb, change.after, onto, len(lost))) if lost else {}
    sides = (_old_side(change, new=True), ours, _old_side(change, new=False))
    made, now, before = (edited_tree(scratch.odb, None, entries) for entries in sides)
    merged = scratch.merge_trees(made, now, before)
    if merged.conflicts is not None:
        return Undone(None, joined(scratch, merged.conflicts))
    return Undone(edited_tree(scratch.odb, onto, _edits(ours, merged)))


def _old_side(change: Change, *, new: bool) -> dict[bytes, Entry]:
    sides = ((path, file.new if new else file.old) for path, file in change.files.items())
    return {path: entry for path, entry in sides if entry is not None}


def _around(odb: pygit2.Odb, tree: pygit2.Oid, path: bytes) -> Iterator[tuple[bytes, Entry]]:
    """The file at a path; or the file that stands in the way of one of its folders; or the files below it."""
    raw, parts = tree.raw, path.split(b"/")
    for depth, name in enumerate(parts, 1):
        mode, raw = folder_at(odb, raw).entries.get(name, (b"", b""))
        if not mode:
            return
        if mode_kind(mode) != "folder":
            yield b"/".join(parts[:depth]), Entry(mode, raw)
            return
    yield from (
        (path + b"/" + name, Entry(mode, below)) for name, mode, below in listing(odb, pygit2.Oid(raw=raw)).files
    )


def _moved_to(odb: pygit2.Odb, after: pygit2.Oid, onto: pygit2.Oid, lost: int) -> Iterator[tuple[bytes, Entry]]:
    """The files that came since, except those that another file moved to unchanged."""
    changes = list(tree_changes(odb, after, onto))
    gone = {change.old.raw_id for change in changes if change.old is not None and change.new is None}
    added = [(change.path, change.new) for change in changes if change.old is None and change.new is not None]
    if len(added) * lost <= _MOST_PAIRS:
        yield from added
    else:
        yield from ((path, entry) for path, entry in added if entry.raw_id in gone)


def _edits(ours: Mapping[bytes, Entry], merged: Index) -> Edits:
    """What the merge changed: path -> its new entry, or None where the file goes."""
    result = {os.fsencode(entry.path): Entry(b"%o" % entry.mode, entry.id.raw) for entry in merged}
    changed: dict[bytes, Entry | None] = {path: entry for path, entry in result.items() if ours.get(path) != entry}
    return changed | dict.fromkeys(ours.keys() - result.keys())
