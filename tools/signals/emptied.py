"""A value on the way to the failing line that a commit sets to nothing: the failing code itself was left alone."""

from tools.impact import given_nothing
from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.impact.error_kind import ErrorKind
from tools.signals.declaration import Measured, Topic, signal


@signal(Topic.NULL, expected=3.0)
def emptied_value(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error about null or about something that is not there: 0.8 for each step between the failing line and the
    use of a value that the commit sets to nothing (null, an empty text, list or table), or sets no longer."""
    if context.error_kind not in (ErrorKind.NULL, ErrorKind.LOOKUP):
        return None
    best = given_nothing.emptied(change)
    if best is None:
        return None
    user = f"{best.use.path}:{best.use.line}"
    return given_nothing.strength(best), f"sets `{best.name}` to nothing ({best.path}:{best.line}), which {user} uses"
