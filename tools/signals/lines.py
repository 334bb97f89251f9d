"""Which commit wrote a line of the stack trace, or changed a value that such a line uses."""

from tools.commits.line_novelty import EDITED, MOVED
from tools.impact.commit_facts import CommitFacts, Contact
from tools.impact.context import SignalContext
from tools.signals.declaration import Measured, Topic, signal
from tools.signals.locations import line_of


@signal(Topic.LINE)
def wrote_any_new_line(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Largest novelty of a frame's line that the commit wrote: 1 new, 0.25 moved, 0.15 edited beside the
    expression that fails, 0.1 renamed; any depth. From before
    the window, a line that only throws does not count: who wrote the check is no rival of who made it fail."""
    mine = [c for c in change.contacts if c.wrote_line and c.line_novelty > 0]
    mine = [c for c in mine if not (c.frame.throws and change.live_before)]
    best = max(mine, key=lambda c: (c.line_novelty, -c.frame.depth), default=None)
    if best is None:
        return None
    kept = f", but not the {'call' if best.frame.depth else 'expression'}" if best.line_novelty == EDITED else ""
    return best.line_novelty, f"{_wrote(best)} {_which(best)}{kept}"


def _wrote(contact: Contact) -> str:
    if contact.line_novelty == EDITED:
        return "edited"
    if contact.line_novelty < MOVED:
        return "replaced names in"
    return "moved" if contact.line_novelty == MOVED else "wrote"


def _which(contact: Contact) -> str:
    depth = contact.frame.depth
    if depth == 0:
        return f"the line that fails, {line_of(contact.frame)}"
    return f"{line_of(contact.frame)}, frame {depth + 1} of the trace in this repository"
