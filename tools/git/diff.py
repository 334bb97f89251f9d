"""The diff of a commit against its first parent: the name of every file, and lines within the limits."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import pygit2
from pygit2.enums import DiffOption

from incidents.errors import IncompleteRepository
from tools.git.changed_files import ChangedFile, changed_files
from tools.git.commit_objects import CommitObject
from tools.git.repository import MAX_FILE_BYTES, Repository, decoded, is_binary


@dataclass(frozen=True, slots=True)
class DiffLimits:
    """Limits for reading one commit.

    Files in `wanted` are read beyond these limits, up to MAX_FILE_BYTES each; only `lines_per_wanted_file` and
    `line_length` apply to them.
    """

    files: int = 200
    lines: int = 20_000
    bytes: int = 8_000_000
    lines_per_file: int = 2_000
    lines_per_wanted_file: int = 60_000
    line_length: int = 2_000
    file_bytes: int = 500_000


@dataclass(frozen=True, slots=True)
class Hunk:
    """A block of lines replaced by another, without context, as in `git diff -U0`.

    Line numbers are 1-based. Where a side has no lines, its start is the line before the change (0: the top of the
    file). `removed` and `added` are lines without their newline; `removed_at` and `added_at` are their numbers on the
    old and new side. `header` is the function line that git prints after `@@`.
    """

    old_start: int
    new_start: int
    removed: tuple[str, ...]
    added: tuple[str, ...]
    header: str
    old_lines: int
    new_lines: int
    removed_at: tuple[int, ...]
    added_at: tuple[int, ...]

    @property
    def whitespace_only(self) -> bool:
        """Whether both sides are equal after removing all whitespace."""
        return _ink(self.removed) == _ink(self.added)


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a commit. `old_path` is None for a new file, `new_path` for a deleted one.

    `truncated`: not all lines are in `hunks` (the file or the commit is too large). `added_lines` and `removed_lines`
    count the whole file, and are 0 for files that were not read. No hunks and not truncated: mode change, pure rename,
    submodule, or `binary`.
    """

    old_path: str | None
    new_path: str | None
    hunks: tuple[Hunk, ...] = ()
    binary: bool = False
    added_lines: int = 0
    removed_lines: int = 0
    truncated: bool = False

    @property
    def path(self) -> str:
        """The path after the commit, or before it when the commit deleted the file."""
        return self.new_path or self.old_path or ""

    @property
    def whitespace_only(self) -> bool:
        """Whether only whitespace changed, line breaks included.

        In a language where indentation has a meaning, such a change can still change what the code does.
        """
        return bool(self.hunks) and not self.truncated and all(hunk.whitespace_only for hunk in self.hunks)


@dataclass(frozen=True, slots=True)
class CommitDiff:
    """A commit against its first parent. `files` names all files; `truncated` when some were not read in full."""

    sha: str
    files: tuple[FileChange, ...]
    file_count: int
    truncated: bool


# The indent heuristic is git's default, so that hunks and blame equal git's own. Binary files are detected here, and
# libgit2 is forced to treat the rest as text; otherwise the attributes of the checked-out files (`* binary`) would
# decide. Blobs, not bytes: pygit2's patches point into the bytes without a reference, and crash once those are freed.
_FLAGS: Final = DiffOption.INDENT_HEURISTIC | DiffOption.FORCE_TEXT
_LIMITS: Final = DiffLimits()


def commit_diff(
    repository: Repository,
    sha: str,
    *,
    limits: DiffLimits = _LIMITS,
    wanted: Collection[str] | None = None,
    skip: Callable[[str], bool] = lambda _: False,
    nearness: Callable[[str], int] = lambda _: 0,
) -> CommitDiff:
    """Return the diff of `sha` against its first parent; for a root commit, against nothing.

    `wanted` are paths (old or new) that are always read, and first. The others are read in the order of decreasing
    `nearness`, then by path, until the limits are reached. Files for which `skip` returns True are named without lines.
    """
    commit = repository.raw_commit(sha)
    first = frozenset(wanted or ())
    files = _with_wanted(repository, commit, changed_files(repository, commit), first)
    reader = _Reader(repository, limits)
    changes: dict[ChangedFile, FileChange] = {}
    for file in sorted(files, key=lambda file: (not _is_wanted(file, first), -nearness(file.path))):  # then by path
        if skip(file.path):
            changes[file] = FileChange(file.old_path, file.new_path)
        else:
            changes[file] = reader.read(file, in_any_case=_is_wanted(file, first))
    ordered = tuple(changes[file] for file in files)
    return CommitDiff(str(commit.id), ordered, len(files), any(change.truncated for change in ordered))


