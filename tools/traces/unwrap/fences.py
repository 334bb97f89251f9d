"""What shows that a text was pasted into a page: fences around its blocks, and the Markdown of those who wrote around them."""

import re
from collections.abc import Sequence
from typing import Final

FENCE: Final = r"[ \t]*+(?:`{3}|~{3})"
_FENCE: Final = re.compile(FENCE)
_PAGE: Final = re.compile(
    r"\s*+(?:</?(?:details|summary)>|<!--|\*\*[^*\n]{2,80}\*\*:?\s*$|\*\*[^*\n]{2,60}:\*\*|_No response_\s*$)"
)
_HEADING: Final = re.compile(r"#{1,6} [A-Z]\S{0,40}(?: \S{1,40}){0,8}$")


def fences(line: str) -> bool:
    """Whether a pasted block begins or ends with the line."""
    return _FENCE.match(line) is not None


def fenced_lines(lines: Sequence[str]) -> frozenset[int]:
    """The lines that stand between two fences, and those fences."""
    marks = [at for at, line in enumerate(lines) if fences(line)]
    return frozenset(at for first, end in zip(marks[::2], marks[1::2], strict=False) for at in range(first, end + 1))


def shows_page(lines: Sequence[str]) -> bool:
    """Whether a person pasted the text into a page of prose: a fence, a fold, bold words, a heading at its top or several headings."""
    if any(fences(line) or _PAGE.match(line) for line in lines):
        return True
    headings = [at for at, line in enumerate(lines) if line.startswith("#") and _HEADING.match(line)]
    apart = [at for at in headings if not any(map(str.strip, lines[at + 1 : at + 2]))]
    at_top = bool(headings) and not any(map(str.strip, lines[: headings[0]]))
    return at_top or len(apart) > 1
