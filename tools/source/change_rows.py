"""The lines of a change in their order: unchanged ones around it, what went, what came, and the licence of a new file."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from tools.git.diff import Hunk
from tools.git.hunk_groups import first_line, line_after
from tools.source.outline import Outline

CONTEXT: Final = 2  # lines
LONG: Final = 5  # lines of remarks that are not shown
_REMARK: Final = re.compile(r"\s*(?:#(?!!\[|include|define)|//|/\*|\*|--|<!--|<\?php\s*$|$)")


class Row(NamedTuple):
    """A line of a change: `-` before the commit, `+` and unchanged ones after it."""

    sign: str
    number: int
    text: str


class Stretch(NamedTuple):
    """A hunk after the unchanged lines `before` it. `remarks`: the added remarks that a file begins with, when they are
    long and code follows (a licence). The last stretch has only what stands behind the last hunk."""

    before: Sequence[Row]
    removed: Sequence[Row] = ()
    remarks: Sequence[Row] = ()
    added: Sequence[Row] = ()


def stretches(hunks: Sequence[Hunk], outline: Outline | None) -> Iterator[Stretch]:
    """The hunks with two unchanged lines around them and those between them, which `outline` (of the new side) holds."""
    lines = outline.lines if outline is not None else ()
    previous = first_line(hunks[0]) - CONTEXT
    for hunk in hunks:
        removed, added = _rows("-", hunk.removed_at, hunk.removed), _rows("+", hunk.added_at, hunk.added)
        remarks = _remarks(added)
        yield Stretch(_unchanged(lines, previous, first_line(hunk)), removed, remarks, added[len(remarks) :])
        previous = line_after(hunk)
    yield Stretch(_unchanged(lines, previous, previous + CONTEXT))


def _rows(sign: str, numbers: Iterable[int], texts: Iterable[str]) -> list[Row]:
    return [Row(sign, number, text) for number, text in zip(numbers, texts, strict=True)]


def _remarks(added: Sequence[Row]) -> Sequence[Row]:
    if not added or added[0].number != 1:
        return ()
    remarks = list(takewhile(lambda row: _REMARK.match(row.text), added))
    return remarks if LONG <= len(remarks) < len(added) else ()


def _unchanged(lines: Sequence[str], first: int, end: int) -> list[Row]:
    """`end` is not included."""
    return [Row(" ", number, lines[number - 1]) for number in range(max(1, first), min(end, len(lines) + 1))]
