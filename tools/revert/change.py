"""What a revert undoes: all that a commit changed, or only some of its files and lines."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import pygit2

from incidents.errors import FieldInvalid, IncompleteRepository
from tools.git.commit_objects import CommitObject
from tools.git.diff import compare_blobs
from tools.git.repository import Repository, decoded, is_binary
from tools.git.trees import Entry, TreeChange, tree_changes
from tools.revert.narrowed import Change

_LINES: Final = re.compile(r"(.+):(\d{1,9})-(\d{1,9})")
_ROW: Final = re.compile(rb"[^\n]*\n|[^\n]+")

Range = tuple[int, int]


def whole_change(repository: Repository, commit: CommitObject) -> Change:
    """Return all files of a commit; of a merge, what it changed against its first parent."""
    parent = repository.first_parent(commit)  # raises at the edge of a shallow clone, where it seems to add everything
    before = repository.tree_of(parent) if parent is not None else None
    after = repository.tree_of(commit)
    with repository.reading(f"the files changed by {commit.id}"):
        files = {change.path: change for change in tree_changes(repository.odb, before, after)}
    unread = [decoded(path) or "/" for path, file in files.items() if file.unread]
    if unread:
        raise IncompleteRepository(f"cannot merge {commit.id}: not all of it can be read ({', '.join(unread[:3])})")
    return Change(after, files)


def part_of(scratch: pygit2.Repository, whole: Change, only: Sequence[str]) -> Change:
    """Return the part of a change in `only`: paths, or "path:from-to" with lines of the file as the commit left it.

    Raises FieldInvalid for a path that the commit did not change, and for lines it did not change.
    """
    wanted = _by_path(only)
    known = {decoded(path): path for path in whole.files}
    if strange := sorted(wanted.keys() - known.keys()):
        raise FieldInvalid(
            "only", f"the commit did not change {', '.join(strange[:3])}; it changed {', '.join(sorted(known)[:5])}"
        )
    files = {known[name]: whole.files[known[name]] for name in wanted}
    parts = {path: _narrowed(scratch, file, wanted[decoded(path)]) for path, file in files.items()}
    return Change(whole.after, parts)


def _by_path(only: Iterable[str]) -> Mapping[str, list[Range]]:
    wanted: dict[str, list[Range]] = {}
    for text in only:
        match = _LINES.fullmatch(text)
        ranges = wanted.setdefault(match[1] if match else text, [])
        if match:
            ranges.append((int(match[2]), int(match[3])))
    return wanted


def _narrowed(scratch: pygit2.Repository, file: TreeChange, ranges: Sequence[Range]) -> TreeChange:
    """Return the change of a file with only the hunks that meet the ranges; without ranges, all of it."""
    if not ranges:
        return file
    path = decoded(file.path)
    if file.old is None or file.new is None:
        raise FieldInvalid("only", f"{path} was added or deleted as a whole: name it without lines")
    old, new = (scratch[entry.id].peel(pygit2.Blob) for entry in (file.old, file.new))
    if is_binary(old) or is_binary(new):
        raise FieldInvalid("only", f"{path} is binary: name it without lines")
    undone = _without_hunks(old, new, ranges)
    if undone == new.data:
        raise FieldInvalid("only", f"the commit changed none of these lines of {path}")
    return TreeChange(file.path, Entry(file.new.mode, scratch.create_blob(undone).raw), file.new)


def _without_hunks(old: pygit2.Blob, new: pygit2.Blob, ranges: Sequence[Range]) -> bytes:
    """Return the new version with the hunks that meet the ranges undone."""
    before, after = _ROW.findall(old.data), _ROW.findall(new.data)
    for hunk in reversed(compare_blobs(old, new).hunks):
        first = hunk.new_start - 1 if hunk.new_lines else hunk.new_start
        if any(start <= hunk.new_start + max(hunk.new_lines - 1, 0) and hunk.new_start <= end for start, end in ranges):
            start = hunk.old_start - 1 if hunk.old_lines else hunk.old_start
            after[first : first + hunk.new_lines] = before[start : start + hunk.old_lines]
    return b"".join(after)
