"""The lines of a Ruby error's message: those below its header, and those above a type that stands alone in brackets."""

import re
from collections.abc import Sequence

from tools.traces.messages.ends import MAX_MESSAGE_LINES
from tools.traces.messages.records import begins_record
from tools.traces.unwrap.lines import Log

_MARKED = re.compile(r"\s*\^[\^~]*(?:\):?)?$")
_LISTED = re.compile(r"\s*(?:=> ?|>> ?)?\d{1,6}(?::|\s\|)(?: |$)")
_STEP = re.compile(r"\s# \S{1,300}:\d{1,7}$")  # Cucumber names the place behind a step
_TEMPLATE = re.compile(r"\s*In \S{1,400}\.\w{2,8}\s*$")  # Rails 2 names the template below the message
_UNDERLINE = re.compile(r"\s*(?:-{3,}|={3,})\s*$")  # of the type, as a heading


def message_told(lines: Sequence[str]) -> list[str]:
    """What of the lines below a header is message: no quoted code, nothing behind a blank line."""
    told: list[str] = []
    for index, line in enumerate(lines):
        if index == 0 and _UNDERLINE.match(line):
            continue
        below = lines[index + 1] if index + 1 < len(lines) else ""
        quoted = _MARKED.match(line) or _LISTED.match(line) or _MARKED.match(below)
        if not line.strip() or _TEMPLATE.match(line) or begins_record(line) or (quoted and not _in_query(line)):
            if any(part.strip() for part in told) or quoted:
                break
            continue
        told.append(line.rstrip())
    return [line.strip() for line in told] if len(told) == 1 else told


def _in_query(line: str) -> bool:
    """PostgreSQL quotes a line of the query and marks the place: that is its message."""
    return line.startswith("LINE ") or (_MARKED.match(line) is not None and not line.endswith("):"))


def said_above_type(log: Log, at: int, floor: int) -> list[str]:
    """The lines of a message above its type, which stands alone in brackets; not the step that failed, with the place of its code."""
    first = at
    while first > max(floor, at - MAX_MESSAGE_LINES) and first not in log.stamped:
        line = log.lines[first - 1]
        if not line.strip() or begins_record(line) or _STEP.search(line):
            break
        first -= 1
    return [line.rstrip() for line in log.lines[first:at]]
