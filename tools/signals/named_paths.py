"""Files outside the trace that the error names by a path (`tools.impact.named_paths`): who brought them in or dropped them."""

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.signals.declaration import Measured, Topic, signal


@signal(Topic.NAMED, expected=3.0)
def touched_named_path(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity, in the repository's files and in the window, of a file that the error names by its path and that the commit
    made, changed or mentions on a line that it changed."""
    touch = change.named_path
    if touch is None:
        return None
    value = touch.rarity * context.rarity(context.named_path_counts[touch.name])
    return value, f"changed `{touch.name}` or a line that names it ({touch.place}), and the error names it by its path"
