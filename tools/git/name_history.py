"""Which commits added or removed a word, newest first, however long ago: `git log -S` with bounded work."""

import re
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

import pygit2

from incidents.errors import IncompleteRepository
from tools.git.changed_files import changed_files
from tools.git.commit_objects import CommitObject
from tools.git.first_parents import first_parents
from tools.git.repository import Repository, is_binary

_FILE_BYTES: Final = 1_000_000
_ALL_BYTES: Final = 200_000_000
_COMMITS: Final = 20_000
_SECONDS: Final = 5.0


class Occurrence(NamedTuple):
    """A commit after which a word stands in a file more often or less often than before."""

    sha: str
    path: str
    before: int
    after: int


class NameHistory:
    """Walks back along the first parents of a revision. `searched` commits were compared with their first parent.

    With `paths` only these files are followed, through renames, which is fast. `complete`: the walk ended because the
    history or its `limit` of commits did, or its caller had enough.
    """

    def __init__(
        self, repository: Repository, revision: str, word: str, paths: Iterable[str] = (), limit: int | None = None
    ) -> None:
        self._repository = repository
        self._revision = revision
        self._word = re.compile(rb"(?<![\w\x80-\xff])" + re.escape(word.encode()) + rb"(?![\w\x80-\xff])")
        self._plain = word.encode()
        self._paths = set(paths)
        self._limit = limit
        self._counted: dict[pygit2.Oid, int] = {}
        self._bytes = 0
        self.searched = 0
        self.oldest = ""
        self.complete = True

    def changes(self) -> Iterator[list[Occurrence]]:
        """Yield, newest first, the files of each commit in which the number of occurrences changed."""
        end = time.monotonic() + _SECONDS
        for commit in islice(first_parents(self._repository, self._revision), self._limit):
            if self.searched >= _COMMITS or self._bytes > _ALL_BYTES or time.monotonic() > end:
                self.complete = False
                return
            try:
                found = list(self._changed(commit))
            except IncompleteRepository:
                self.complete = False
                return
            self.searched += 1
            self.oldest = str(commit.id)
            if found:
                yield found

    def _changed(self, commit: CommitObject) -> Iterator[Occurrence]:
        if self._paths and not self._touches(commit):
            return
        for file in changed_files(self._repository, commit):
            if file.unread or (self._paths and not {file.old_path, file.new_path} & self._paths):
                continue
            before, after = self._count(file.old_id), self._count(file.new_id)
            if before != after:
                yield Occurrence(str(commit.id), file.path, before, after)
            if self._paths and file.old_path:  # renamed: further back it has the old name
                self._paths.add(file.old_path)

    def _touches(self, commit: CommitObject) -> bool:
        parent = self._repository.first_parent(commit)
        names = [path.encode().split(b"/") for path in self._paths]
        entry = self._repository.entry_at
        return any(entry(commit, name) != (entry(parent, name) if parent is not None else None) for name in names)

    def _count(self, oid: pygit2.Oid | None) -> int:
        if oid is None:
            return 0
        if oid not in self._counted:
            self._counted[oid] = self._read(oid)
        return self._counted[oid]

    def _read(self, oid: pygit2.Oid) -> int:
        blob = self._repository.blob(oid, _FILE_BYTES)
        if blob is None:
            return 0
        self._bytes += blob.size
        data = blob.data
        return 0 if self._plain not in data or is_binary(blob) else len(self._word.findall(data))
