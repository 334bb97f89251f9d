"""What gives the values on which the failing line depends (`tools.impact.value_slice`), and which commit changed it."""

from collections.abc import Set as AbstractSet

from tools.impact.commit_facts import CommitFacts, Produced, ProducerKind, Reached
from tools.impact.context import SignalContext, decay
from tools.signals.declaration import Direction, Measured, Topic, signal

_STEP = 0.8  # how much is left of a value after one more assignment, call or return


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


def _strength(context: SignalContext, produced: Produced) -> float:
    return float(_STEP**produced.use.steps / (1 + 0.35 * (context.produced_counts[produced.name] - 1)))


@signal(Topic.PRODUCER, expected=2.0)
def changed_result_on_line(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Decay of the frame whose line calls a definition of which the commit changed what it returns, or its defaults."""
    best = min(_results(change), key=lambda row: (row.frame.depth, row.path, row.line), default=None)
    if best is None:
        return None
    user = f"{best.frame.path}:{best.frame.line}"
    return decay(best.frame.depth), f"changed what `{best.name}` ({best.path}:{best.line}) returns, which {user} uses"


@signal(direction=Direction.AGAINST, expected=-6.0)
def kept_use_of_changed_result(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit rewrote a frame's line with the calls that it made before, and another commit of the window changed
    what one of these calls returns."""
    for contact in change.contacts:
        kept = contact.wrote_line and _kept_calls(change, contact.frame.line_calls)
        others = (row for each in context.changes if each is not change for row in _results(each)) if kept else ()
        row = next((row for row in others if row.frame == contact.frame and change.removed.get(row.name)), None)
        if row is not None:
            return 1, f"rewrote {contact.frame.path}:{contact.frame.line}, which called `{row.name}` before"
    return None


def _results(change: CommitFacts) -> list[Reached]:
    return [row for row in change.reached if row.gives and row.known and row.on_line and row.hops == 1]


def _kept_calls(change: CommitFacts, calls: AbstractSet[str]) -> bool:
    """Whether each call that the commit added was removed as often by it, so that none is new."""
    return all(change.removed.get(name, 0) >= change.added.get(name, 0) for name in calls)
