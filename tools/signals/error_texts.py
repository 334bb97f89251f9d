"""The error's own sentence in the code: a commit that brought it in brought the check that now fails."""

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.signals.declaration import Measured, Topic, signal

_FULL = 24  # letters that two programs hardly share by chance


@signal(Topic.TEXT, expected=4.0)
def added_error_text(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Length (full at 24 letters) of a text that the commit added and that gives the error's message when its
    placeholders are filled, times its rarity in the window."""
    texts = (text for text in change.error_texts if text.added)
    best = max(texts, key=lambda each: (each.letters, each.text), default=None)
    if best is None:
        return None
    value = min(1.0, best.letters / _FULL) * context.rarity(context.error_text_counts[best.pieces])
    return value, f"added the error's own text, `{best.text[:80]}` ({best.place})"
