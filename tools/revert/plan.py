"""Plan a revert in memory: what it changes, what it collides with, what it leaves broken, and what to look at twice."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from incidents.errors import InputError
from incidents.revert import Conflict, DiffStat, RevertPlan
from tools.git.changed_files import changed_files
from tools.git.diff import CommitDiff
from tools.git.repository import Repository
from tools.revert.alternatives import alternatives_to
from tools.revert.attempt import Outcome, Workbench
from tools.revert.conflicts import conflicts_of
from tools.revert.dependants import Broken, broken_by, uncounted
from tools.revert.later import later_commits
from tools.revert.lost_folders import lost_folders
from tools.revert.message import message_of
from tools.revert.risks import risks_of
from tools.revert.scratch import scratch_repository
from tools.revert.smallest_set import smallest_set


def plan_revert(
    repository: Repository,
    commit: str,
    head: str,
    *,
    reason: str = "",
    only: Sequence[str] = (),
    failing: Sequence[str] = (),
    protected: Sequence[str] = (),
) -> RevertPlan:
    """Plan the revert of `commit` on top of `head`; a merge is reverted as a whole, against its first parent.

    The merge is git's own three-way merge with renames. Not even its intermediate objects reach the repository. `reason`
    ends the commit message. `only` restricts the revert to paths, or to "path:from-to" with lines of the commit's version.
    `failing` are the files of the error, for the partial alternative; `protected` are patterns of paths (as in
    `fnmatch`). Raises InputError when `commit` is not part of `head`'s history.
    """
    with _workbench(repository, commit, head, only) as bench:
        return _plan(bench, (bench.commit,), reason, failing, protected)


def plan_revert_set(
    repository: Repository, commit: str, head: str, *, reason: str = "", protected: Sequence[str] = ()
) -> RevertPlan:
    """Plan the revert of `commit` with the later commits that must go with it, as one commit.

    Of the set no commit can be left out: without it the reverts conflict, or code uses what is gone. When there is no
    such set of at most 12 commits, the plan has the conflicts or dependants that remain. Otherwise as `plan_revert`.
    """
    with _workbench(repository, commit, head) as bench:
        commits = smallest_set(bench)
        if not _adds_nothing(bench, commits):
            return _plan(bench, commits, reason, (), protected)
        alone = _plan(bench, (bench.commit,), reason, (), protected)
        return alone.model_copy(update={"already_reverted": True, "conflicts": (), "files": ()})


def _adds_nothing(bench: Workbench, commits: Sequence[str]) -> bool:
    """Whether the others of the set give the same without the commit: what it did is undone, and they are innocent."""
    rest = tuple(sha for sha in commits if sha not in (bench.commit, bench.later.merge))
    tree = bench.undone(commits).tree
    return bool(rest) and tree is not None and bench.undone(rest).tree == tree


@contextmanager
def _workbench(repository: Repository, commit: str, head: str, only: Sequence[str] = ()) -> Iterator[Workbench]:
    sha, onto = repository.resolve(commit), repository.resolve(head)
    later = later_commits(repository, sha, onto)
    if later is None:
        raise InputError(f"commit {commit} is not part of {head}: there is nothing to revert")
    with repository.reading(f"what reverting {sha} needs"), scratch_repository(repository) as scratch:
        yield Workbench(repository, scratch, sha, onto, later, tuple(only))


def _plan(
    bench: Workbench, commits: Sequence[str], reason: str, failing: Sequence[str], protected: Sequence[str]
) -> RevertPlan:
    outcome = bench.undone(commits)
    revert = bench.diff(outcome)
    broken = broken_by(bench, commits, revert) if revert is not None else Broken()
    files = _files(bench.planned, revert) if revert is not None else _touched(bench)
    return RevertPlan(
        commit=bench.commit,
        head=bench.head,
        branch=_branch(bench, commits),
        message=message_of(bench.planned, bench.commit, commits, bench.only, reason),
        files=files,
        conflicts=_conflicts(bench, outcome),
        already_reverted=revert is not None and not files,
        tree=str(outcome.tree) if outcome.tree is not None else None,
        commits=tuple(commits),
        only=bench.only,
        stat=_stat(bench.planned, revert) if revert is not None else DiffStat(),
        dependants=broken.dependants,
        gaps=(*broken.gaps, *lost_folders(bench, commits)) if revert is not None else (),
        risks=risks_of(bench, revert, protected) if revert is not None else (),
        alternatives=alternatives_to(bench, failing),
    )


def _branch(bench: Workbench, commits: Sequence[str]) -> str:
    """A name of its own for each part, and each set, of the same commit."""
    named = sorted(bench.only) if bench.only else commits if len(commits) > 1 else ()
    if not named:
        return f"redtide/revert-{bench.commit[:12]}"
    key = hashlib.sha256("\n".join(named).encode(errors="surrogateescape")).hexdigest()[:8]
    return f"redtide/revert-{'part' if bench.only else 'set'}-{bench.commit[:12]}-{key}"


def _files(repository: Repository, revert: CommitDiff) -> tuple[str, ...]:
    changed = changed_files(repository, repository.raw_commit(revert.sha))
    return tuple(sorted({path for file in changed for path in (file.old_path, file.new_path) if path is not None}))


def _touched(bench: Workbench) -> tuple[str, ...]:
    repository = bench.planned
    return tuple(file.path for file in changed_files(repository, repository.raw_commit(bench.commit)))


def _stat(repository: Repository, revert: CommitDiff) -> DiffStat:
    files = revert.files
    added, removed = sum(file.added_lines for file in files), sum(file.removed_lines for file in files)
    return DiffStat(files=len(files), added=added, removed=removed, uncounted=uncounted(repository, revert))


def _conflicts(bench: Workbench, outcome: Outcome) -> tuple[Conflict, ...]:
    if outcome.stopped_at is None:
        return ()
    later = bench.later.after(outcome.stopped_at)
    return conflicts_of(bench.planned, bench.scratch, later, outcome.conflicts)
