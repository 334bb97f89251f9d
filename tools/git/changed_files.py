"""Which files a commit changed against its first parent, with moved files paired. Names only: no content is kept."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pygit2
from pygit2.enums import DeltaStatus, DiffFind, FileMode

from tools.git.repository import Repository, decoded
from tools.git.trees import TreeChange, tree_changes
from tools.text.cache import Cache

# libgit2 compares every added with every deleted file: 200 x 200 takes 0.1 s, 1,200 x 1,200 takes 5 s.
_COMPARED_PAIRS: Final = 40_000
_SAME_NAME: Final = 50
_CACHED_FILES: Final = 200_000


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file on both sides of a commit. A side is None where the file is absent; an id is also None for a submodule."""

    old_path: str | None
    new_path: str | None
    old_id: pygit2.Oid | None
    new_id: pygit2.Oid | None

    @property
    def path(self) -> str:
        """Its name after the commit, or before it when the commit deleted it."""
        return self.new_path or self.old_path or ""

    def swapped(self) -> "ChangedFile":
        """The same change backwards."""
        return ChangedFile(self.new_path, self.old_path, self.new_id, self.old_id)


_cache: Final = Cache[str, tuple[ChangedFile, ...]](_CACHED_FILES, lambda files: 1 + len(files))


def changed_files(repository: Repository, commit: pygit2.Commit) -> tuple[ChangedFile, ...]:
    """Every file that `commit` changed against its first parent (a root: against nothing), complete, sorted by path.

    Renames are paired by content where few files moved; in a mass move by identical content, then by file name.
    """
    return _cache.get_or(str(commit.id), lambda: _read(repository, commit))


def renamed_from(repository: Repository, commit: pygit2.Commit, path: str) -> str | None:
    """What the file that `commit` brought to `path` was called before; None when it is new."""
    return next((file.old_path for file in changed_files(repository, commit) if file.new_path == path), None)


def _read(repository: Repository, commit: pygit2.Commit) -> tuple[ChangedFile, ...]:
    parent = repository.first_parent(commit)
    with repository.reading(f"the files changed by {commit.id}"):
        changes = tree_changes(repository.raw, parent.tree_id if parent else None, commit.tree_id)
        files = [_changed(change) for change in changes]
        added = sum(file.old_path is None for file in files)
        deleted = sum(file.new_path is None for file in files)
        if parent is not None and added and deleted:
            few = added * deleted <= _COMPARED_PAIRS
            files = _compared(parent.tree, commit.tree) if few else _paired(files)
        return tuple(sorted(files, key=lambda file: file.path))


def _changed(change: TreeChange) -> ChangedFile:
    path, old, new = decoded(change.path), change.old, change.new
    return ChangedFile(
        old_path=path if old else None,
        new_path=path if new else None,
        old_id=old.blob_id if old else None,
        new_id=new.blob_id if new else None,
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
    kept: list[ChangedFile] = []
    added: list[ChangedFile] = []
    deleted: list[ChangedFile] = []
    for file in files:
        (deleted if file.new_path is None else added if file.old_path is None else kept).append(file)
    by_content: defaultdict[str, list[ChangedFile]] = defaultdict(list)
    by_name: defaultdict[str, list[ChangedFile]] = defaultdict(list)
    for file in deleted:
        by_content[str(file.old_id)].append(file)
        by_name[_name(file)].append(file)
    gone: set[str] = set()
    for groups, key in ((by_content, lambda file: str(file.new_id)), (by_name, _name)):
        added = [_with_origin(file, groups[key(file)], gone) for file in added]
    return [*kept, *added, *(file for file in deleted if file.path not in gone)]


def _with_origin(file: ChangedFile, candidates: list[ChangedFile], gone: set[str]) -> ChangedFile:
    """`file` joined with the deleted candidate whose path is most alike; `gone` collects those taken."""
    free = [candidate for candidate in candidates[:_SAME_NAME] if candidate.path not in gone]
    if file.old_path is not None or not free:
        return file
    origin = max(free, key=lambda candidate: _shared_parts(candidate.path, file.path))
    gone.add(origin.path)
    return ChangedFile(origin.old_path, file.new_path, origin.old_id, file.new_id)


def _name(file: ChangedFile) -> str:
    return file.path.rpartition("/")[2]


def _shared_parts(one: str, other: str) -> int:
    """How many folder names the two paths share, wherever they stand."""
    return len(set(one.split("/")) & set(other.split("/")))
