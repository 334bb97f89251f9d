"""The revert of one commit: planned without touching the repository, then written as one commit on a new branch."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import pygit2
from pygit2.enums import FileMode
from pygit2.index import Index, IndexEntry

from incidents.errors import IncompleteRepository, InputError
from incidents.revert import Conflict, RevertPlan
from tools.git.changed_files import changed_files
from tools.git.commit_objects import CommitObject
from tools.git.file_history import file_steps
from tools.git.repository import Repository, decoded, is_binary
from tools.git.trees import listing, tree_changes

_NOBODY: Final = ("Red Tide", "redtide@localhost")
_EXPLAINED: Final = 20  # conflicts whose later commits are looked up
_LOOKED_BACK: Final = 500  # commits before head that may be named as the reason for a conflict

_Sides = tuple[IndexEntry | None, IndexEntry | None, IndexEntry | None]


def plan_revert(repository: Repository, commit: str, head: str, *, reason: str = "") -> RevertPlan:
    """Plan the revert of `commit` on top of `head`; a merge is reverted as a whole, against its first parent.

    The merge is git's own three-way merge with renames. Not even its intermediate objects reach the repository. `reason`
    ends the commit message. Raises InputError when `commit` is not part of `head`'s history.
    """
    sha, onto = repository.resolve(commit), repository.resolve(head)
    if not repository.is_ancestor(sha, onto):
        raise InputError(f"commit {commit} is not part of {head}: there is nothing to revert")
    reverted = repository.raw_commit(sha)
    parent = repository.first_parent(
        reverted
    )  # raises at the edge of a shallow clone, where the commit seems to add everything
    _refuse_endless(repository, reverted, repository.raw_commit(onto), *([parent] if parent else []))
    with repository.reading(f"what reverting {sha} needs"), _scratch(repository) as scratch:
        index = _merge(scratch, sha, onto)
        conflicts = _conflicts(repository, scratch, index, sha, onto)
        tree = None if conflicts else index.write_tree(scratch)
        files = _changed_by(scratch, onto, tree) if tree is not None else _touched_by(repository, reverted)
        return RevertPlan(
            commit=sha,
            head=onto,
            branch=f"redtide/revert-{sha[:12]}",
            message=_message(repository, sha, reason),
            files=files,
            conflicts=conflicts,
            already_reverted=tree is not None and not files,
            tree=str(tree) if tree is not None else None,
        )


def write_revert(repository: Repository, plan: RevertPlan, *, author: tuple[str, str] | None = None) -> str:
    """Write the planned commit and its branch; the working tree, the index and HEAD stay unchanged.

    `author` is (name, e-mail); otherwise git's user, otherwise Red Tide. Returns the new commit's sha. Raises
    InputError when the plan is not clean, when the branch exists, or when the repository cannot be written to.
    """
    raw = repository.raw
    if not plan.clean:
        raise InputError(f"{plan.commit[:12]} cannot be reverted: {_blocker(plan)}")
    if f"refs/heads/{plan.branch}" in raw.references:
        raise InputError(
            f"branch {plan.branch} already exists: use it, or remove it with `git branch -D {plan.branch}`"
        )
    tree = _write_tree(repository, plan)
    who = _signature(author or _configured_user(repository) or _NOBODY)
    try:
        commit = raw.create_commit(None, who, who, plan.message, tree, [pygit2.Oid(hex=plan.head)])
        # The branch is created last: it is complete or does not exist, and two people cannot both create it.
        raw.create_branch(plan.branch, raw[commit].peel(pygit2.Commit), False)
    except (pygit2.GitError, ValueError, OSError) as error:
        raise InputError(f"cannot write branch {plan.branch} to {repository.folder}: {error}") from error
    return str(commit)


@contextmanager
def written_apart(
    repository: Repository, plan: RevertPlan, author: tuple[str, str], at: datetime
) -> Iterator[tuple[Path, str]]:
    """Yield the folder of a bare repository that holds the planned commit, and the commit's sha; then remove it.

    The real repository is only read. The commit depends on nothing but the plan, `author` (name, e-mail) and `at` (whole
    seconds): written again after a crash, it is the same. Raises InputError when the plan is not clean.
    """
    if not plan.clean:
        raise InputError(f"{plan.commit[:12]} cannot be reverted: {_blocker(plan)}")
    who = _signature(author, int(at.timestamp()))
    with _scratch(repository) as scratch:
        with repository.reading(f"what reverting {plan.commit} needs"):
            tree = _merge(scratch, plan.commit, plan.head).write_tree(scratch)
            if str(tree) != plan.tree:
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


def _refuse_endless(repository: Repository, *commits: CommitObject) -> None:
    """Raise IncompleteRepository when not all of a tree can be listed.

    libgit2 merges every file of its trees: a tree that names 10^10 files would use all memory.
    """
    for commit in commits:
        unread = listing(repository.odb, repository.tree_of(commit)).unread
        if unread:
            where = ", ".join(decoded(folder) or "/" for folder in unread[:3])
            raise IncompleteRepository(f"cannot merge {commit.id}: not all of its tree can be read ({where})")


def _write_tree(repository: Repository, plan: RevertPlan) -> pygit2.Oid:
    with repository.reading(f"what reverting {plan.commit} needs"):
        index = _merge(repository.raw, plan.commit, plan.head)
    try:
        tree = index.write_tree(repository.raw)
    except (pygit2.GitError, OSError) as error:
        raise InputError(f"cannot write to {repository.folder}: {error}") from error
    if str(tree) != plan.tree:
        raise InputError(f"the revert of {plan.commit[:12]} no longer gives what was planned: plan it again")
    return tree


def _blocker(plan: RevertPlan) -> str:
    if plan.already_reverted:
        return "its changes are already undone"
    return "conflicts in " + ", ".join(conflict.path for conflict in plan.conflicts[:10])


@contextmanager
def _scratch(repository: Repository) -> Iterator[pygit2.Repository]:
    """Yield an empty repository that reads the real one's objects and stores its own writes, then remove it.

    libgit2 writes the files it merges to the object store; with this repository, a plan leaves no trace.
    """
    with tempfile.TemporaryDirectory(prefix="redtide-plan-") as folder:
        scratch = pygit2.init_repository(folder, bare=True)
        scratch.odb.add_disk_alternate(str(repository.folder / "objects"))
        yield scratch
        scratch.free()


def _merge(raw: pygit2.Repository, commit: str, head: str) -> Index:
    reverted, onto = raw[commit].peel(pygit2.Commit), raw[head].peel(pygit2.Commit)
    return raw.revert_commit(reverted, onto, 1 if len(reverted.parent_ids) > 1 else 0)


def _changed_by(scratch: pygit2.Repository, head: str, tree: pygit2.Oid) -> tuple[str, ...]:
    before = scratch[head].peel(pygit2.Commit).tree_id
    return tuple(sorted(decoded(change.path) for change in tree_changes(scratch.odb, before, tree)))


def _touched_by(repository: Repository, commit: CommitObject) -> tuple[str, ...]:
    return tuple(file.path for file in changed_files(repository, commit))


def _message(repository: Repository, sha: str, reason: str) -> str:
    """Return the commit message that `git revert` writes, and the reason below it."""
    commit = repository.commit(sha)
    merged = f", reversing\nchanges made to {commit.parents[0]}" if len(commit.parents) > 1 else ""
    why = f"\n{reason.strip()}\n" if reason.strip() else ""
    return f'Revert "{commit.subject}"\n\nThis reverts commit {sha}{merged}.\n{why}'


# -- conflicts ---------------------------------------------------------------------------------------------------------


def _conflicts(
    repository: Repository, scratch: pygit2.Repository, index: Index, commit: str, head: str
) -> tuple[Conflict, ...]:
    conflicts: dict[str, Conflict] = {}
    all_sides: Sequence[_Sides] = list(index.conflicts or ())
    for sides in all_sides:
        path = next(str(side.path) for side in (sides[1], sides[2], sides[0]) if side is not None)
        by = _last_change(repository, commit, head, path) if len(conflicts) < _EXPLAINED else ""
        conflicts.setdefault(path, Conflict(path=path, reason=_reason(scratch, sides) + by))
    return tuple(conflicts.values())


def _reason(scratch: pygit2.Repository, sides: _Sides) -> str:
    """Return why a file conflicts. The sides are its version in the commit, at head, and before the commit."""
    made, now, before = sides
    if now is None:
        return "deleted or moved since"
    if before is None:
        return "added by this commit and changed since"
    if made is None:
        return "deleted or moved by this commit and there again since"
    places = _colliding_lines(scratch, sides)
    return f"{places} changed again since" if places else "changed again since in the same place"


def _colliding_lines(scratch: pygit2.Repository, sides: _Sides) -> str:
    """Return the conflicting lines of the file at head, as "line 3, lines 10-12"; "" when unknown."""
    if not all(side is not None and _is_text(scratch, side) for side in sides):
        return ""
    try:
        merged = scratch.merge_file_from_index(*sides).contents
    except UnicodeDecodeError:  # pygit2 reads the merged text as UTF-8 only
        return ""
    places, line, start, side = [], 0, 0, "both"
    for text in merged.split("\n"):
        if text.startswith("<<<<<<< "):
            side, start = "head", line + 1
        elif text.startswith("=======") and side == "head":
            side = "before"
            places.append(f"line {start}" if line <= start else f"lines {start}-{line}")
        elif text.startswith(">>>>>>> ") and side == "before":
            side = "both"
        elif side != "before":
            line += 1
    return ", ".join(places[:5])


def _is_text(scratch: pygit2.Repository, side: IndexEntry) -> bool:
    plain = side.mode in (FileMode.BLOB, FileMode.BLOB_EXECUTABLE)
    return plain and not is_binary(scratch[side.id].peel(pygit2.Blob))


def _last_change(repository: Repository, commit: str, head: str, path: str) -> str:
    """Return the last commit after `commit` that changed the file, as ", last by <sha> <subject>", or ""."""
    later = repository.window(commit, head)[-_LOOKED_BACK:]
    steps = file_steps(repository, later, head, path).newest_first
    if not steps:
        return ""
    return f", last by {steps[0].sha[:12]} {repository.commit(steps[0].sha).subject[:80]}"


# -- author ------------------------------------------------------------------------------------------------------------


def _signature(who: tuple[str, str], at: int | None = None) -> pygit2.Signature:
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
