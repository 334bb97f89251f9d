"""What gives the values on which the failing line depends (`tools.impact.value_slice`), and which commit changed it."""

from tools.impact import given_nothing
from tools.impact.commit_facts import CommitFacts, Produced, ProducerKind, Reached
from tools.impact.context import SignalContext
from tools.impact.error_kind import ErrorKind
from tools.signals.declaration import Direction, Measured, Topic, signal

_STEP = 0.8  # how much is left of a value after one more assignment, call or return
_TWO_STEPS = 0.6


@signal(Topic.PRODUCER, expected=0.5)
def changed_what_gives_value(context: SignalContext, change: CommitFacts) -> Measured | None:
    """0.8 for each step between the failing line and the use of a definition that the commit changed and whose result
    arrives there, less where several commits changed it."""
    mine = [each for each in change.produced if each.kind is ProducerKind.CALL]
    best = max(mine, key=lambda each: (_strength(context, each), each.path, -each.line), default=None)
    if best is None:
        return None
    user = f"{best.use.path}:{best.use.line}"
    return _strength(context, best), f"changed `{best.symbol}` ({best.path}:{best.line}), whose result {user} uses"


@signal(Topic.NULL, expected=2.0)
def nothing_arrives(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error about null or None: 0.8 for each step between the failing line and the use of a definition whose result
    arrives there, where the commit changed when that definition returns null."""
    if context.error_kind is not ErrorKind.NULL:
        return None
    best = given_nothing.returned(change)
    if best is None:
        return None
    arrives = f"which arrives at {best.use.path}:{best.use.line}"
    return given_nothing.strength(
        best
    ), f"changed when `{best.symbol}` ({best.path}:{best.line}) returns null, {arrives}"


@signal(expected=2.5)
def only_giver_of_nothing(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error about null or None: 1 when the commit changed when the failing line is given nothing, at most two steps
    away, and no other commit of the window changed a function of the trace or a value that arrives at that line."""
    if context.error_kind is not ErrorKind.NULL or change.live_before:
        return None
    if given_nothing.gives_nothing(change) < _TWO_STEPS:
        return None
    others = (each for each in context.changes if each is not change and not each.reverted_by and not each.cosmetic)
    if any(each.in_trace or any(_gives(each, row) for row in each.produced) for each in others):
        return None
    return 1, "is the only commit of the deploy that changed what the failing line is given"


def _gives(change: CommitFacts, row: Produced) -> bool:
    """Whether the commit changed by this place what arrives at the failing line: not by another method of a class that is made
    on the way, nor by an edit of the failing line that kept what fails."""
    if row.elsewhere or (row.kind is ProducerKind.CALL and row.name in {each.owner for each in change.reached}):
        return False
    kept = (each.frame for each in change.contacts if each.kept)
    return not any(row.path == frame.path and frame.line <= row.line <= frame.last for frame in kept)


@signal(Topic.NULL, expected=4.0)
def nothing_given(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error about null or None: 0.8 for each step between the failing line and the use of an attribute that can have
    been null, and for which the commit gives a construction another value (`Order(total=find(x))`), or none any more, or no
    longer names it in what gives the value."""
    return _given(change) if context.error_kind is ErrorKind.NULL else None


@signal(Topic.PRODUCER, expected=1.5)
def gives_another_value(context: SignalContext, change: CommitFacts) -> Measured | None:
    """The same for all other errors, of any attribute on the way of the failing line's values."""
    return _given(change) if context.error_kind is not ErrorKind.NULL else None


def _given(change: CommitFacts) -> Measured | None:
    best = given_nothing.given(change)
    if best is None:
        return None
    place, user = f"({best.path}:{best.line})", f"{best.use.path}:{best.use.line}"
    if best.elsewhere:
        told = f"changed what a `{best.name}` is given {place}; no line of the trace is known to run that"
    elif best.kind is ProducerKind.TAKEN:
        told = f"took `{best.name}` out of `{best.symbol}` {place}, whose result {user} uses"
    else:
        told = f"changed what `{best.name}` is given {place}, which {user} uses"
    return given_nothing.strength(best), told


def _strength(context: SignalContext, produced: Produced) -> float:
    return float(_STEP**produced.use.steps / (1 + 0.35 * (context.produced_counts[produced.name] - 1)))


@signal(Topic.NULL, expected=6.0)
def changed_result_of_kept_call(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit changed what a call on a frame's line returns, or its defaults, and another commit of the window
    rewrote that line with the calls that it made before."""
    for row in _results(change):
        others = (each for each in context.changes if each is not change and _kept(each, row))
        if any(True for _ in others):
            user = f"{row.frame.path}:{row.frame.line}"
            return 1, f"changed what `{row.name}` ({row.path}:{row.line}) returns, which {user} called before too"
    return None


@signal(direction=Direction.AGAINST, expected=-8.0)
def kept_use_of_changed_result(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit rewrote a frame's line with the calls that it made before, and another commit of the window changed
    what one of these calls returns."""
    others = (row for each in context.changes if each is not change for row in _results(each))
    row = next((row for row in others if _kept(change, row)), None)
    if row is None:
        return None
    return 1, f"rewrote {row.frame.path}:{row.frame.line}, which called `{row.name}` before"


def _results(change: CommitFacts) -> list[Reached]:
    """The definitions called on lines of the trace of which the commit changed a return or a default."""
    return [row for row in change.reached if row.gives and row.known and row.on_line and row.hops == 1]


def _kept(change: CommitFacts, row: Reached) -> bool:
    """Whether the commit wrote the frame's line, and made that call and all others as often before."""
    wrote = any(each.wrote_line and each.frame == row.frame for each in change.contacts)
    calls = row.frame.line_calls
    return (
        wrote
        and change.removed.get(row.name, 0) > 0
        and all(change.removed.get(name, 0) >= change.added.get(name, 0) for name in calls)
    )
