"""Values that the error speaks of: what lies in no line of the trace."""

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.signals.declaration import Measured, Topic, signal

_SHARED = 0.35  # how much less it says with each further commit that did the like


@signal(Topic.SETTING, expected=3.5)
def changed_spoken_value(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit changed a value that the error speaks of (a host, a port, a quoted text) or a setting that the
    failing function asks for by name, less where several commits did."""
    if not change.spoken:
        return None
    others = sum(1 for each in context.all if each.spoken) - 1
    return 1 / (1 + _SHARED * others), change.spoken
