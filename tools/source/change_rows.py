"""The lines of a change in their order: unchanged ones around it, what went, what came, and the licence of a new file."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from tools.git.diff import Hunk
from tools.git.hunk_groups import first_line, line_after
from tools.source.outline import Outline
from tools.text.comments import is_comment_line

CONTEXT: Final = 2  # lines
LONG: Final = 5  # lines of a comment that is not shown
_OPENS: Final = re.compile(r"\s*+(?:<\?php\s*+|#!(?!\[).*+)?$")


class Row(NamedTuple):
    """A line of a change: `-` before the commit, `+` and unchanged ones after it."""

    sign: str
    number: int
    text: str


class Stretch(NamedTuple):
    """A hunk after the unchanged lines `before` it. `licence`: the added comment that a file begins with, when it is
    long and code follows. The last stretch has only what stands behind the last hunk."""

    before: Sequence[Row]
    removed: Sequence[Row] = ()
    licence: Sequence[Row] = ()
    added: Sequence[Row] = ()


def stretches(hunks: Sequence[Hunk], outline: Outline | None) -> Iterator[Stretch]:
    """The hunks with two unchanged lines around them and those between them, which `outline` (of the new side) holds."""
    lines = outline.lines if outline is not None else ()
    previous = first_line(hunks[0]) - CONTEXT
    for hunk in hunks:
        removed, added = _rows("-", hunk.removed_at, hunk.removed), _rows("+", hunk.added_at, hunk.added)
        licence = _licence(added, outline.path if outline is not None else "")
        yield Stretch(_unchanged(lines, previous, first_line(hunk)), removed, licence, added[len(licence) :])
        previous = line_after(hunk)
    yield Stretch(_unchanged(lines, previous, previous + CONTEXT))


def _rows(sign: str, numbers: Iterable[int], texts: Iterable[str]) -> list[Row]:
    return [Row(sign, number, text) for number, text in zip(numbers, texts, strict=True)]


def _licence(added: Sequence[Row], path: str) -> Sequence[Row]:
    if not added or added[0].number != 1:
        return ()
    said = list(takewhile(lambda row: is_comment_line(row.text, path) or _OPENS.match(row.text), added))
    return said if LONG <= len(said) < len(added) else ()


def _unchanged(lines: Sequence[str], first: int, end: int) -> list[Row]:
    """`end` is not included."""
    return [Row(" ", number, lines[number - 1]) for number in range(max(1, first), min(end, len(lines) + 1))]
