"""A temporary repository for a plan: it reads the real one's objects and stores its own, so that a plan leaves no trace."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pygit2

from tools.git.repository import Repository
from tools.git.trees import folder_at, mode_kind

_RENAMES: Final = 7_000  # git's own limit; libgit2's is 200 changed files, beyond which it misses moved files


@contextmanager
def scratch_repository(repository: Repository) -> Iterator[pygit2.Repository]:
    """Yield an empty bare repository that borrows the objects of `repository`, then remove it."""
    with tempfile.TemporaryDirectory(prefix="redtide-plan-") as folder:
        scratch = pygit2.init_repository(folder, bare=True)
        scratch.config["merge.renameLimit"] = _RENAMES
        scratch.odb.add_disk_alternate(str(repository.folder / "objects"))
        yield scratch
        scratch.free()


def copy_tree(scratch: pygit2.Repository, target: pygit2.Repository, tree: pygit2.Oid) -> None:
    """Write what a tree of the scratch repository names and `target` lacks. Raises one of UNREADABLE.

    Files that neither has (a partial clone) stay absent: they are as they were in an earlier commit.
    """
    if tree in target.odb:
        return
    for mode, raw_id in folder_at(scratch.odb, tree.raw).entries.values():
        oid = pygit2.Oid(raw=raw_id)
        if mode_kind(mode) == "folder":
            copy_tree(scratch, target, oid)
        elif mode_kind(mode) != "submodule" and oid not in target.odb and oid in scratch.odb:
            target.odb.write(*scratch.odb.read(oid))
    target.odb.write(*scratch.odb.read(tree))


def lend_objects(repository: Repository, scratch: pygit2.Repository) -> None:
    """Let git, which pushes from the scratch repository, read the real one's objects as libgit2 does."""
    folder = Path(scratch.path)
    (folder / "objects" / "info").mkdir(exist_ok=True)
    (folder / "objects" / "info" / "alternates").write_bytes(os.fsencode(repository.folder / "objects") + b"\n")
    if (repository.folder / "shallow").is_file():
        shutil.copy(repository.folder / "shallow", folder)
