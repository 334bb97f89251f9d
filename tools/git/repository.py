"""A git repository, read directly from its objects: no checkout, bare or not, of any size.

This module never writes; only `tools/revert/write.py` does.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import pygit2
from pygit2.enums import ObjectType

from incidents.errors import IncompleteRepository, NotAnAncestor, UnknownRevision
from incidents.evidence import Commit
from tools.git.commit_objects import (
    CommitObject,
    author_email,
    commit_object,
    described,
    message_of,
    undescribed,
    whole_message,
)
from tools.git.history import History
from tools.git.libgit2 import opened, shallow_commits, shared_folder
from tools.git.revisions import full_id, refuse_hostile
from tools.git.trees import UNREADABLE, entry_id, folder_at, listing, mode_kind
from tools.text.cache import Cache

MAX_FILE_BYTES: Final = 2_000_000
_MAX_COMMIT_BYTES: Final = 50_000_000
_CACHED_COMMITS: Final = 50_000
_CACHED_ENTRY_IDS: Final = 20_000  # most commits leave most folders as they were
_CACHED_PATHS: Final = 1_000_000
_NO_ENTRY: Final = (b"", b"")
_UNSHALLOW: Final = "it is a shallow clone: run `git fetch --unshallow` there"
_REFETCH: Final = "run `git fetch --refetch` (partial clone) or `git fetch --unshallow` (shallow clone) there"
_listings: Final = Cache[str, tuple[str, ...]](_CACHED_PATHS, lambda paths: 1 + len(paths))


class Repository:
    """One repository. A revision is any name of a commit for `git rev-parse`, except searches in messages.

    Every method may raise IncompleteRepository when objects are missing, and UnknownRevision for a revision.
    """

    def __init__(self, raw: pygit2.Repository) -> None:
        self.raw: Final = raw  # only for other modules of tools/, like `odb`
        self.odb: Final = raw.odb
        self.folder: Final = shared_folder(raw)  # with objects and refs
        self._shallow: Final = shallow_commits(self.folder)
        self._commit_at: Final = lru_cache(maxsize=_CACHED_COMMITS)(self._read_commit)
        self._entry_id: Final = lru_cache(maxsize=_CACHED_ENTRY_IDS)(partial(entry_id, raw.odb))
        self._history: Final = History(raw, self._commit_at)

    @classmethod
    def open(cls, path: Path | str) -> "Repository":
        """Open a work tree, its `.git`, a linked worktree or a bare repository at exactly this path.

        Raises RepositoryNotFound.
        """
        return cls(opened(path))

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """Turn libgit2's errors about missing or damaged objects into IncompleteRepository, for `what`."""
        try:
            yield
        except UNREADABLE as error:
            remedy = _UNSHALLOW if self._shallow else _REFETCH
            text = f"cannot read {what}: objects are missing or damaged ({error}); {remedy}"
            raise IncompleteRepository(text) from error

    # -- revisions and commits -----------------------------------------------------------------------------------

    def resolve(self, revision: str) -> str:
        """Return the full id of the commit that `revision` names."""
        refuse_hostile(revision)
        if (oid := full_id(revision)) is not None and self._is_commit(oid):
            return revision
        try:
            return str(self.raw.revparse_single(revision).peel(pygit2.Commit).id)
        except UNREADABLE as error:
            if (tip := self._tip(revision)) is not None:
                return tip
            hint = f"; {_UNSHALLOW}" if self._shallow else ""
            why = "" if isinstance(error, KeyError) else f" ({error})"  # a KeyError only repeats the name
            raise UnknownRevision(f"the repository has no commit {revision!r}{why}{hint}") from error

    def _tip(self, name: str) -> str | None:
        """Return the commit of a branch or tag that libgit2 cannot parse, or None."""
        try:
            target = self.raw.lookup_reference_dwim(name).resolve().target
        except UNREADABLE:
            return None
        return str(target) if isinstance(target, pygit2.Oid) and self._is_commit(target) else None

    def has(self, sha: str) -> bool:
        """Return whether the commit with this full id is here."""
        return self._is_commit(pygit2.Oid(hex=sha))

    def _is_commit(self, oid: pygit2.Oid) -> bool:
        try:
            return self.odb.read_header(oid)[0] == ObjectType.COMMIT
        except UNREADABLE:
            return False

    def raw_commit(self, revision: str) -> CommitObject:
        """Return a commit's tree and parents, for other modules of tools/."""
        return self._commit_at(pygit2.Oid(hex=self.resolve(revision)))

    def _read_commit(self, oid: pygit2.Oid) -> CommitObject:
        return commit_object(oid, self._commit_bytes(oid))

    def _commit_bytes(self, oid: pygit2.Oid) -> bytes:
        with self.reading(f"commit {oid}"):
            kind, size = self.odb.read_header(oid)
            if kind != ObjectType.COMMIT or size > _MAX_COMMIT_BYTES:
                raise ValueError(f"a commit of {size} bytes" if kind == ObjectType.COMMIT else "it is no commit")
            return self.odb.read(oid)[1]

    def commit(self, sha: str) -> Commit:
        """Return a commit without its diff."""
        found = self.raw_commit(sha)
        return described(found, self._commit_bytes(found.id))

    def message(self, sha: str) -> str:
        """Return the commit message, redacted, at most 400 kB of it."""
        return message_of(self._commit_bytes(self.raw_commit(sha).id))

    def whole_message(self, sha: str) -> str:
        """Return the message of a commit (full id) with its secrets: to be compared, never to be shown or stored."""
        return whole_message(self._commit_bytes(pygit2.Oid(hex=sha)))

    def author_email(self, sha: str) -> str:
        """Return the e-mail of a commit's author, in lower case."""
        return author_email(self._commit_bytes(self.raw_commit(sha).id))

    def tree_of(self, commit: CommitObject) -> pygit2.Oid:
        """Return the root folder of a commit."""
        if commit.tree_id is None:
            raise IncompleteRepository(f"cannot read commit {commit.id}: it names no tree")
        return commit.tree_id

    def first_parent(self, commit: CommitObject) -> CommitObject | None:
        """Return the commit before it; None for a root.

        Raises IncompleteRepository at the edge of a shallow clone, where the parent is not known.
        """
        if str(commit.id) in self._shallow:
            raise IncompleteRepository(f"the parent of commit {commit.id} is missing; {_UNSHALLOW}")
        return self._commit_at(commit.parent_ids[0]) if commit.parent_ids else None

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Return whether `ancestor` is `descendant` or lies before it, through any parent."""
        old, new = self.raw_commit(ancestor).id, self.raw_commit(descendant).id
        return old == new or self._history.is_ancestor(old, new)

    def window(self, base: str, deployed: str) -> tuple[Commit, ...]:
        """Return the first-parent commits after `base` up to `deployed`, oldest first; empty when they are the same.

        As `git rev-list --first-parent --reverse base..deployed`, except that base must be an ancestor of deployed
        (NotAnAncestor). Where damaged objects interrupt the history, the window begins with the commit after the gap,
        which then has no parents; of a commit that cannot be read, only the id is known. Cost: the window.
        """
        old, new = self.raw_commit(base).id, self.raw_commit(deployed).id
        if old == new:
            return ()
        line = self._history.line(old, new)
        cut_by_cloning = bool(line.ids) and str(line.ids[0]) in self._shallow
        if cut_by_cloning and (line.reaches or line.cut):
            raise NotAnAncestor(f"the window {base}..{deployed} reaches past what was cloned; {_UNSHALLOW}")
        if not line.reaches and not line.cut:
            hint = f"; {_UNSHALLOW}" if self._shallow else ""
            raise NotAnAncestor(f"base {base} is not an ancestor of deployed {deployed}{hint}")
        return tuple(self._described(oid) for oid in line.ids)

    def _described(self, oid: pygit2.Oid) -> Commit:
        try:
            return described(self._commit_at(oid), self._commit_bytes(oid))
        except IncompleteRepository:
            return undescribed(oid)

    # -- files ---------------------------------------------------------------------------------------------------

    def blob_id(self, commit: CommitObject, path: str) -> pygit2.Oid | None:
        """Return the id of the file at `path` in that commit's tree; None when there is no file (or a submodule)."""
        parts = _path_parts(path)
        if parts is None:
            return None
        with self.reading(f"{path} at {commit.id}"):
            return self._find(self.tree_of(commit), parts)

    def entry_at(self, commit: CommitObject, names: Sequence[bytes]) -> bytes | None:
        """Return the raw id of what is at a path, quickly: only to see whether it changed (see `trees.entry_id`)."""
        found: bytes | None = self.tree_of(commit).raw
        try:
            for name in names:
                found = self._entry_id(found, name) if found is not None else None
            return found
        except UNREADABLE:
            with self.reading(f"the tree of {commit.id}"):  # entered only now: it takes longer than the look-up
                raise

    def _find(self, tree: pygit2.Oid, parts: tuple[str, ...]) -> pygit2.Oid | None:
        """Walk down by name through folders that are parsed once."""
        raw_id = tree.raw
        for name in parts[:-1]:
            mode, raw_id = folder_at(self.odb, raw_id).entries.get(name.encode(), _NO_ENTRY)
            if mode_kind(mode) != "folder":
                return None
        mode, raw_id = folder_at(self.odb, raw_id).entries.get(parts[-1].encode(), _NO_ENTRY)
        return pygit2.Oid(raw=raw_id) if mode_kind(mode) in ("file", "link") else None

    def blob(self, oid: pygit2.Oid, limit: int = MAX_FILE_BYTES) -> pygit2.Blob | None:
        """Return libgit2's blob, for other modules of tools/; None when larger than `limit` bytes."""
        with self.reading(f"object {oid}"):
            kind, size = self.odb.read_header(oid)
            if kind != ObjectType.BLOB:
                raise ValueError("it is no file")
            return self.raw[oid].peel(pygit2.Blob) if size <= limit else None

    def file(self, revision: str, path: str) -> bytes | None:
        """Return a file's bytes at a revision; None when absent, not a file, or larger than MAX_FILE_BYTES."""
        oid = self.blob_id(self.raw_commit(revision), path)
        blob = self.blob(oid) if oid is not None else None
        return blob.data if blob is not None else None

    def text(self, revision: str, path: str) -> str | None:
        """Return a file's text at a revision; None when absent, too large or binary.

        Bytes that cannot be decoded are replaced.
        """
        data = self.file(revision, path)
        return None if data is None or is_binary(data) else data.decode(errors="replace")

    def paths(self, revision: str) -> tuple[str, ...]:
        """Return every file at a revision, sorted by bytes, without submodules. 15 ms for 10,000 files."""
        tree = self.tree_of(self.raw_commit(revision))
        known = _listings.get(str(tree))
        if known is not None:
            return known
        found = listing(self.odb, tree)
        if found.unread:
            self._not_all_there(revision, found.unread)
        files = sorted(path for path, mode, _ in found.files if mode_kind(mode) in ("file", "link"))
        paths = tuple(map(decoded, files))
        # Not cached: folders that could not be read may be available after the next fetch.
        return paths if found.unread else _listings.put(str(tree), paths)

    def _not_all_there(self, revision: str, folders: list[bytes]) -> None:
        """Handle folders that cannot be read: here, raise IncompleteRepository."""
        with self.reading(f"the files of {revision}"):
            raise ValueError(f"not readable: {', '.join(decoded(folder) or '/' for folder in folders[:3])}")


def is_binary(data: bytes | pygit2.Blob) -> bool:
    """Return whether the first 8,000 bytes contain a zero byte, as git does. Only those are copied from a blob."""
    return b"\0" in bytes(memoryview(data)[:8000])


def decoded(raw: bytes) -> str:
    """Return a path or line as UTF-8 text; invalid bytes are replaced, so that it can be printed and stored."""
    return raw.decode(errors="replace")


def _path_parts(path: str) -> tuple[str, ...] | None:
    """Return the parts of a path inside a tree, or None when it is impossible (traces are untrusted)."""
    parts = tuple(path.split("/"))
    absurd = len(path) > 4096 or not path.isprintable() or any(part in ("", ".", "..") for part in parts)
    return None if absurd else parts
