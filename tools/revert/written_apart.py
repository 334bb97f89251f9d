"""Write a planned revert into a repository of its own, from which git can push it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pygit2

from incidents.errors import InputError
from incidents.revert import RevertPlan
from tools.git.repository import Repository
from tools.revert.attempt import Workbench
from tools.revert.later import Later
from tools.revert.scratch import scratch_repository
from tools.revert.write import blocker, signature


@contextmanager
def written_apart(
    repository: Repository, plan: RevertPlan, author: tuple[str, str], at: datetime
) -> Iterator[tuple[Path, str]]:
    """Yield the folder of a bare repository that holds the planned commit, and the commit's sha; then remove it.

    The real repository is only read. The commit depends on nothing but the plan, `author` (name, e-mail) and `at` (whole
    seconds): written again after a crash, it is the same. Raises InputError when the plan is not clean.
    """
    if not plan.clean:
        raise InputError(f"{plan.commit[:12]} cannot be reverted: {blocker(plan)}")
    who = signature(author, int(at.timestamp()))
    with scratch_repository(repository) as scratch:
        with repository.reading(f"what reverting {plan.commit} needs"):
            bench = Workbench(repository, scratch, plan.commit, plan.head, Later(()), plan.only)
            tree = bench.undone(plan.commits or (plan.commit,)).tree
            if tree is None or str(tree) != plan.tree:
                raise InputError(f"the revert of {plan.commit[:12]} no longer gives what was planned: plan it again")
            commit = scratch.create_commit(None, who, who, plan.message, tree, [pygit2.Oid(hex=plan.head)])
        _lend_objects(repository, Path(scratch.path))
        yield Path(scratch.path), str(commit)


def _lend_objects(repository: Repository, scratch: Path) -> None:
    """Let git, which pushes from the scratch repository, read the real one's objects as libgit2 does."""
    (scratch / "objects" / "info").mkdir(exist_ok=True)
    (scratch / "objects" / "info" / "alternates").write_bytes(os.fsencode(repository.folder / "objects") + b"\n")
    if (repository.folder / "shallow").is_file():
        shutil.copy(repository.folder / "shallow", scratch)
