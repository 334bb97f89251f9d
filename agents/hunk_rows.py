"""The lines of a change for a prompt: numbered, between their neighbours, and of many those that tell most."""

import re
from collections.abc import Sequence
from itertools import dropwhile, groupby
from typing import Final, NamedTuple

from tools.git.diff import Hunk
from tools.git.hunk_groups import first_line, line_after
from tools.source.outline import Outline

CONTEXT: Final = 2  # lines
_LONGEST: Final = 18  # rows of one change
_A_CENTRE: Final = 250  # characters for what stands around one telling line
_WIDTH: Final = 160
SLACK: Final = 160  # characters more than there is room for are better than a note that they are left out
_HEADER: Final = re.compile(r"\s*(?:#(?!include|define)|//|/\*|\*|--|<!--|<\?php\s*$|$)")
_LONG_HEADER: Final = 5  # lines


class Row(NamedTuple):
    """A line of a change: `-` before the commit, `+` and unchanged ones after it."""

    sign: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.sign}{self.number:5} {self.text[:_WIDTH]}".rstrip()


def fitting(title: str, rows: Sequence[Row], best: Sequence[int], room: int) -> str:
    """Return title and rows; of more than there is room for, those around the `best` places, else the first ones."""
    chosen = _chosen(rows, best, room - len(title))
    shown = [title]
    for is_chosen, places in groupby(range(len(rows)), key=chosen.__contains__):
        together = [rows[place] for place in places]
        if is_chosen:
            shown += map(str, together)
        elif any(row.sign != " " for row in together):  # nobody misses a line that did not change
            shown.append(f"      … {len(together)} lines left out")
    return "\n".join(shown)


def _chosen(rows: Sequence[Row], best: Sequence[int], room: int) -> set[int]:
    """The places of the rows to show: outwards from the best ones, in whole stretches."""
    if len(rows) <= _LONGEST and sum(len(str(row)) + 1 for row in rows) <= room + SLACK:
        return set(range(len(rows)))  # some more is better than a note that it is left out
    first = next((place for place, row in enumerate(rows) if row.sign != " "), 0)
    centres = best[: max(1, min(3, room // _A_CENTRE))] or [first]
    outwards = sorted(range(len(rows)), key=lambda place: (min(abs(place - one) for one in centres), place))
    chosen = set(centres)
    for place in outwards[:_LONGEST]:
        room -= len(str(rows[place])) + 1
        if room < 0:
            break
        chosen.add(place)
    gaps = {place for place in range(len(rows)) if {place - 1, place + 1} <= chosen}
    return chosen | gaps  # a note takes as much room as one line


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
