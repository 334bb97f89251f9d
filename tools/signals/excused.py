"""Old code that a commit of the window gave a reason to fail: who wrote it long ago is no rival of that commit."""

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.signals.declaration import Direction, Measured, signal


@signal(direction=Direction.AGAINST, expected=-6.0)
def excused_by_new_reason(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Of a commit from before the window: how surely a commit of the window gave code that it left alone a reason to fail
    (the package in which the trace ends moved, a limit was lowered, a switch that the code asks was turned, a
    declaration changed of which the error complains)."""
    reason = max(context.new_reason, float(context.declared_anew))
    if not change.live_before or not reason:
        return None
    return reason, "wrote code that a commit of this deploy gave a reason to fail"
