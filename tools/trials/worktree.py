"""A throw-away work tree of one commit: the user's repository is only read, and none of its configuration is used."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pygit2
from pygit2.enums import CheckoutStrategy

from tools.git.repository import Repository


@contextmanager
def worktree(repository: Repository, commit: str) -> Iterator[Path]:
    """Yield a folder with the files of `commit`, checked out without hooks and filters; then remove it.

    It is a repository of its own that borrows the objects, so that commands which ask git for the revision work. Raises
    IncompleteRepository.
    """
    with tempfile.TemporaryDirectory(prefix="redtide-trial-", ignore_cleanup_errors=True) as folder:
        raw = pygit2.init_repository(folder)
        objects = (repository.folder / "objects").resolve()
        (Path(raw.path) / "objects" / "info" / "alternates").write_text(f"{objects}\n")
        with repository.reading(f"the files of {commit}"):
            raw = pygit2.Repository(folder)
            oid = repository.raw_commit(commit).id
            raw.checkout_tree(raw[oid].peel(pygit2.Tree), strategy=CheckoutStrategy.FORCE)  # type: ignore[no-untyped-call]
            raw.set_head(oid)
        raw.free()
        yield Path(folder)
