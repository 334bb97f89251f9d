"""The construct of the language that an engine's standard error means (`tools.impact.constructs`)."""

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.signals.declaration import Measured, Topic, signal


@signal(Topic.CONSTRUCT, expected=1.5, words=True)
def added_construct(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity, in the window, of commits that added the construct which alone can throw this error; less where it is
    under a fifth of the commit's lines."""
    touch = change.construct
    if touch is None or not change.code_lines:
        return None
    share = min(1.0, 5 * touch.lines / change.code_lines)
    value = context.rarity(context.construct_count) * (0.3 + 0.7 * share)
    return value, f"added {touch.construct.name}, `{touch.source}` ({touch.place}), and the error means just that"
