"""A git repository, read straight from its objects: no checkout, bare or not, whatever its size.

Nothing here writes; reverts (`tools/git/revert.py`) are the one exception in the house.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

import pygit2
from pygit2.enums import ConfigLevel, FileMode, ObjectType, RepositoryOpenFlag, SortMode

from incidents.errors import IncompleteRepository, NotAnAncestor, RepositoryNotFound, UnknownRevision
from incidents.evidence import Commit
from tools.text.cache import Cache

MAX_FILE_BYTES: Final = 2_000_000
_MAX_REVISION: Final = 200
_CACHED_LISTINGS: Final = 8
_CACHED_BLOB_IDS: Final = 50_000
_FULL_ID: Final = re.compile(r"[0-9a-f]{40}")
_UNSHALLOW: Final = "it is a shallow clone: run `git fetch --unshallow` there"
_REFETCH: Final = "run `git fetch --refetch` (partial clone) or `git fetch --unshallow` (shallow clone) there"


def _configure_libgit2() -> None:
    """Make every reading the same whoever runs it; these switches of libgit2 are per process.

    The owner check protects people from configuration that *runs* programs (hooks, filters, fsmonitor). libgit2 reads
    objects without running any, and a service reads mirrors that another account fetched. The user's own configuration
    is left out because it changes diffs and merges (renames, attributes). A partial clone is refused by default.
    """
    pygit2.settings.owner_validation = False
    for level in (ConfigLevel.GLOBAL, ConfigLevel.XDG, ConfigLevel.SYSTEM, ConfigLevel.PROGRAMDATA):
        pygit2.settings.search_path[level] = ""
    pygit2.settings.set_extensions(["partialclone"])
    # Blobs are not kept by default, but a file's new version is the next commit's old one: blame takes a third.
    pygit2.settings.cache_object_limit(ObjectType.BLOB, 500_000)
    pygit2.settings.cache_max_size(96 * 1024 * 1024)


_configure_libgit2()


class Repository:
    """One repository. Revisions may be anything `git rev-parse` names a commit by, except searches in messages.

    Every method may raise IncompleteRepository when objects are missing, and UnknownRevision for a revision.
    """

    def __init__(self, raw: pygit2.Repository) -> None:
        self.raw: Final = raw  # for the other files of tools/ only
        self.folder: Final = _shared_folder(raw)  # where objects and refs lie
        self._odb: Final = raw.odb
        self._shallow: Final = _shallow_commits(self.folder)
        self._listings: Final = Cache[str, tuple[str, ...]](_CACHED_LISTINGS)
        self._blob_ids: Final = Cache[tuple[str, str], pygit2.Oid | None](_CACHED_BLOB_IDS)

    @classmethod
    def open(cls, path: Path | str) -> "Repository":
        """Open a work tree, its `.git`, a linked worktree or a bare repository at exactly that path."""
        try:
            # Not searching upwards: a missing mirror must not become the repository that happens to lie around it.
            return cls(pygit2.Repository(str(path), RepositoryOpenFlag.NO_SEARCH))
        except (pygit2.GitError, KeyError, OSError, ValueError) as error:
            raise RepositoryNotFound(_not_found(path, error)) from error

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """The one place where libgit2's errors about missing or damaged objects get a type. `what` is being read."""
        try:
            yield
        except (pygit2.GitError, KeyError, OSError) as error:
            remedy = _UNSHALLOW if self._shallow else _REFETCH
            text = f"cannot read {what}: the repository lacks objects ({error}); {remedy}"
            raise IncompleteRepository(text) from error

    # -- revisions and commits -----------------------------------------------------------------------------------

    def resolve(self, revision: str) -> str:
        """The full id of the commit that `revision` names."""
        _refuse_hostile(revision)
        try:
            return str(self.raw.revparse_single(revision).peel(pygit2.Commit).id)
        except (pygit2.GitError, KeyError, ValueError, OSError) as error:
            hint = f"; {_UNSHALLOW}" if self._shallow else ""
            raise UnknownRevision(f"the repository has no commit {revision!r} ({error}){hint}") from error

    def raw_commit(self, revision: str) -> pygit2.Commit:
        """libgit2's commit, for the other files of tools/."""
        known = self.raw.get(oid) if (oid := _full_id(revision)) is not None else None
        if isinstance(known, pygit2.Commit):
            return known
        with self.reading(f"commit {revision}"):
            return self.raw[self.resolve(revision)].peel(pygit2.Commit)

    def commit(self, sha: str) -> Commit:
        """What is known of a commit without its diff."""
        return _as_commit(self.raw_commit(sha))

    def message(self, sha: str) -> str:
        """The whole commit message."""
        return _message(self.raw_commit(sha))

    def first_parent(self, commit: pygit2.Commit) -> pygit2.Commit | None:
        """The commit before it; None for a root. At the edge of a shallow clone that is not known, and refused."""
        if str(commit.id) in self._shallow:
            raise IncompleteRepository(f"the parent of commit {commit.id} is missing; {_UNSHALLOW}")
        if not commit.parent_ids:
            return None
        with self.reading(f"the parent of commit {commit.id}"):
            return self.raw[commit.parent_ids[0]].peel(pygit2.Commit)

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Whether `ancestor` is `descendant` or lies before it, through any parent."""
        old, new = self.raw_commit(ancestor).id, self.raw_commit(descendant).id
        if old == new:
            return True
        with self.reading(f"the history between {ancestor} and {descendant}"):
            # A first-parent descendant is the usual case and costs the window only; merge_base may look further.
            return bool(self.raw.descendant_of(new, old))

    def window(self, base: str, deployed: str) -> tuple[Commit, ...]:
        """The first-parent commits after `base` up to `deployed`, oldest first; empty when they are the same.

        As `git rev-list --first-parent --reverse base..deployed`, except that base must be an ancestor of deployed
        (NotAnAncestor). Cost: the window, not the history.
        """
        old, new = self.resolve(base), self.resolve(deployed)
        if old == new:
            return ()
        with self.reading(f"the history {base}..{deployed}"):
            commits = self._walk(old, new)
            first = commits[0].parent_ids if commits else []
            proven = bool(first) and str(first[0]) == old
            if not proven and not self.raw.descendant_of(new, old):
                hint = f"; {_UNSHALLOW}" if self._shallow else ""
                raise NotAnAncestor(f"base {base} is not an ancestor of deployed {deployed}{hint}")
        if commits and str(commits[0].id) in self._shallow:
            raise NotAnAncestor(f"the window {base}..{deployed} reaches past what was cloned; {_UNSHALLOW}")
        return tuple(_as_commit(commit) for commit in commits)

    def _walk(self, base: str, deployed: str) -> list[pygit2.Commit]:
        walker = self.raw.walk(deployed, SortMode.TOPOLOGICAL | SortMode.REVERSE)
        walker.simplify_first_parent()
        walker.hide(base)
        return list(walker)

    # -- files ---------------------------------------------------------------------------------------------------

    def blob_id(self, commit: pygit2.Commit, path: str) -> pygit2.Oid | None:
        """Id of the file at `path` in that commit's tree; None when there is no file (a submodule is none)."""
        parts = _path_parts(path)
        if parts is None:
            return None
        with self.reading(f"{path} at {commit.id}"):
            return self._find(commit.tree, parts)

    def _find(self, tree: pygit2.Tree, parts: tuple[str, ...]) -> pygit2.Oid | None:
        """Walk down by name. Below the root the answer is cached: most commits leave most folders alone."""
        if parts[0] not in tree:
            return None
        entry = tree[parts[0]]
        if len(parts) == 1:
            return entry.id if entry.filemode in (FileMode.BLOB, FileMode.BLOB_EXECUTABLE, FileMode.LINK) else None
        if entry.filemode != FileMode.TREE:
            return None
        below = parts[1:]
        return self._blob_ids.get_or(
            (str(entry.id), "/".join(below)), lambda: self._find(self.raw[entry.id].peel(pygit2.Tree), below)
        )

    def blob(self, oid: pygit2.Oid, limit: int = MAX_FILE_BYTES) -> pygit2.Blob | None:
        """libgit2's blob, for the other files of tools/; None when larger than `limit` bytes."""
        with self.reading(f"object {oid}"):
            _, size = self._odb.read_header(oid)
            return self.raw[oid].peel(pygit2.Blob) if size <= limit else None

    def file(self, revision: str, path: str) -> bytes | None:
        """A file's bytes at a revision; None when absent, not a file, or larger than MAX_FILE_BYTES."""
        oid = self.blob_id(self.raw_commit(revision), path)
        blob = self.blob(oid) if oid is not None else None
        return blob.data if blob is not None else None

    def text(self, revision: str, path: str) -> str | None:
        """A file's text at a revision, undecodable bytes replaced; None when absent, too large or binary."""
        data = self.file(revision, path)
        return None if data is None or is_binary(data) else data.decode(errors="replace")

    def paths(self, revision: str) -> tuple[str, ...]:
        """Every file at a revision, sorted by bytes; submodules left out. About 15 ms for 10,000 files."""
        commit = self.raw_commit(revision)

        def listed() -> tuple[str, ...]:
            with self.reading(f"the files of {revision}"):
                return _listing(commit.tree)

        return self._listings.get_or(str(commit.tree_id), listed)


