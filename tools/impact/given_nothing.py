"""What a commit changed of the values that arrive at the failing line as nothing: null, or an empty text, list or table."""

from typing import Final

from tools.impact.commit_facts import CommitFacts, Produced, ProducerKind

_STEP: Final = 0.8  # how much is left of a value after one more assignment, call or return
ELSEWHERE: Final = 0.2  # of a value like it that is given elsewhere: below what any number of steps leaves
_GIVEN: Final = (ProducerKind.GIVEN, ProducerKind.TAKEN)
_SET: Final = (ProducerKind.ATTRIBUTE, ProducerKind.GIVEN, ProducerKind.LINE)


def returned(change: CommitFacts) -> Produced | None:
    """The nearest definition whose result arrives at the failing line, and of which the commit changed when it returns null."""
    # A class is changed with each of its methods, and gives no null itself.
    owners = {row.owner for row in change.reached}
    gone = {(row.path, row.name) for row in change.reached if row.nulls and row.known and row.name not in owners}
    calls = (each for each in change.produced if each.kind is ProducerKind.CALL and (each.path, each.name) in gone)
    return min(calls, key=_far, default=None)


def emptied(change: CommitFacts) -> Produced | None:
    """The nearest value on the way to the failing line that the commit sets to nothing, or sets no longer."""
    rows = (each for each in change.produced if each.emptied and each.near and each.kind in _SET)
    return min(rows, key=_far, default=None)


def given(change: CommitFacts) -> Produced | None:
    """The nearest attribute for which the commit gives a construction another value, or none any more, and the nearest name
    that it took out of what gives the value; those elsewhere last."""
    found = (each for each in change.produced if each.kind in _GIVEN)
    return min(found, key=lambda each: (each.elsewhere, *_far(each)), default=None)


def strength(produced: Produced | None) -> float:
    """1 for what the failing line itself uses, 0.8 for each step before it; a fifth of that elsewhere; 0 for nothing."""
    return 0.0 if produced is None else float(_STEP**produced.use.steps) * (ELSEWHERE if produced.elsewhere else 1)


def gives_nothing(change: CommitFacts) -> float:
    """How near to the failing line the commit changed when it is given nothing; 0 where it did not."""
    return max(strength(found) for found in (returned(change), emptied(change), given(change)))


def _far(produced: Produced) -> tuple[int, str, int]:
    return produced.use.steps, produced.path, produced.line
