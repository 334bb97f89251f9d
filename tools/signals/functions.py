"""What a commit did inside the functions the stack trace passes through."""

from tools.impact.commit_facts import CommitFacts, Contact
from tools.impact.context import SignalContext
from tools.signals.declaration import Measured, Topic, signal
from tools.signals.locations import function_of, verb_of


def _touching(change: CommitFacts) -> list[Contact]:
    return [contact for contact in change.contacts if contact.added or contact.removed]


@signal(Topic.FUNCTION)
def touched_any_function(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit changed any function of the trace, whatever its depth."""
    best = min(_touching(change), key=lambda c: c.frame.depth, default=None)
    if best is None:
        return None
    role = "which the trace passes through" if best.frame.depth else "where it fails"
    return 1, f"{verb_of(best)} code of {function_of(best.frame)}, {role}"


@signal(Topic.FUNCTION)
def focus(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Share of the commit's changed lines of code that are in functions of the trace; 1 when it hits the failing line."""
    lines = sum(c.added + c.removed for c in change.in_trace)
    if not lines or not change.code_lines:
        return None
    value, share = min(1.0, lines / change.judged_lines), min(1.0, lines / change.code_lines)
    return value, f"has {share:.0%} of its changed lines in functions of the trace"