def is_binary(data: bytes | pygit2.Blob) -> bool:
    """Git's own rule: a zero byte within the first 8,000. Of a blob only those are copied."""
    return b"\0" in bytes(memoryview(data)[:8000])


def decoded(raw: bytes) -> str:
    """Text of a path or line as UTF-8; what is not is replaced, so that it can be printed and stored anywhere."""
    return raw.decode(errors="replace")


def _listing(tree: pygit2.Tree) -> tuple[str, ...]:
    # Diffing against nothing walks the tree in C: five times faster than an index, ten than Python over trees.
    deltas = tree.diff_to_tree(swap=True).deltas
    return tuple(decoded(delta.new_file.raw_path) for delta in deltas if delta.new_file.mode != FileMode.COMMIT)


def _path_parts(path: str) -> tuple[str, ...] | None:
    """The names of a path inside a tree, or None for what cannot be one (paths come from hostile traces)."""
    parts = tuple(path.split("/"))
    absurd = len(path) > 4096 or not path.isprintable() or any(part in ("", ".", "..") for part in parts)
    return None if absurd else parts


def _full_id(revision: str) -> pygit2.Oid | None:
    return pygit2.Oid(hex=revision) if _FULL_ID.fullmatch(revision) else None


def _refuse_hostile(revision: str) -> None:
    """Revisions reach us from alerts. Searching messages (`:/text`, `^{/text}`) would run a stranger's regex."""
    tests: tuple[Callable[[str], bool], ...] = (
        lambda text: not text or len(text) > _MAX_REVISION,
        lambda text: not text.isprintable() or text.startswith("-"),
        lambda text: ":" in text or "{/" in text,
    )
    if any(test(revision) for test in tests):
        raise UnknownRevision(f"{revision[:_MAX_REVISION]!r} is not a revision: give a commit id, a branch or a tag")


