"""Which lines the commits of a window added and removed that match a pattern, with bounded work."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import pygit2

from incidents.errors import IncompleteRepository
from tools.git.changed_files import ChangedFile, changed_files
from tools.git.diff import FileChange, commit_diff
from tools.git.repository import Repository, is_binary
from tools.text.pattern import LinePattern

_FILE_BYTES: Final = 2_000_000
_ALL_BYTES: Final = 400_000_000
_SECONDS: Final = 10.0
_MOST_LINES: Final = 2_000


class ChangedLine(NamedTuple):
    """One line that a commit added (`+`, numbered as after it) or removed (`-`, numbered as before it)."""

    sign: Literal["+", "-"]
    path: str
    line: int
    text: str


@dataclass
class ChangeSearch:
    """Searches commits one after another until its work is used up; `unread` counts files that could not be searched."""

    repository: Repository
    pattern: LinePattern
    path: str = ""
    searched: int = 0
    unread: int = 0
    _bytes: int = 0
    _lines: int = 0
    _end: float = field(default_factory=lambda: time.monotonic() + _SECONDS)
    _stands: dict[pygit2.Oid, bool | None] = field(default_factory=dict)

    @property
    def spent(self) -> bool:
        """Whether no further commit is searched."""
        return self._bytes > _ALL_BYTES or self._lines >= _MOST_LINES or time.monotonic() > self._end

    def lines(self, sha: str) -> list[ChangedLine]:
        """The changed lines of one commit that match, by file and in the order of the file."""
        self.searched += 1
        try:
            files = [
                file for file in changed_files(self.repository, self.repository.raw_commit(sha)) if self._may(file)
            ]
            paths = {path for file in files for path in (file.old_path, file.new_path) if path}
            if not paths:
                return []
            diff = commit_diff(self.repository, sha, wanted=paths, skip=lambda path: path not in paths)
        except IncompleteRepository:
            self.unread += 1
            return []
        found = [line for file in diff.files for line in _matching(file, self.pattern)]
        self._lines += len(found)
        return found

    def _may(self, file: ChangedFile) -> bool:
        """Whether one of the two versions of a file holds the pattern: most files need no diff."""
        if file.unread:
            self.unread += 1
            return False
        folder = self.path.strip("/")
        paths = [path for path in (file.old_path, file.new_path) if path]
        if folder and not any(path == folder or path.startswith(f"{folder}/") for path in paths):
            return False
        ids = [oid for oid in (file.old_id, file.new_id) if oid is not None]
        holds = [self._holds(oid) for oid in ids] if file.old_id != file.new_id else []
        return None not in holds and any(holds)

    def _holds(self, oid: pygit2.Oid) -> bool | None:
        """Whether a version of a file holds the pattern; None when it cannot be read."""
        if oid not in self._stands:
            self._stands[oid] = self._read(oid)
        return self._stands[oid]

    def _read(self, oid: pygit2.Oid) -> bool | None:
        try:
            blob = self.repository.blob(oid, _FILE_BYTES)
        except IncompleteRepository:
            blob = None
        if blob is None:
            self.unread += 1
            return None
        self._bytes += blob.size
        return not is_binary(blob) and self.pattern.stands_in(blob.data)


def _matching(file: FileChange, pattern: LinePattern) -> Iterator[ChangedLine]:
    for hunk in file.hunks:
        yield from _lines("-", file.old_path or file.path, zip(hunk.removed_at, hunk.removed, strict=True), pattern)
        yield from _lines("+", file.path, zip(hunk.added_at, hunk.added, strict=True), pattern)


def _lines(
    sign: Literal["+", "-"], path: str, rows: Iterable[tuple[int, str]], pattern: LinePattern
) -> Iterator[ChangedLine]:
    return (ChangedLine(sign, path, line, text) for line, text in rows if pattern.at(text) is not None)
