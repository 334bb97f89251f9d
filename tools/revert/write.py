"""Write a planned revert: one commit on a new branch, and nothing else."""

import os
import re
from pathlib import Path
from typing import Final

import pygit2

from incidents.errors import InputError
from incidents.revert import RevertPlan
from tools.git.repository import Repository
from tools.git.trees import UNREADABLE
from tools.revert.attempt import Workbench
from tools.revert.later import Later
from tools.revert.scratch import copy_tree, scratch_repository

_NOBODY: Final = ("Red Tide", "redtide@localhost")


def write_revert(repository: Repository, plan: RevertPlan, *, author: tuple[str, str] | None = None) -> str:
    """Write the planned commit and its branch; the working tree, the index and HEAD stay unchanged.

    `author` is (name, e-mail); otherwise git's user, otherwise Red Tide. Returns the new commit's sha. Raises
    InputError when the plan is not clean, when the branch exists, or when the repository cannot be written to.
    """
    raw = repository.raw
    refuse_unclean(plan)
    refuse_existing(repository, plan)
    tree = write_tree(repository, plan)
    who = signature(author or _configured_user(repository) or _NOBODY)
    try:
        commit = raw.create_commit(None, who, who, plan.message, tree, [pygit2.Oid(hex=plan.head)])
        # The branch is created last: it is complete or does not exist, and two people cannot both create it.
        raw.create_branch(plan.branch, raw[commit].peel(pygit2.Commit), False)
    except (pygit2.GitError, ValueError, OSError) as error:
        raise InputError(f"cannot write branch {plan.branch} to {repository.folder}: {error}") from error
    return str(commit)


def write_tree(repository: Repository, plan: RevertPlan) -> pygit2.Oid:
    """Write the files and folders of a clean plan; return their root.

    Raises InputError when it differs from the plan, or when the repository cannot be written to.
    """
    with scratch_repository(repository) as scratch:
        tree = planned_tree(repository, scratch, plan)
        try:
            copy_tree(scratch, repository.raw, tree)
        except UNREADABLE as error:
            raise InputError(f"cannot write to {repository.folder}: {error}") from error
    return tree


def planned_tree(repository: Repository, scratch: pygit2.Repository, plan: RevertPlan) -> pygit2.Oid:
    """Write the planned tree into the scratch repository. Raises InputError when it differs from the plan."""
    with repository.reading(f"what reverting {plan.commit} needs"):
        bench = Workbench(repository, scratch, plan.commit, plan.head, Later(()), plan.only)
        tree = bench.undone(plan.commits or (plan.commit,)).tree
    if tree is None or str(tree) != plan.tree:
        raise InputError(f"the revert of {plan.commit[:12]} no longer gives what was planned: plan it again")
    return tree


def refuse_unclean(plan: RevertPlan) -> None:
    """Raise InputError for a plan that cannot be written."""
    if not plan.clean:
        raise InputError(f"{plan.commit[:12]} cannot be reverted: {_blocker(plan)}")


def written_before(repository: Repository, plan: RevertPlan) -> str | None:
    """Return the commit of the plan's branch when it is this very revert, on the same head; None without such a branch.

    Raises InputError when the branch holds anything else.
    """
    branch = repository.raw.references.get(f"refs/heads/{plan.branch}")
    if branch is None:
        return None
    tip = branch.peel(pygit2.Commit)
    if str(tip.tree_id) == plan.tree and [str(each) for each in tip.parent_ids] == [plan.head]:
        return str(tip.id)
    raise InputError(
        f"branch {plan.branch} already exists, and is not this revert on {plan.head[:12]}: "
        f"remove it with `git branch -D {plan.branch}`, or use it as it is"
    )


def refuse_existing(repository: Repository, plan: RevertPlan) -> None:
    """Raise InputError when the plan's branch is there."""
    if written_before(repository, plan) is not None:
        raise InputError(
            f"branch {plan.branch} already exists: use it, or remove it with `git branch -D {plan.branch}`"
        )


def _blocker(plan: RevertPlan) -> str:
    if plan.already_reverted:
        return "its changes are already undone"
    return "conflicts in " + ", ".join(conflict.path for conflict in plan.conflicts[:10])


def signature(who: tuple[str, str], at: int | None = None) -> pygit2.Signature:
    """Return a git signature of now, or of `at` seconds in UTC.

    Names also come from chat accounts: characters that git cannot store are removed.
    """
    name, email = (re.sub(r"[<>\x00-\x1f\x7f]", "", text).strip(" .,:;\"'\\") for text in who)
    named = (name or _NOBODY[0], email or _NOBODY[1])
    return pygit2.Signature(*named) if at is None else pygit2.Signature(*named, at, 0)


def _configured_user(repository: Repository) -> tuple[str, str] | None:
    """Return `user.name` and `user.email` of the repository, else of the account that runs Red Tide."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    personal = os.environ.get("GIT_CONFIG_GLOBAL")
    files = [Path(personal)] if personal else [Path.home() / ".gitconfig", home / "git" / "config"]
    for config in (repository.raw.config, *(pygit2.Config(str(file)) for file in files if file.is_file())):
        if "user.name" in config and "user.email" in config:
            return config["user.name"] or "", config["user.email"] or ""
    return None
