"""The lines of a change for a prompt: numbered, between their neighbours, and of many those that tell most."""

import re
from collections.abc import Sequence
from itertools import dropwhile
from typing import Final, NamedTuple

from tools.git.diff import Hunk
from tools.git.hunk_groups import first_line, line_after
from tools.source.outline import Outline

CONTEXT: Final = 2  # lines
_LONGEST: Final = 18  # rows of one change
_SHORTEST: Final = 6
_WIDTH: Final = 160
_SLACK: Final = 80  # characters more than there is room for are better than a note that they are left out
_HEADER: Final = re.compile(r"\s*(?:#(?!include|define)|//|/\*|\*|--|<!--|<\?php\s*$|$)")
_LONG_HEADER: Final = 5  # lines


class Row(NamedTuple):
    sign: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.sign}{self.number:5} {self.text[:_WIDTH]}".rstrip()


def fitting(title: str, rows: Sequence[Row], best: Sequence[int], room: int) -> str:
    """Return title and rows; of more than there is room for, the first ones and those around the `best` places."""
    for longest in range(_LONGEST, _SHORTEST, -2):
        shown = "\n".join([title, *_cut(rows, best, longest)])
        if len(shown) <= room + _SLACK:
            return shown
    return _whole_lines("\n".join([title, *_cut(rows, best, _SHORTEST)]), room)


def rows_of(hunks: Sequence[Hunk], outline: Outline | None) -> list[Row]:
    """The changed lines, those between them, and two lines around. Numbers: `-` before the commit, others after it."""
    rows: list[Row] = []
    previous = first_line(hunks[0]) - CONTEXT
    for hunk in hunks:
        rows += _context(outline, previous, first_line(hunk))
        rows += [Row("-", number, text) for number, text in zip(hunk.removed_at, hunk.removed, strict=True)]
        rows += _without_header([Row("+", *row) for row in zip(hunk.added_at, hunk.added, strict=True)])
        previous = line_after(hunk)
    return [*rows, *_context(outline, previous, previous + CONTEXT)]


def _without_header(added: list[Row]) -> list[Row]:
    """The added rows without the remarks that a file begins with: a licence tells nothing."""
    if not added or added[0].number != 1:
        return added
    code = list(dropwhile(lambda row: _HEADER.match(row.text), added))
    return code if code and len(added) - len(code) >= _LONG_HEADER else added


def _context(outline: Outline | None, first: int, end: int) -> list[Row]:
    """Unchanged lines, `end` not included, without blank ones."""
    lines = outline.lines if outline is not None else ()
    numbers = range(max(1, first), min(end, len(lines) + 1))
    return [Row(" ", number, lines[number - 1]) for number in numbers if lines[number - 1].strip()]


def _cut(rows: Sequence[Row], best: Sequence[int], longest: int) -> list[str]:
    """The rows; of too many, the first ones and those near the `best` places, and how many are left out."""
    if len(rows) <= longest:
        return [str(row) for row in rows]
    head = min(4, longest // 4)
    near = best[:3] or [longest // 2]
    reach = max(0, ((longest - head) // len(near) - 1) // 2)
    chosen = {*range(head), *(place for one in near for place in range(one - reach, one + reach + 1))}
    shown: list[str] = []
    skipped = 0
    for place, row in enumerate(rows):
        if place not in chosen:
            skipped += 1
            continue
        shown += [f"      … {skipped} lines left out"] * bool(skipped)
        shown.append(str(row))
        skipped = 0
    return [*shown, *[f"      … {skipped} lines left out"] * bool(skipped)]


def _whole_lines(text: str, characters: int) -> str:
    """The beginning of a text, up to the end of a line, and a note of what is cut."""
    if len(text) <= characters:
        return text
    shown = text[:characters].rpartition("\n")[0] or text[:characters]
    return f"{shown}\n      … {text.count(chr(10)) - shown.count(chr(10))} lines left out"
