"""Write a planned revert into a repository apart from the real one, to be pushed from there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pygit2

from incidents.revert import RevertPlan
from tools.git.repository import Repository
from tools.revert.scratch import lend_objects, scratch_repository
from tools.revert.write import planned_tree, refuse_unclean, signature


@contextmanager
def written_apart(
    repository: Repository, plan: RevertPlan, author: tuple[str, str], at: datetime
) -> Iterator[tuple[Path, str]]:
    """Yield the folder of a bare repository that holds the planned commit, and the commit's sha; then remove it.

    The real repository is only read. The commit depends on nothing but the plan, `author` (name, e-mail) and `at` (whole
    seconds): written again after a crash, it is the same. Raises InputError when the plan is not clean, or when it
    would give something else now.
    """
    refuse_unclean(plan)
    who = signature(author, int(at.timestamp()))
    with scratch_repository(repository) as scratch:
        tree = planned_tree(repository, scratch, plan)
        commit = scratch.create_commit(None, who, who, plan.message, tree, [pygit2.Oid(hex=plan.head)])
        lend_objects(repository, scratch)
        yield Path(scratch.path), str(commit)
