"""Finds the line that a frame means where the trace is of a neighbouring build and its line numbers are off.

A frame's line must call the frame inside it. Where it does not, but another line of the frame's own function does, that
one is meant; where the printed line lies in another function, the trace's function is believed, not its number.
"""

import re
from typing import Final

from incidents.trace import Frame
from tools.impact.frame_names import bare_name, owner_name
from tools.source.outline import Definition, Outline

_THROWS: Final = re.compile(
    r"^\s*+(?:\}?\s*+else\s*+\{?\s*+)?(?:raise\b|throw\b|panic\(|return\s++(?:\w++\.)?(?:errors?\.(?:New|Wrap|Errorf)|Errorf)\(|trigger_error\(|abort\b|fail\b)"
)
_GUARD: Final = re.compile(
    r"^\s*+(?:\}?\s*+(?:else\s++)?if|elif|elsif|unless|case|when|guard|while|switch|match|assert)\b"
)
_GUARD_LINES: Final = 15


def anchored(frame: Frame, outline: Outline, called: str | None) -> tuple[int, Definition | None] | None:
    """(line, function) that the frame means instead of its printed line, which may lie behind the end of the file; a line
    of 0 is one nobody knows. None when the printed line can be right. `called` is the name by which the line must call
    the frame inside."""
    line, name = frame.line or 0, bare_name(frame.function)
    if not name or not line or (frame.source and not _is_behind(frame, outline)):
        return None
    own = _owned([each for each in outline.named(name) if each.kind == "function"], frame)
    around = [each for each in outline.around(line) if each.kind == "function"]
    if any(each in around for each in own):
        function = next(each for each in own if each in around)
    elif len(own) == 1:
        function = own[0]
    else:
        return None
    here = [number for number in range(function.start, function.end + 1) if _calls(outline, number, called)]
    if any(abs(number - line) <= 1 for number in here):
        return None  # the statement may begin a line above
    if here:
        return min(here, key=lambda number: abs(number - line)), function
    return None if function in around else (0, function)


def throws(line: str) -> bool:
    """Whether a line only throws: who wrote it did not bring about what it reports."""
    return bool(_THROWS.match(line))


def guard_of(outline: Outline, line: int, start: int) -> str:
    """The condition under which the line, which throws, is reached; empty when none is found above it."""
    for number in range(line, max(start, line - _GUARD_LINES) - 1, -1):
        row = outline.lines[number - 1]
        if _GUARD.match(row) or re.search(r"\b(?:if|unless)\b.+$", row if number == line else ""):
            return row
    return ""


def _is_behind(frame: Frame, outline: Outline) -> bool:
    """Whether the printed line lies behind the end of the file, and the source that the trace quotes is nowhere in it."""
    quoted = (frame.source or "").strip()
    return (frame.line or 0) > len(outline.lines) and not any(row.strip() == quoted for row in outline.lines)


def _owned(found: list[Definition], frame: Frame) -> list[Definition]:
    owner = owner_name(frame) or ""
    return [each for each in found if each.owner == owner] or found


def _calls(outline: Outline, number: int, called: str | None) -> bool:
    return bool(called and re.search(rf"(?<![\w$]){re.escape(called)}\s*[(\[{{<]", outline.lines[number - 1])) and not (
        re.match(r"\s*(?:def|function|func|fn|public|private|protected)\b", outline.lines[number - 1])
    )
