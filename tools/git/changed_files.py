"""The files a commit changed against its first parent, with moved files paired. Names only, no content."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pygit2
from pygit2.enums import DeltaStatus, DiffFind, FileMode

from tools.git.commit_objects import CommitObject
from tools.git.repository import Repository, decoded
from tools.git.trees import UNREADABLE, TreeChange, tree_changes
from tools.text.cache import Cache

# libgit2 compares every added with every deleted file: 200 x 200 takes 0.1 s, 1,200 x 1,200 takes 5 s.
_COMPARED_PAIRS: Final = 40_000
_COMPARED_BYTES: Final = 50_000_000
_SAME_NAME: Final = 50
_CACHED_FILES: Final = 200_000


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file on both sides of a commit. A side is None where the file is absent; an id is also None for a submodule.

    `unread`: the change cannot be read; for a whole folder, the path ends with a slash.
    """

    old_path: str | None
    new_path: str | None
    old_id: pygit2.Oid | None
    new_id: pygit2.Oid | None
    unread: bool = False

    @property
    def path(self) -> str:
        """The path after the commit, or before it when the commit deleted the file."""
        return self.new_path or self.old_path or ""

    def swapped(self) -> "ChangedFile":
        """Return the same change backwards."""
        return ChangedFile(self.new_path, self.old_path, self.new_id, self.old_id, self.unread)


_cache: Final = Cache[str, tuple[ChangedFile, ...]](_CACHED_FILES, lambda files: 1 + len(files))


def changed_files(repository: Repository, commit: CommitObject) -> tuple[ChangedFile, ...]:
    """Return every file that `commit` changed against its first parent (for a root: against nothing), sorted by path.

    Complete except for the content of folders that are `unread`. Renames are paired by content when few files moved; in
    a mass move by identical content, then by file name.
    """
    sha = str(commit.id)
    known = _cache.get(sha)
    if known is not None:
        return known
    files = _read(repository, commit)
    # Not cached: files that could not be read may be available after the next fetch.
    return files if any(file.unread for file in files) else _cache.put(sha, files)


def renamed_from(repository: Repository, commit: CommitObject, path: str) -> str | None:
    """Return the path, before `commit`, of the file that it renamed to `path`; None when the file is new."""
    return next((file.old_path for file in changed_files(repository, commit) if file.new_path == path), None)


def _read(repository: Repository, commit: CommitObject) -> tuple[ChangedFile, ...]:
    parent = repository.first_parent(commit)
    with repository.reading(f"the files changed by {commit.id}"):
        old, new = repository.tree_of(parent) if parent else None, repository.tree_of(commit)
        files = [_changed(change) for change in tree_changes(repository.odb, old, new)]
        if old is not None:
            files = _renames_paired(repository, old, new, files)
        return tuple(sorted(files, key=lambda file: file.path))


def _renames_paired(
    repository: Repository, old: pygit2.Oid, new: pygit2.Oid, files: list[ChangedFile]
) -> list[ChangedFile]:
    added = [file for file in files if file.old_path is None]
    deleted = [file for file in files if file.new_path is None]
    if not added or not deleted:
        return files
    # libgit2 walks both trees again: it would fail at folders that could not be read here.
    if len(added) * len(deleted) <= _COMPARED_PAIRS and not any(file.unread for file in files):
        try:
            if _size(repository, (*added, *deleted)) <= _COMPARED_BYTES:
                return _compared(*(repository.raw[tree].peel(pygit2.Tree) for tree in (old, new)))
        except UNREADABLE:  # files that were never fetched, or trees that libgit2 does not parse
            pass
    return _paired(files)


def _size(repository: Repository, files: Iterable[ChangedFile]) -> int:
    """Return the bytes of the added and deleted files."""
    ids = (oid for file in files for oid in (file.old_id, file.new_id) if oid is not None)
    return sum(repository.odb.read_header(oid)[1] for oid in ids)


def _changed(change: TreeChange) -> ChangedFile:
    path, old, new = decoded(change.path), change.old, change.new
    if old is None and new is None:  # a folder
        return ChangedFile(path, path, None, None, unread=True)
    return ChangedFile(
        old_path=path if old else None,
        new_path=path if new else None,
        old_id=old.blob_id if old else None,
        new_id=new.blob_id if new else None,
        unread=change.unread,
    )


def _compared(old: pygit2.Tree, new: pygit2.Tree) -> list[ChangedFile]:
    """Pair moved files by content, as git does: half of the lines must be the same."""
    diff = old.diff_to_tree(new, context_lines=0, interhunk_lines=0)
    diff.find_similar(DiffFind.FIND_RENAMES, rename_limit=_COMPARED_PAIRS)
    return [_from_delta(delta) for delta in diff.deltas]


def _from_delta(delta: pygit2.DiffDelta) -> ChangedFile:
    old, new = delta.old_file, delta.new_file
    has_old, has_new = delta.status != DeltaStatus.ADDED, delta.status != DeltaStatus.DELETED
    return ChangedFile(
        old_path=decoded(old.raw_path) if has_old else None,
        new_path=decoded(new.raw_path) if has_new else None,
        old_id=old.id if has_old and old.mode != FileMode.COMMIT else None,
        new_id=new.id if has_new and new.mode != FileMode.COMMIT else None,
    )


def _paired(files: Iterable[ChangedFile]) -> list[ChangedFile]:
    """Pair the moved files of a mass move without reading them, in time linear in the number of files."""
    unmoved: list[ChangedFile] = []
    added: list[ChangedFile] = []
    deleted: list[ChangedFile] = []
    for file in files:
        (deleted if file.new_path is None else added if file.old_path is None else unmoved).append(file)
    by_content: defaultdict[str, list[ChangedFile]] = defaultdict(list)
    by_name: defaultdict[str, list[ChangedFile]] = defaultdict(list)
    for file in deleted:
        by_content[str(file.old_id)].append(file)
        by_name[_name(file)].append(file)
    gone: set[str] = set()
    for groups, key in ((by_content, lambda file: str(file.new_id)), (by_name, _name)):
        added = [_with_origin(file, groups[key(file)], gone) for file in added]
    return [*unmoved, *added, *(file for file in deleted if file.path not in gone)]


def _with_origin(file: ChangedFile, candidates: list[ChangedFile], gone: set[str]) -> ChangedFile:
    """Return `file` joined with the most similar free deleted file; its path is added to `gone`."""
    free = [candidate for candidate in candidates[:_SAME_NAME] if candidate.path not in gone]
    if file.old_path is not None or not free:
        return file
    origin = max(free, key=lambda candidate: _shared_parts(candidate.path, file.path))
    gone.add(origin.path)
    return ChangedFile(origin.old_path, file.new_path, origin.old_id, file.new_id)


def _name(file: ChangedFile) -> str:
    return file.path.rpartition("/")[2]


def _shared_parts(one: str, other: str) -> int:
    """Return how many folder names the two paths share, at any position."""
    return len(set(one.split("/")) & set(other.split("/")))
