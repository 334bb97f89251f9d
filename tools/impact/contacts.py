"""How a commit touches a frame of the stack trace, and which identifiers are worth counting in a commit."""

import re
from collections.abc import Iterable
from dataclasses import replace

from tools.commits.diff_facts import mentions_null
from tools.commits.touched_lines import Touch, TouchedLine
from tools.impact.commit_facts import Contact
from tools.impact.failure_site import FailureSite
from tools.impact.frame_site import FrameSite
from tools.text.comments import is_comment_line


def vocabulary(site: FailureSite) -> frozenset[str]:
    """The identifiers worth counting in a commit: those of the message, of the frames' lines, names and calls."""
    found = set(site.message_words | site.library_words)
    for frame in site.frames:
        found |= frame.line_words | frame.calls | frame.words | frame.callee_words
        found |= {name for name in (frame.function, frame.owner, frame.leads_to) if name}
    found.add(site.exception)
    return frozenset(found)


_NEW = 1.0
_MOVED = 0.25  # the novelty of a line that stood elsewhere before (`tools.commits.line_novelty`)
SETS = re.compile(
    r"^\s*(?:const |let |var |final )?[$@]?(?:this->|this\.|self\.|@)?([A-Za-z_$][\w$]*)"
    r"(?:\[[^\]\n]{1,80}+\])*+(?:\s{0,20}:[^=\n]{1,60})?\s{0,20}[-+|&]?:?=(?!=)"
)


_LOGS = re.compile(
    r"^\s*+(?:print|puts|pp|error_log|var_dump|NSLog|e?println!|(?:(?:self|this)\.)?[@_]?(?:log|logger|logging|LOG|LOGGER|Log|console|Rails\.logger)"
    r"\.(?:debug|info|warn|warning|error|trace|log|print|printf|println|Debug|Info|Warn|Error|Print|Printf|Println|[dwiev])|"
    r"System\.out\.print(?:ln|f)?|Console\.Write(?:Line)?|fmt\.Print(?:ln|f)?|\$this->logger->\w+)"
    r"(?:\s*\([^\n]*\)|\s+[^=(][^=]*)\s*;?\s*$"
)
"""A statement that only writes a line of a log. It can fail itself, and is the frame's line then."""


def contact(frame: FrameSite, touch: Touch) -> Contact:
    """How `touch` meets `frame`. Lines without novelty (comments, moves, re-wrapping) count for ownership only."""
    rows = [_as_code(row, touch.path) if _is_written(row, frame) else row for row in touch.lines]
    wrote = [row for row in rows if _is_written(row, frame)]
    own = {row.line for row in wrote}
    telling = [row for row in rows if row.novelty >= 0.2 and (row.line in own or not _LOGS.match(row.text))]
    inside = [row for row in telling if frame.start <= row.line <= frame.end and not frame.documents(row.line)]
    return Contact(
        frame=frame,
        wrote_line=bool(wrote),
        line_novelty=max((row.novelty for row in wrote), default=0.0),
        new_code=any(row.novelty >= _NEW for row in wrote),
        near_ran=_nearest([row for row in inside if row.line <= frame.last], frame) if frame.exact else _at(inside),
        added=sum(1 for row in inside if row.added),
        removed=sum(1 for row in inside if not row.added),
        sets=frozenset(name for row in inside for name in SETS.findall(row.text)),
        nulls=sum(1 for row in inside if mentions_null(row.text)),
        hit=frame.exact and _hit(frame, inside, wrote),
        moved=bool(inside) and all(row.novelty <= _MOVED for row in inside),
    )


def _is_written(row: TouchedLine, frame: FrameSite) -> bool:
    return frame.exact and row.added and row.survives and row.line == frame.line


def _as_code(row: TouchedLine, path: str) -> TouchedLine:
    """The line that failed: it is none of a block's comment, however much it looks like one (`* rate`, `/*+ hint */`)."""
    looks = not row.novelty and row.text.lstrip().startswith(("*", "/*")) and is_comment_line(row.text, path)
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
