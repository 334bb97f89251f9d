"""The smallest ordered set of commits that reverts cleanly and leaves nothing using what is gone."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final

from tools.revert.attempt import Outcome, Workbench
from tools.revert.dependants import broken_by
from tools.revert.same_lines import colliding

MOST: Final = 12


def smallest_set(bench: Workbench) -> tuple[str, ...]:
    """Return the commits newest first, from which no one and no two can be left out; or the commit alone.

    The set grows by the commits that collide with a revert, or that use what it takes away, until neither is left. The
    commit alone means that nothing has to go with it, or that more than 12 commits would have to.
    """
    alone: tuple[str, ...] = (bench.commit,)
    grown = alone
    while more := _missing(bench, grown):
        grown = _with(bench, grown, more)
        if len(grown) > MOST:
            return alone
    return _shrunk(bench, grown) if bench.undone(grown).tree is not None else alone


def _with(bench: Workbench, commits: Sequence[str], more: Iterable[str]) -> tuple[str, ...]:
    """Return both in the order of their reverts. The merge that brought the commit stands for it."""
    merge = bench.later.merge
    chosen = {*commits, *more}
    return bench.ordered(sorted(chosen - {bench.commit} if merge in chosen else chosen))


def _missing(bench: Workbench, commits: Sequence[str]) -> set[str]:
    """The commits that must go too; none when the reverts work, or when nothing is known that would help."""
    outcome = bench.undone(commits)
    found = _colliding(bench, outcome) if outcome.tree is None else _using(bench, commits, outcome)
    return found - set(commits) - ({bench.commit} if bench.later.merge in commits else set())


def _colliding(bench: Workbench, outcome: Outcome) -> set[str]:
    stopped = outcome.stopped_at or bench.commit
    later = bench.later.after(stopped)
    return {sha for sides in outcome.conflicts for sha in colliding(bench.planned, stopped, later, sides)}


def _using(bench: Workbench, commits: Sequence[str], outcome: Outcome) -> set[str]:
    revert = bench.diff(outcome)
    return {each.commit for each in broken_by(bench, commits, revert).dependants} if revert is not None else set()


def _shrunk(bench: Workbench, commits: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out what need not go: single commits, and pairs such as a commit and its own revert.

    The oldest first: of a commit that was reverted and made again, what stays is the one that is in force.
    """
    for size in (1, 2):
        while dropped := _needless(bench, commits, size):
            commits = tuple(sha for sha in commits if sha not in dropped)
    return commits


def _needless(bench: Workbench, commits: tuple[str, ...], size: int) -> tuple[str, ...]:
    """The first so many commits without which the set still works; none when each is needed."""
    removable = [sha for sha in reversed(commits) if sha not in (bench.commit, bench.later.merge)]
    tried = (
        (dropped, tuple(sha for sha in commits if sha not in dropped)) for dropped in combinations(removable, size)
    )
    return next((dropped for dropped, rest in tried if _works(bench, rest)), ())


def _works(bench: Workbench, commits: Sequence[str]) -> bool:
    outcome = bench.undone(commits)
    return outcome.tree is not None and not _using(bench, commits, outcome) - {bench.commit}
