"""How a commit touches a frame of the stack trace, and which identifiers are worth counting in a commit."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from tools.commits.line_novelty import EDITED, RENAMED
from tools.commits.touched_lines import Touch, TouchedLine
from tools.impact.commit_facts import Contact
from tools.impact.failure_site import FailureSite
from tools.impact.frame_site import FrameSite
from tools.impact.kept_call import keeps_call
from tools.text.comments import is_comment_line, is_words_alone
from tools.text.log_lines import only_logs


def vocabulary(site: FailureSite) -> frozenset[str]:
    """The identifiers worth counting in a commit: those of the message, of the frames' lines, names and calls."""
    found = set(site.message_words | site.library_words)
    for frame in site.frames:
        found |= frame.line_words | frame.calls | frame.words | frame.callee_words
        found |= {name for name in (frame.function, frame.owner, frame.leads_to) if name}
    found.add(site.exception)
    return frozenset(found)


Keeps: TypeAlias = Callable[[str, str, bool], bool]
TELLING = 0.2  # the novelty from which on a line counts
_NEW = 1.0
_MOVED = 0.25  # the novelty of a line that stood elsewhere before (`tools.commits.line_novelty`)
SETS = re.compile(
    r"^\s*(?:const |let |var |final )?[$@]?(?:this->|this\.|self\.|@)?([A-Za-z_$][\w$]*)"
    r"(?:\[[^\]\n]{1,80}+\])*+(?:\s{0,20}:[^=\n]{1,60})?\s{0,20}[-+|&]?:?=(?!=)"
)


def contact(
    frame: FrameSite,
    touch: Touch,
    may_have_run: Callable[[int], bool] = lambda _line: True,
    keeps: Keeps = lambda _old, _new, _renamed: False,
    belongs: Callable[[TouchedLine], bool] = lambda _row: True,
) -> Contact:
    """How `touch` meets `frame`. Lines without novelty (comments, moves, re-wrapping) count for ownership only, those
    that cannot have run not at all. `keeps`: whether a new line keeps the expression of an old one that fails. `belongs`:
    whether a line between the frame's first and last is its code, and not that of a function beside it."""
    rows = [_as_code(row, touch.path) if _is_written(row, frame) else row for row in touch.lines]
    kept = _kept(rows, frame, keeps)
    rows = [replace(row, novelty=min(row.novelty, EDITED)) if row in kept else row for row in rows]
    wrote = [row for row in rows if _is_written(row, frame)]
    own = {row.line for row in wrote}
    telling = [
        row for row in rows if row.novelty >= TELLING and (row.line in own or not only_logs(row.text, touch.path))
    ]
    inside = [row for row in telling if frame.start <= row.line <= frame.end and not frame.documents(row.line)]
    inside = [row for row in inside if row.line in own or belongs(row)]
    reached = [row for row in inside if may_have_run(row.line) or _replaced(row, frame, rows)]
    below, inside = len(inside) - len(reached) + _cut_at_end(telling, frame, rows), reached
    return Contact(
        frame=frame,
        wrote_line=bool(wrote),
        line_novelty=max((row.novelty for row in wrote), default=0.0),
        new_code=any(row.novelty >= _NEW for row in wrote),
        near_ran=_nearest([row for row in inside if row.line <= frame.last], frame) if frame.exact else _at(inside),
        added=sum(1 for row in inside if row.added),
        removed=sum(1 for row in inside if not row.added),
        sets=frozenset(name for row in inside for name in SETS.findall(row.text)),
        hit=frame.exact and _hit(frame, inside, wrote),
        moved=bool(inside) and all(row.novelty <= _MOVED for row in inside),
        below=below,
        kept=len(kept),
    )


def _is_written(row: TouchedLine, frame: FrameSite) -> bool:
    return frame.exact and row.added and row.survives and row.line == frame.line


def _kept(rows: Sequence[TouchedLine], frame: FrameSite, keeps: Keeps) -> tuple[TouchedLine, ...]:
    """The frame's line, as written, and the one that it replaced, where the expression that fails was in both, or the call
    that leads into the next frame."""
    new = next((row for row in rows if _is_written(row, frame) and row.novelty and row.novelty != _MOVED), None)
    if new is None:
        return ()
    gone = (
        row for row in rows if not row.added and row.novelty == new.novelty and frame.start <= row.line <= frame.end + 1
    )
    old = next((row for row in gone if _keeps(row, new, frame, keeps)), None)
    return (new, old) if old else ()


def _keeps(old: TouchedLine, new: TouchedLine, frame: FrameSite, keeps: Keeps) -> bool:
    if frame.depth == 0 and keeps(old.text, new.text, new.novelty == RENAMED):
        return True
    return frame.leads_to is not None and keeps_call(old.text, new.text, frame.leads_to)


def only_beside(contacts: Sequence[Contact], touches: Iterable[Touch]) -> bool:
    """Whether all the code of `touches` stands below the lines of `contacts`' frames, where it cannot have run, edits
    the line that fails and keeps the expression that does, or sets texts that are only shown."""
    rows = [row for touch in touches for row in touch.lines]
    counts = {
        (each.frame.path, each.frame.start): each.below + each.kept for each in contacts if each.below + each.kept
    }
    shown = any(row.shown for row in rows)
    # A line that was only rewritten is the commit's, but says what it did before.
    wrote = any(each.wrote_line and not each.kept and (each.line_novelty or not shown) for each in contacts)
    if not (counts or shown) or wrote or any(each.added or each.removed for each in contacts):
        return False
    return sum(counts.values()) >= sum(1 for row in rows if row.novelty >= TELLING)


def _cut_at_end(telling: Iterable[TouchedLine], frame: FrameSite, rows: Iterable[TouchedLine]) -> int:
    """How many removed lines the last line of the function stands for, below the frame's: they have the number behind it."""
    written = any(row.added and row.survives and row.line == frame.end > frame.last for row in rows)
    return sum(1 for row in telling if written and not row.survives and row.line == frame.end + 1)


def _replaced(row: TouchedLine, frame: FrameSite, rows: Sequence[TouchedLine]) -> bool:
    """Whether the lines that stand for a removed one begin at the frame's line or above it: it has the number of the
    line behind them."""
    if row.survives:
        return False
    own = {each.line for each in rows if each.added and each.survives}
    first = row.line
    while first - 1 in own:
        first -= 1
    return first <= frame.last


def _as_code(row: TouchedLine, path: str) -> TouchedLine:
    """The line that failed is no comment, however much it looks like one: `* rate`, HAML's `#rate= ...`, `<!-- x --> {{ rate }}`."""
    looks = not row.novelty and is_comment_line(row.text, path) and not is_words_alone(row.text, path)
    return replace(row, novelty=_NEW) if looks else row


def _hit(frame: FrameSite, inside: Iterable[TouchedLine], wrote: Iterable[TouchedLine]) -> bool:
    """Whether something new stands on the frame's line or just above it, or was removed there. A line that was moved
    here is the commit's, but what it says is not: new code beside it (the head of the moved statement) is no hit then."""
    moved = any(row.novelty <= _MOVED for row in wrote)
    near = [row for row in inside if row.novelty > _MOVED and 0 <= frame.line - row.line <= 1]
    return any(not row.added or row.line == frame.line or not moved for row in near)


def _nearest(rows: Iterable[TouchedLine], frame: FrameSite) -> int | None:
    return min((max(frame.line - row.line, 0) for row in rows), default=None)


_MIDDLE = 6  # lines: where the line that ran is not known, it may be any of the function


def _at(rows: Iterable[TouchedLine]) -> int | None:
    return _MIDDLE if any(True for _ in rows) else None
