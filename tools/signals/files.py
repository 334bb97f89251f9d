"""Which files of the stack trace a commit touched, and how near its other files are to them."""

from collections.abc import Sequence

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext, decay
from tools.signals.declaration import Measured, Topic, signal
from tools.source.file_kinds import Kind, kind_of


@signal(Topic.FILE)
def touched_trace_file(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Decay of the innermost file of the trace that the commit touched; files count, not frames. Nothing of a commit of
    which no line can have run."""
    mine = set() if change.only_beside else {contact.frame.path for contact in change.contacts}
    for depth, path in enumerate(context.site.paths):
        if path in mine:
            return decay(depth), f"changed {path}, {'a file of the trace' if depth else 'where it fails'}"
    return None


@signal()
def same_folder(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Largest overlap (shared leading folders over all) between a code file of the commit and the innermost file."""
    if not context.site.paths:
        return None
    home = context.site.paths[0].split("/")[:-1]
    best, value = "", 0.0
    for path in change.paths:
        if kind_of(path) is Kind.CODE and context.site.can_hold(path):
            overlap = _overlap(home, path.split("/")[:-1])
            if overlap > value:
                best, value = path, overlap
    return (value, f"changed {best}, near the failing file") if best else None


def _overlap(a: Sequence[str], b: Sequence[str]) -> float:
    shared = 0
    for left, right in zip(a, b, strict=False):
        if left != right:
            break
        shared += 1
    return (shared + 1) / (max(len(a), len(b)) + 1)
