"""The line above the rows of a trace that says what failed, when no type is announced."""

import re
from typing import Final

from tools.traces.messages.titles import titles_stack
from tools.traces.messages.trouble import TROUBLE
from tools.traces.unwrap.fences import fences
from tools.traces.unwrap.lines import Log

MOST: Final = 4

_PROSE: Final = re.compile(
    r"[:.?!,]\s*$|(?:\S{1,40} ){12}|^\s*+(?:I|I'm|I've|We|We're|My|Our|Hi|Hello|This|These|There|After|When|Getting"
    r"|Seeing|Here|Any|Please)\b(?! *:)"
)
"""What a person writes above a fence."""
_NOTHING: Final = re.compile(
    r"\s*+(?:`{3,}+.{0,20}+|~{3,}+.{0,20}+|[-=_*#]{3,}+|\*\*[^*:\n]{1,40}+:\*\*.*+|--- .{1,200} ---"
    r"|.{0,40}\b(?i:stack ?(?:trace)?|trace(?:back)?|back ?trace|call ?stack)(?: is| below)?\s?[:=]"
    r"(?:\s*[Bb]acktrace \[)?|)\s*$"
)


_HEADING: Final = re.compile(r"\s{0,8}[A-Z][a-z]{2,15}(?: [a-z]{2,15}){0,3}:\s*$|#{1,6} \S")
"""`Created at:`, `Recent access records:`: what follows is told by the lines above it. So does no heading of a page tell of an error."""
_FIELD: Final = re.compile(r"\t[A-Z][\w ]{2,40}: \S")
"""One of the fields that a crash's report sets in."""


def says_nothing(line: str) -> bool:
    """Whether a line is blank, a fence, a rule or the title of a stack."""
    return _NOTHING.match(line) is not None or titles_stack(line)


def said_above(log: Log, first: int) -> int:
    """The nearest line above `first` that is no fence, no rule and no title of a stack; `first` when there is none of an error."""
    fenced = False
    for at in range(first - 1, max(first - MOST, 0) - 1, -1):
        line = log.lines[at]
        if says_nothing(line) or ((_HEADING.match(line) or _FIELD.match(line)) and not TROUBLE.search(line)):
            fenced = fenced or fences(line)
            continue
        asked = fenced and _PROSE.search(line) is not None
        return first if asked or log.quiet(at) else at
    return first
