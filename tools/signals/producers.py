"""What gives the values on which the failing line depends (`tools.impact.value_slice`), and which commit changed it."""

from tools.impact.commit_facts import CommitFacts, Produced, ProducerKind
from tools.impact.context import SignalContext
from tools.signals.declaration import Measured, Topic, signal

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
