"""Turns labelled incidents into training windows, so that neither a window's size nor a commit's position is learned.

The base of a real window is a coincidence: it could be earlier (more innocent commits, same culprit) or later (without
the culprit: none of these, since the error occurs at the deployed revision). The truth of both is certain, so each
incident also gives a few such windows at a lower weight; cross-validation keeps all windows of an incident together.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from pydantic import Field, model_validator

from incidents.alert import Name
from incidents.errors import IncompleteRepository, UnknownRevision
from incidents.evidence import Commit
from incidents.frozen import Frozen
from incidents.seen import Seen
from incidents.trace import StackTrace
from tools.git.changed_files import changed_files
from tools.git.partial import PartialRepository
from tools.git.repository import Repository
from tools.impact.collect import read_window
from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.impact.prior_commits import LOOK_BACK, MOST
from tools.ranking.doubts import doubts
from tools.ranking.elsewhere import elsewhere, giver_unknown
from tools.ranking.gather import read_context
from tools.ranking.visibility import how_much_is_seen
from tools.signals.registry import measure, vector, window_features
from tools.traces import parse
from tools.traces.places.paths import PathIndex, map_to_repository
from tools.training.degraded import WHOLE, copies
from tools.training.fit import Lesson

_EARLIER = 25
_MOST = 120
_OTHERS = 5
_OTHER_WEIGHT = 0.15
_BLIND_WEIGHT = 0.3
_SMALLEST = 3


_NAME = r"[\w .+-]*[\w+-][\w .+-]*"  # never `..`: the name of a repository becomes a path
_ORIGIN_KEYS = ("origin", "true_origin", "real_culprit")


class LabelledIncident(Frozen, extra="ignore"):
    """An incident whose answer is known: which commit of base..deployed caused the error that the text `trace` tells.

    `culprit` is None when none of them did; `origin` is then the commit from before the window that did, when that is
    known (training cuts more windows from it). Commits may be abbreviated: see `with_full_ids`.
    """

    id: str
    repo: str = Field(pattern=rf"^{_NAME}(/{_NAME})*$", max_length=300)
    base: Name = Field(max_length=200)
    deployed: Name = Field(max_length=200)
    culprit: str | None
    trace: str
    origin: str | None = None
    weight: float = Field(default=1.0, gt=0, le=100, description="How much it counts in training.")
    quality: str | None = Field(default=None, description="How complete the trace is, such as `full` or `message`.")
    labelled_by: Literal["person", "observed"] = Field(
        default="person", description="`observed`: no person said it; the errors stopped after the commit's revert."
    )
    cause_kind: str | None = Field(default=None, description="What kind of thing caused it, such as `dependency`.")

    @model_validator(mode="before")
    @classmethod
    def _origin_by_any_name(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        origin = next((given[key] for key in _ORIGIN_KEYS if isinstance(given.get(key), str)), None)
        return {**given, "origin": origin}


def with_full_ids(repository: Repository, case: LabelledIncident) -> LabelledIncident:
    """The case with its culprit and origin as full commit ids. An origin that was not cloned is left out.

    Raises UnknownRevision for a culprit that the repository does not hold.
    """
    try:
        culprit = repository.resolve(case.culprit) if case.culprit is not None else None
    except UnknownRevision as error:
        raise UnknownRevision(f"culprit: {error}") from error
    try:
        origin = repository.resolve(case.origin) if case.origin is not None else None
    except UnknownRevision:
        origin = None
    return case.model_copy(update={"culprit": culprit, "origin": origin})


@dataclass(frozen=True, slots=True)
class Studied:
    """One incident as it was given, or a copy of it of which less can be seen, and what it teaches.

    The first lesson is the given window, whose commits are `shas`; `blamed` are (frame depth, commit number) of every
    frame's line that a commit of it wrote. `explained`: whether something else than a commit of it explains the failure;
    `giver_unknown`: of a null, so that no older commit explains it; `doubted`: its commits that changed what the error
    itself speaks of; `hits`: those that wrote or removed code at the failing line.
    """

    case: LabelledIncident
    quality: str
    seen: Seen
    explained: bool
    giver_unknown: bool
    doubted: tuple[str, ...]
    hits: tuple[str, ...]
    shas: tuple[str, ...]
    blamed: tuple[tuple[int, int], ...]
    lessons: tuple[Lesson, ...]


def study(repository: Repository, case: LabelledIncident) -> tuple[Studied, ...]:
    """The incident, then copies of it of which less can be seen. Raises InputError."""
    case = with_full_ids(repository, case)
    given = repository.window(case.base, case.deployed)
    index = PathIndex(repository.paths(case.deployed), read=partial(repository.text, case.deployed))
    trace = map_to_repository(parse(case.trace), index)
    found = [_whole(repository, case, given, trace)]
    for quality, changed in copies(repository, case.base, case.deployed, case.trace, trace):
        copy = map_to_repository(changed, index)
        if copy.failures != trace.failures:
            found.append(_copy(repository, case, given, copy, quality))
    return tuple(replace(each, lessons=_shared(each.lessons, len(found) - 1)) for each in found)


def _shared(lessons: Sequence[Lesson], number: int) -> tuple[Lesson, ...]:
    """The lessons, those of a copy with the weight of one incident divided among its `number` copies."""
    return tuple(each if each.quality == WHOLE else replace(each, weight=each.weight / number) for each in lessons)


def _copy(
    repository: Repository, case: LabelledIncident, given: Sequence[Commit], trace: StackTrace, quality: str
) -> Studied:
    """A copy teaches by its given window alone: how much a window holds is learned from whole traces."""
    context = read_context(repository, given, repository.resolve(case.deployed), trace, base=given[0].parents[:1])
    place = next((n for n, commit in enumerate(given) if commit.sha == case.culprit), None)
    return _studied(case, quality, context, trace, [_lesson(case, context, 0, place, True, quality)])


def _studied(
    case: LabelledIncident, quality: str, context: SignalContext, trace: StackTrace, lessons: Sequence[Lesson]
) -> Studied:
    return Studied(
        case=case,
        quality=quality,
        seen=how_much_is_seen(trace, context),
        explained=bool(elsewhere(context, None, ())),
        giver_unknown=giver_unknown(context),
        doubted=tuple(each.commit for each in doubts(context)),
        hits=tuple(each.commit.sha for each in context.changes if each.hits_failing_line),
        shas=tuple(change.commit.sha for change in context.changes),
        blamed=tuple(owners(context.changes)),
        lessons=tuple(lessons),
    )


def _whole(repository: Repository, case: LabelledIncident, given: Sequence[Commit], trace: StackTrace) -> Studied:
    """The incident as given: its history is read once, and the given window and others are cut out of it."""
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
    if contexts[0].earlier:  # a young repository or a shallow clone has no commits before the window
        blind = SignalContext(whole.site, contexts[0].changes)
        lessons.append(replace(_lesson(case, blind, start, place, False), weight=case.weight * _BLIND_WEIGHT))
    return _studied(case, WHOLE, contexts[0], trace, lessons)


def _cut(whole: SignalContext, passed: Sequence[CommitFacts], start: int) -> SignalContext:
    """The window from `start` on, with the commits before it that touched the trace; `passed` holds the facts of each
    commit as they are read for one from before the window."""
    bare = not whole.site.located
    touched = [change for change in passed[max(0, start - LOOK_BACK) : start] if bare or change.contacts]
    before = whole.earlier if start < LOOK_BACK else ()
    return SignalContext(whole.site, _undone_among(whole.changes[start:]), (*before, *touched)[-MOST:])


def _undone_among(changes: Sequence[CommitFacts]) -> tuple[CommitFacts, ...]:
    """The commits of a window without the reverts that involve a commit outside it."""
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


def _others(case: LabelledIncident, length: int, start: int, culprit: int | None) -> list[int]:
    chance = random.Random(case.id)
    guilty = [at for at in range(0, -1 if culprit is None else culprit + 1) if at != start]
    safe = culprit + 1 if culprit is not None else start
    innocent = [at for at in range(safe, length - _SMALLEST + 1) if at != start]
    return [at for group in (guilty, innocent) for at in chance.sample(group, min(_OTHERS, len(group)))]


def _lesson(
    case: LabelledIncident,
    context: SignalContext,
    start: int,
    culprit: int | None,
    given: bool,
    quality: str = WHOLE,
) -> Lesson:
    return Lesson(
        repo=case.repo,
        incident=case.id,
        commits=tuple(vector(measure(context, change)) for change in context.changes),
        window=window_features(context),
        culprit=culprit - start if culprit is not None and culprit >= start else None,
        weight=case.weight if given else case.weight * _OTHER_WEIGHT,
        given=given,
        quality=quality,
        earlier=tuple(vector(measure(context, change)) for change in context.earlier),
    )


def owners(changes: Sequence[CommitFacts]) -> Iterator[tuple[int, int]]:
    """(frame depth, commit number) of every frame's line that a commit of the window wrote: the result of a blame."""
    for number, change in enumerate(changes):
        for contact in change.contacts:
            if contact.wrote_line:
                yield contact.frame.depth, number