def _with_wanted(
    repository: Repository, commit: CommitObject, files: tuple[ChangedFile, ...], wanted: frozenset[str]
) -> tuple[ChangedFile, ...]:
    """Return the files, and the wanted ones inside folders that are `unread` because they are too large."""
    unread = tuple(file.path for file in files if file.unread)
    named = {path for file in files for path in (file.old_path, file.new_path)} if unread else set()
    hidden = sorted(path for path in wanted if path not in named and path.startswith(unread)) if unread else []
    found = (_changed_file(repository, commit, path) for path in hidden)
    return (*files, *(file for file in found if file is not None))


def _changed_file(repository: Repository, commit: CommitObject, path: str) -> ChangedFile | None:
    """Return what `commit` did to one path; None when it did nothing, or when that cannot be read."""
    try:
        parent = repository.first_parent(commit)
        new = repository.blob_id(commit, path)
        old = repository.blob_id(parent, path) if parent is not None else None
    except IncompleteRepository:
        return None
    if old == new:
        return None
    return ChangedFile(path if old is not None else None, path if new is not None else None, old, new)


def compare_blobs(old: pygit2.Blob | None, new: pygit2.Blob | None) -> pygit2.Patch:
    """Return libgit2's patch between two versions of a file (None: absent), for other modules of tools/."""
    return pygit2.Patch.create_from(old, new, flag=_FLAGS, context_lines=0, interhunk_lines=0)


@dataclass(slots=True)
class _Reader:
    """Read the files of one commit until its limits are used up."""

    repository: Repository
    limits: DiffLimits
    files: int = field(default=0)
    lines: int = field(default=0)
    bytes: int = field(default=0)

    def read(self, file: ChangedFile, *, in_any_case: bool) -> FileChange:
        change = FileChange(file.old_path, file.new_path)
        if file.old_id == file.new_id and not file.unread:
            return change
        if file.unread or (self.spent and not in_any_case):
            return replace(change, truncated=True)
        with self.repository.reading(f"the diff of {file.path}"):
            return self._read(change, file, in_any_case)

    @property
    def spent(self) -> bool:
        limits = self.limits
        return self.files >= limits.files or self.lines >= limits.lines or self.bytes >= limits.bytes

    def _read(self, change: FileChange, file: ChangedFile, in_any_case: bool) -> FileChange:
        size = MAX_FILE_BYTES if in_any_case else self.limits.file_bytes
        room = self.limits.lines_per_wanted_file if in_any_case else self.limits.lines_per_file
        ids = [oid for oid in (file.old_id, file.new_id) if oid is not None]
        blobs = {oid: self.repository.blob(oid, size) for oid in ids}
        if any(blob is None for blob in blobs.values()):
            return replace(change, truncated=True)
        self.files += 1
        self.bytes += sum(blob.size for blob in blobs.values() if blob is not None)
        if any(is_binary(blob) for blob in blobs.values() if blob is not None):
            return replace(change, binary=True)
        old, new = (blobs[oid] if oid is not None else None for oid in (file.old_id, file.new_id))
        return self._with_hunks(change, compare_blobs(old, new), room)

    def _with_hunks(self, change: FileChange, patch: pygit2.Patch, room: int) -> FileChange:
        hunks = _hunks(patch, room, self.limits.line_length)
        _, added, removed = patch.line_stats
        shown = sum(len(hunk.removed) + len(hunk.added) for hunk in hunks)
        self.lines += shown
        return replace(change, hunks=hunks, added_lines=added, removed_lines=removed, truncated=shown < added + removed)


def _is_wanted(file: ChangedFile, wanted: frozenset[str]) -> bool:
    return file.old_path in wanted or file.new_path in wanted


def _hunks(patch: pygit2.Patch, room: int, width: int) -> tuple[Hunk, ...]:
    hunks: list[Hunk] = []
    for raw in patch.hunks:
        if room <= 0:
            break
        hunk = _hunk(raw, room, width)
        room -= len(hunk.removed) + len(hunk.added)
        hunks.append(hunk)
    return tuple(hunks)


def _hunk(raw: pygit2.DiffHunk, room: int, width: int) -> Hunk:
    lines = [line for line in raw.lines if line.origin in "+-"][:room]
    removed = [line for line in lines if line.origin == "-"]
    added = [line for line in lines if line.origin == "+"]
    return Hunk(
        old_start=raw.old_start,
        new_start=raw.new_start,
        removed=tuple(_text(line.raw_content, width) for line in removed),
        added=tuple(_text(line.raw_content, width) for line in added),
        header=raw.header.split("@@", 2)[-1].strip()[:width] if raw.header else "",
        old_lines=raw.old_lines,
        new_lines=raw.new_lines,
        removed_at=tuple(line.old_lineno for line in removed),
        added_at=tuple(line.new_lineno for line in added),
    )


def _text(raw: bytes, width: int) -> str:
    """Return one line without newline, cut to `width` characters (a minified file can be one line of a megabyte)."""
    return decoded(raw.rstrip(b"\r\n") if len(raw) <= width else raw[: 4 * width].rstrip(b"\r\n"))[:width]


def _ink(lines: Iterable[str]) -> str:
    return "".join("".join(line.split()) for line in lines)
