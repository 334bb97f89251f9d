"""Which line of a file an error's own words mean: what failed by these words, or the text of the error, stands on it.

`Call to a member function rate() on null` cannot come from a line without `rate`. Where the printed line has none, the
trace is of another build, and the nearest line that has it is meant.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from incidents.trace import Frame
from tools.commits.diff_facts import is_comment
from tools.commits.error_texts import gives, sentences_on
from tools.impact.anchoring import throws
from tools.impact.clues import Clue
from tools.impact.frame_names import bare_name
from tools.impact.site_text import statement_at
from tools.source.outline import Definition, Outline

_FURTHEST: Final = 60  # lines: what builds of one file differ by; beyond, the same words are another place
_ABOVE: Final = 3  # lines from the head of a statement to the text in it
_LONGEST: Final = 2_000  # characters of a line


class Anchor(NamedTuple):
    """The line that the words mean, and whether no other line near it can be meant."""

    line: int
    only: bool


class SaidLine:
    """The words of one error, compared with the lines of the file where it was raised."""

    def __init__(self, message: str, clues: Sequence[Clue]) -> None:
        self._patterns = [(clue.needle, re.compile(clue.pattern)) for clue in clues if clue.fails]
        self._message = " ".join(message.split())

    def anchor(self, frame: Frame, outline: Outline) -> Anchor | None:
        """The line that the innermost `frame` means; None when the words do not tell."""
        printed = frame.line or 0
        if frame.source or not printed:
            return None
        if printed <= len(outline.lines) and self._said_by(
            statement_at(outline, printed, printed + _ABOVE), outline.path
        ):
            return Anchor(printed, only=True)
        start, end = _bounds(frame, outline)
        around = range(max(start, printed - _FURTHEST), min(end, printed + _FURTHEST) + 1)
        near = [line for line in around if self._said_by(outline.lines[line - 1], outline.path)]
        if not near:
            return None
        return Anchor(_head(outline, min(near, key=lambda line: abs(line - printed))), only=len(near) == 1)

    def _said_by(self, text: str, path: str) -> bool:
        rows = (row for row in text.split("\n") if len(row) <= _LONGEST and not is_comment(row, path))
        return any(map(self._stands_on, rows))

    def _stands_on(self, row: str) -> bool:
        failing = any(needle in row and pattern.search(row) for needle, pattern in self._patterns)
        return failing or any(gives(pieces, self._message) for pieces in sentences_on(row))


def _bounds(frame: Frame, outline: Outline) -> tuple[int, int]:
    """The lines of the function that the frame names; the whole file where it names none, or more than one fits."""
    name = bare_name(frame.function)
    own: list[Definition] = [each for each in outline.named(name) if each.kind == "function"] if name else []
    return (own[0].start, own[0].end) if len(own) == 1 else (1, len(outline.lines))


def _head(outline: Outline, line: int) -> int:
    """The line on which a throw begins that goes on to `line`."""
    for number in range(line, max(line - _ABOVE, 0), -1):
        goes_on = statement_at(outline, number, line).count("\n") >= line - number
        if goes_on and throws(outline.lines[number - 1]):
            return number
    return line
