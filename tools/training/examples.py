"""Labelled incidents -> windows to learn from, so that neither a window's size nor a commit's place can be learned.

A real window is one accident of many: the base could have lain earlier (more innocent commits, same culprit) or later
(without the culprit: none of these did it, since the error is there at the deployed revision). Both are certain, so
each incident teaches as itself and as a few of those, at a lower weight; all stay together in cross-validation.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from incidents.errors import IncompleteRepository
from incidents.evidence import Commit
from incidents.trace import StackTrace
from tools.git.changed_files import changed_files
from tools.git.partial import PartialRepository
from tools.git.repository import Repository
from tools.impact.collect import read_window
from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.impact.prior_commits import LOOK_BACK, MOST
from tools.ranking.gather import read_context
from tools.signals.registry import measure, vector, window_features
from tools.traces.paths import PathIndex, map_to_repository
from tools.training.fit import Lesson

_EARLIER = 25
_MOST = 120
_OTHERS = 5
_OTHER_WEIGHT = 0.15
_BLIND_WEIGHT = 0.3
_SMALLEST = 3


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled incident. `culprit` is None when no commit of base..deployed did it; `origin` is the commit that
    did, when known and outside: it only makes more windows of the same incident. `weight` is how much it counts."""

    id: str
    repo: str
    base: str
    deployed: str
    culprit: str | None
    trace: StackTrace
    origin: str | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Studied:
    """One incident read once: the given window's context, its lessons, and what the baselines would say."""

    case: Labelled
    context: SignalContext
    lessons: tuple[Lesson, ...]


def study(repository: Repository, case: Labelled) -> Studied:
    """Read the incident's history once and cut the given window and others out of it. Raises InputError."""
    given = repository.window(case.base, case.deployed)
    trace = map_to_repository(case.trace, PathIndex(repository.paths(case.deployed)))
    culprit = case.culprit or case.origin
    commits = _history(repository, given, culprit)
    deployed = repository.resolve(case.deployed)
    whole = read_context(repository, commits, deployed, trace)
    passed = read_window(PartialRepository(repository.raw), whole.site, commits, deployed, earlier=len(commits))
    start = len(commits) - len(given)
    place = next((n for n, commit in enumerate(commits) if commit.sha == culprit), None)
    starts = [start, *_others(case, len(commits), start, place)]
    contexts = [_cut(whole, passed, at) for at in starts]
    lessons = [_lesson(case, each, at, place, at == start) for each, at in zip(contexts, starts, strict=True)]
    if contexts[0].earlier:  # a young repository or a shallow clone has nothing before the window to look at
        blind = SignalContext(whole.site, contexts[0].changes)
        lessons.append(replace(_lesson(case, blind, start, place, False), weight=case.weight * _BLIND_WEIGHT))
    return Studied(case, contexts[0], tuple(lessons))


def _cut(whole: SignalContext, passed: Sequence[CommitFacts], start: int) -> SignalContext:
    """The window from `start` on, with what of the commits before it touched the trace; `passed` tells of each commit
    what is seen of one that lies before."""
    touched = [change for change in passed[max(0, start - LOOK_BACK) : start] if change.contacts]
    before = whole.earlier if start < LOOK_BACK else ()
    return SignalContext(whole.site, _undone_among(whole.changes[start:]), (*before, *touched)[-MOST:])


def _undone_among(changes: Sequence[CommitFacts]) -> tuple[CommitFacts, ...]:
    """The changes of a window, which knows nothing of what undid them outside it, or what they undid."""
    here = {change.commit.sha for change in changes}
    return tuple(
        replace(
            change,
            reverted_by=change.reverted_by if change.reverted_by in here else None,
            reverts=change.reverts if change.reverts in here else None,
        )
        for change in changes
    )


def _history(repository: Repository, given: Sequence[Commit], culprit: str | None) -> list[Commit]:
    """The window and up to 25 commits before it (or before the culprit, when it lies within 120), oldest first."""
    commits = list(reversed(given))
    left = _EARLIER if culprit is None or any(commit.sha == culprit for commit in given) else _MOST
    while commits and left > 0 and commits[-1].parents and len(commits) < _MOST + _EARLIER:
        try:
            before = repository.commit(commits[-1].parents[0])
            changed_files(repository, repository.raw_commit(before.sha))
        except IncompleteRepository:  # the edge of what was fetched
            break
        commits.append(before)
        left = _EARLIER if before.sha == culprit else left - 1
    return commits[::-1]


def _others(case: Labelled, length: int, start: int, culprit: int | None) -> list[int]:
    chance = random.Random(case.id)
    guilty = [at for at in range(0, -1 if culprit is None else culprit + 1) if at != start]
    safe = culprit + 1 if culprit is not None else start
    innocent = [at for at in range(safe, length - _SMALLEST + 1) if at != start]
    return [at for group in (guilty, innocent) for at in chance.sample(group, min(_OTHERS, len(group)))]


def _lesson(case: Labelled, context: SignalContext, start: int, culprit: int | None, given: bool) -> Lesson:
    return Lesson(
        repo=case.repo,
        incident=case.id,
        commits=tuple(vector(measure(context, change)) for change in context.changes),
        window=window_features(context),
        culprit=culprit - start if culprit is not None and culprit >= start else None,
        weight=case.weight if given else case.weight * _OTHER_WEIGHT,
        given=given,
        earlier=tuple(vector(measure(context, change)) for change in context.earlier),
    )


def owners(changes: Sequence[CommitFacts]) -> Iterator[tuple[int, int]]:
    """(frame depth, commit number) of every frame line that a commit of the window wrote: what blame would say."""
    for number, change in enumerate(changes):
        for contact in change.contacts:
            if contact.wrote_line:
                yield contact.frame.depth, number
