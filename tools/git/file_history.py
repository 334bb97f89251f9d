"""The history of one file up to the deployed revision: the commits of the window that changed it."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import pygit2

from incidents.errors import InputError
from incidents.evidence import Commit
from tools.git.changed_files import renamed_from
from tools.git.commit_objects import CommitObject
from tools.git.diff import compare_blobs
from tools.git.repository import Repository, is_binary

_CACHED_FILES: Final = 500


class Edit(NamedTuple):
    """A block of lines replaced by another. A side without lines starts at the line before the change (0: the top)."""

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int

    @property
    def last(self) -> int:
        """The last line of the edit on the new side."""
        return self.new_start + max(self.new_lines, 1) - 1


class Step:
    """One commit that changed the file: its edits from top to bottom, and the file\'s path after it and before it."""

    __slots__ = ("_lasts", "_shifts", "edits", "path", "path_before", "sha")

    def __init__(self, sha: str, path: str, edits: tuple[Edit, ...], path_before: str | None = None) -> None:
        self.sha = sha
        self.path = path
        self.path_before = path_before
        self.edits = edits
        self._lasts = [edit.last for edit in edits]
        self._shifts = [0, *accumulate(edit.old_lines - edit.new_lines for edit in edits)]

    def writer(self, position: int) -> Edit | None:
        """Return the edit that wrote the line at `position` (1-based, after this commit), or None."""
        index = bisect_left(self._lasts, position)
        edit = self.edits[index] if index < len(self.edits) else None
        return edit if edit is not None and edit.new_lines and edit.new_start <= position else None

    def wrote(self, position: int) -> bool:
        """Return whether this commit wrote the line at `position`."""
        return self.writer(position) is not None

    def before(self, position: int) -> int:
        """Return the position, before this commit, of a line that it did not write."""
        return position + self._shifts[bisect_left(self._lasts, position)]


@dataclass(frozen=True, slots=True)
class FileSteps:
    """The steps of one file, newest first, and its number of lines at the deployed revision (0: not a text file)."""

    line_count: int
    newest_first: tuple[Step, ...] = ()


_cached: WeakKeyDictionary[Repository, dict[tuple[str, str, str], FileSteps]] = WeakKeyDictionary()


def file_steps(repository: Repository, window: Sequence[Commit], deployed: str, path: str) -> FileSteps:
    """Return the commits of `window` (oldest first, ending with `deployed`) that changed the file at `path`; cached.

    Raises InputError when the window does not end with `deployed`: line numbers would refer to another version.
    """
    if not window:
        return FileSteps(0)
    if repository.resolve(deployed) != window[-1].sha:
        raise InputError(f"the window ends with {window[-1].sha}, not with the deployed revision {deployed}")
    cached = _cached.setdefault(repository, {})
    key = (window[0].sha, window[-1].sha, path)
    if key not in cached:
        if len(cached) >= _CACHED_FILES:
            cached.clear()
        cached[key] = _read(repository, window, path)
    return cached[key]


def steps_back(repository: Repository, window: Sequence[Commit], path: str) -> Iterator[Step]:
    """Yield the commits of `window` (oldest first) that changed the file which its last commit has at `path`.

    The newest come first, each read when it is asked for: whoever stops early does not read the whole history. It ends
    where a version is binary or too large.
    """
    if window:
        with repository.reading(f"the history of {path}"):
            yield from _steps(repository, window, path)


def _read(repository: Repository, window: Sequence[Commit], path: str) -> FileSteps:
    oid = repository.blob_id(repository.raw_commit(window[-1].sha), path)
    blob = _text_blob(repository, oid)
    if blob is None:
        return FileSteps(0)
    with repository.reading(f"the history of {path}"):
        return FileSteps(_line_count(blob.data), tuple(_steps(repository, window, path)))


def _steps(repository: Repository, window: Sequence[Commit], path: str) -> Iterator[Step]:
    commit = repository.raw_commit(window[-1].sha)
    new = repository.blob_id(commit, path)
    for _ in window:
        parent = repository.first_parent(commit)
        old = repository.blob_id(parent, path) if parent is not None else None
        if old != new:
            before = path_before(repository, parent, commit, path)
            step = step_between(repository, parent, commit, path, before)
            if step is None:
                return
            yield step
            if before is None or parent is None:
                return
            if before != path:
                path, old = before, repository.blob_id(parent, before)
        if parent is None:
            return
        commit, new = parent, old


def path_before(repository: Repository, parent: CommitObject | None, commit: CommitObject, path: str) -> str | None:
    """The file's path before `commit`; None when the commit made the file."""
    there = parent is not None and repository.blob_id(parent, path) is not None
    return path if there else renamed_from(repository, commit, path)


def step_between(
    repository: Repository, parent: CommitObject | None, commit: CommitObject, path: str, before: str | None
) -> Step | None:
    """What `commit` did to the file at `path`, which was at `before`; None where a version is binary or too large."""
    new = repository.blob_id(commit, path)
    old = repository.blob_id(parent, before) if parent is not None and before is not None else None
    edits = _edits(repository, old, new)
    return None if edits is None else Step(str(commit.id), path, edits, before)


def _edits(repository: Repository, old: pygit2.Oid | None, new: pygit2.Oid | None) -> tuple[Edit, ...] | None:
    """Return the edits between two versions; None when a version is binary or too large to follow."""
    blobs = [_text_blob(repository, oid) for oid in (old, new)]
    if any(blob is None and oid is not None for blob, oid in zip(blobs, (old, new), strict=True)):
        return None
    hunks = compare_blobs(*blobs).hunks
    return tuple(Edit(hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines) for hunk in hunks)


def _text_blob(repository: Repository, oid: pygit2.Oid | None) -> pygit2.Blob | None:
    blob = repository.blob(oid) if oid is not None else None
    return blob if blob is not None and not is_binary(blob) else None


def _line_count(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
