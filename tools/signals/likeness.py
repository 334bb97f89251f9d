"""How much of the trace's vocabulary a commit speaks, in code and in words: information retrieval over one window."""

from incidents.evidence import Signal
from tools.impact.commit_facts import Change
from tools.impact.context import SignalContext


def likeness(outlook: SignalContext, change: Change) -> Signal | None:
    """Weighted share (importance in the trace times rarity in the window) of the trace's identifiers in the changed
    lines; words that no commit changed are left out. After Bug2Commit (Murali et al., 2020), with the trace as query."""
    weights = outlook.trace_weights
    mine = [word for word in change.added.keys() | change.removed.keys() if word in weights]
    total = sum(weights.values())
    value = sum(weights[word] for word in mine) / total if total else 0.0
    return _told("likeness", value, mine, weights)


def likeness_in_messages(outlook: SignalContext, change: Change) -> Signal | None:
    """The same for the commit's message, in word parts, over what any message of the window speaks of."""
    weights = outlook.told_weights
    mine = [part for part in change.message_parts if part in weights]
    total = sum(weights.values())
    value = sum(weights[part] for part in mine) / total if total else 0.0
    return _told("likeness_in_messages", value, mine, weights)


def _told(name: str, value: float, mine: list[str], weights: dict[str, float]) -> Signal | None:
    if value <= 0:
        return None
    best = sorted(mine, key=lambda word: (-weights[word], word))[:3]
    words = ", ".join(f"`{word}`" for word in best)
    return Signal(name=name, value=min(1.0, value), detail=f"speaks of {words}, as the trace does")
