"""The values on which the failing line depends (`tools.impact.value_slice`), and which commit changed what gives them."""

from tools.impact.commit_facts import CommitFacts, Produced, ProducerKind
from tools.impact.context import SignalContext
from tools.signals.declaration import Measured, Topic, signal

_STEP = 0.8  # how much is left of a value after one more assignment, call or return
_FAR = 0.4  # in a file that no file of the trace is or imports, an attribute may be of another class


@signal(Topic.PRODUCER, expected=0.5)
def set_value_on_its_way(context: SignalContext, change: CommitFacts) -> Measured | None:
    """0.8 for each step between the failing line and a line the commit wrote that sets or returns a value on which it
    depends, less where several commits did; in the trace's functions or in those that they call."""
    best = _strongest(context, change, ProducerKind.LINE)
    if best is None:
        return None
    return _strength(
        context, best
    ), f"changed what `{best.name}` becomes ({best.path}:{best.line}) before {_user(best)}"


@signal(Topic.PRODUCER, expected=0.5)
def set_attribute_in_use(context: SignalContext, change: CommitFacts) -> Measured | None:
    """The same strength, for an attribute that the commit sets or no longer sets; 0.4 of it in a far file."""
    best = _strongest(context, change, ProducerKind.ATTRIBUTE)
    if best is None:
        return None
    return _strength(context, best), f"changed what sets `{best.name}` ({best.path}:{best.line}), which {_user(best)}"


@signal(Topic.PRODUCER)
def worked_on_attribute(context: SignalContext, change: CommitFacts) -> Measured | None:
    """The same strength, for an attribute at most two steps away on which code works that the commit changed, in a file
    of the trace: it may fill or empty it."""
    best = _strongest(context, change, ProducerKind.WORKED)
    if best is None:
        return None
    return _strength(context, best), f"changed code on `{best.name}` ({best.path}:{best.line}), which {_user(best)}"


@signal(Topic.PRODUCER, expected=0.5)
def changed_what_gives_value(context: SignalContext, change: CommitFacts) -> Measured | None:
    """The same strength, for a definition that the commit changed and whose result arrives at the failing line."""
    best = _strongest(context, change, ProducerKind.CALL)
    if best is None:
        return None
    return _strength(context, best), f"changed `{best.symbol}` ({best.path}:{best.line}), whose result {_user(best)}"


def _strongest(context: SignalContext, change: CommitFacts, kind: ProducerKind) -> Produced | None:
    mine = [each for each in change.produced if each.kind is kind]
    return max(mine, key=lambda each: (_strength(context, each), each.path, -each.line), default=None)


def _strength(context: SignalContext, produced: Produced) -> float:
    shared = 1 + 0.35 * (context.produced_counts[produced.kind, produced.name] - 1)
    return _STEP**produced.use.steps / shared * (1.0 if produced.near else _FAR)


def _user(produced: Produced) -> str:
    return f"{produced.use.path}:{produced.use.line} uses{'' if produced.kind is not ProducerKind.LINE else ' it'}"
