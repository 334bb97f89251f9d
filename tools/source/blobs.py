"""The bytes of a revision's source files, kept in memory so that each is read from git once for all revisions."""

from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final, NamedTuple

import pygit2

from tools.git.repository import Repository, decoded
from tools.git.trees import UNREADABLE, listing, mode_kind
from tools.source.languages import language_of
from tools.source.parsed import MAX_SOURCE_BYTES
from tools.text.cache import Cache

STORE_BYTES: Final = 160_000_000
_CACHED_LISTINGS: Final = 8
_CACHED_STORES: Final = 2


class SourceFile(NamedTuple):
    """A file of a revision: its path and the id of its bytes."""

    path: str
    blob: pygit2.Oid


class BlobStore:
    """Source files of one repository by blob id, at most `limit` bytes of them. Safe to share between threads.

    What does not fit is read again at each question: slower, never wrong. Objects that were never fetched (partial
    clones) and files over a megabyte count as empty.
    """

    # Every question reads all files of a revision. `tools.text.cache` would drop each just before it is asked for
    # again when they do not all fit, so the bytes have a rule of their own: what this revision does not hold goes.

    def __init__(self, limit: int = STORE_BYTES) -> None:
        self._limit = limit
        self._held: dict[pygit2.Oid, bytes] = {}
        self._size = 0
        self._listings: Final = Cache[str, tuple[SourceFile, ...]](_CACHED_LISTINGS)
        self._lock = Lock()

    def listing(self, repository: Repository, revision: str) -> tuple[SourceFile, ...]:
        """Every file of a revision that some grammar reads, by path; cached by tree."""
        tree = repository.tree_of(repository.raw_commit(revision))
        return self._listings.get_or(str(tree), lambda: _source_files(repository.odb, tree))

    def load(self, repository: Repository, files: Sequence[SourceFile]) -> None:
        """Read whatever of `files` is not held yet, dropping what other revisions left when it gets too much."""
        with self._lock:
            missing = [file.blob for file in files if file.blob not in self._held]
            if not missing:
                return
            odb = repository.raw.odb
            for blob in missing:
                if self._size > self._limit:
                    self._drop_all_but(files)
                    if self._size > self._limit:
                        return
                self._keep(blob, _read(odb, blob))

    def bytes_of(self, repository: Repository, blob: pygit2.Oid) -> bytes:
        """The bytes of one file, from memory if they are there."""
        held = self._held.get(blob)
        return held if held is not None else _read(repository.raw.odb, blob)

    def containing(self, repository: Repository, files: Sequence[SourceFile], needle: bytes) -> list[SourceFile]:
        """The files in which `needle` stands somewhere. About 20 ms for 40 MB of source in memory."""
        self.load(repository, files)
        held, odb = self._held, repository.raw.odb
        found = []
        for file in files:
            data = held.get(file.blob)
            if needle in (data if data is not None else _read(odb, file.blob)):
                found.append(file)
        return found

    def _keep(self, blob: pygit2.Oid, data: bytes) -> None:
        self._held[blob] = data
        self._size += len(data)

    def _drop_all_but(self, files: Iterable[SourceFile]) -> None:
        wanted = {file.blob for file in files}
        self._held = {blob: data for blob, data in self._held.items() if blob in wanted}
        self._size = sum(map(len, self._held.values()))


_stores: Final = Cache[str, BlobStore](_CACHED_STORES)
_stores_lock: Final = Lock()  # two stores of one repository would read every file twice


def blob_store(repository: Repository) -> BlobStore:
    """The store all indexes of one repository share; those of the repositories used last are cached."""
    with _stores_lock:
        return _stores.get_or(repository.raw.path, BlobStore)


def _source_files(odb: pygit2.Odb, tree: pygit2.Oid) -> tuple[SourceFile, ...]:
    files = sorted((path, raw_id) for path, mode, raw_id in listing(odb, tree).files if mode_kind(mode) == "file")
    named = ((decoded(path), raw_id) for path, raw_id in files)
    return tuple(SourceFile(path, pygit2.Oid(raw=raw_id)) for path, raw_id in named if language_of(path) is not None)


def _read(odb: pygit2.Odb, blob: pygit2.Oid) -> bytes:
    try:
        _, size = odb.read_header(blob)
        return odb.read(blob)[1] if size <= MAX_SOURCE_BYTES else b""
    except UNREADABLE:
        return b""