def _shared_folder(raw: pygit2.Repository) -> Path:
    """The git directory; of a linked worktree, the one it shares with the others."""
    own = Path(raw.path)
    pointer = own / "commondir"
    return (own / pointer.read_text().strip()).resolve() if pointer.is_file() else own


def _shallow_commits(folder: Path) -> frozenset[str]:
    """Commits whose parents were not cloned."""
    listed = folder / "shallow"
    return frozenset(listed.read_text().split()) if listed.is_file() else frozenset()


def _not_found(path: Path | str, error: Exception) -> str:
    if not Path(path).exists():
        return f"no git repository at {path}: there is no such path"
    try:
        around = pygit2.discover_repository(str(path))
    except (pygit2.GitError, KeyError, OSError, ValueError):
        around = None
    hint = f"; the repository around it is {around}" if around else ""
    return f"no git repository at {path} ({error}){hint}"


def _as_commit(commit: pygit2.Commit) -> Commit:
    message, author = _message(commit), commit.author
    return Commit(
        sha=str(commit.id),
        subject=message.lstrip().split("\n", 1)[0].rstrip(),
        author=decoded(author.raw_name) or decoded(author.raw_email),
        committed_at=_time(commit.commit_time, commit.commit_time_offset),
        parents=tuple(str(parent) for parent in commit.parent_ids),
    )


def _message(commit: pygit2.Commit) -> str:
    try:
        return commit.raw_message.decode(commit.message_encoding or "utf-8", errors="replace")
    except LookupError:  # the commit names an encoding nobody knows
        return decoded(commit.raw_message)


def _time(seconds: int, offset_minutes: int) -> datetime:
    """Commit times are whatever was written into the commit; impossible ones become the nearest possible."""
    latest = int(datetime(9998, 12, 31, tzinfo=UTC).timestamp())
    zone = timezone(timedelta(minutes=offset_minutes)) if abs(offset_minutes) < 24 * 60 else UTC
    return datetime.fromtimestamp(min(max(seconds, 86_400), latest), zone)
