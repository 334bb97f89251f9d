"""How much of the stack trace's vocabulary a commit message uses: information retrieval over one window."""

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext, trusted
from tools.signals.declaration import Measured, Topic, signal


@signal(Topic.MESSAGE, words=True)
def likeness_in_messages(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Weighted share (importance in the trace times squared rarity in the window) of the trace's word parts in the
    commit's message; parts that no message has are left out, and a trace of few words counts less. After Bug2Commit
    (Murali et al., 2020), with the trace as query."""
    weights = context.message_weights
    mine = [part for part in weights if part in change.message_parts]
    total = sum(weights.values())
    value = trusted(context.query_parts) * sum(weights[part] for part in mine) / total if total else 0.0
    words = ", ".join(f"`{part}`" for part in sorted(mine, key=lambda part: (-weights[part], part))[:3])
    told = "trace" if context.site.trace.frames else "error"
    return value, f"speaks of {words} in its message, as the {told} does"
