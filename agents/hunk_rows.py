"""The lines of a change for a prompt: numbered, between their neighbours, and of many those that tell most."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from tools.git.diff import Hunk
from tools.source.change_rows import Row, stretches
from tools.source.line_numbers import Renumber, as_written
from tools.source.outline import Outline

_LONGEST: Final = 18  # rows of one change
_A_CENTRE: Final = 250  # characters for what stands around one telling line
_WIDTH: Final = 160
SLACK: Final = 160  # characters more than there is room for are better than a note that they are left out


def fitting(title: str, rows: Sequence[Row], best: Sequence[int], room: int, now: Renumber = as_written) -> str:
    """Return title and rows; of more than there is room for, those around the `best` places, else the first ones.

    `now` numbers the lines that are not removed.
    """
    chosen = _chosen(rows, best, room - len(title))
    shown = [title]
    for is_chosen, places in groupby(range(len(rows)), key=chosen.__contains__):
        together = [rows[place] for place in places]
        if is_chosen:
            shown += [_text(row, now) for row in together]
        elif any(row.sign != " " for row in together):  # nobody misses a line that did not change
            shown.append(f"      … {len(together)} lines left out")
    return "\n".join(shown)


def _chosen(rows: Sequence[Row], best: Sequence[int], room: int) -> set[int]:
    """The places of the rows to show: outwards from the best ones, in whole stretches."""
    if len(rows) <= _LONGEST and sum(len(_text(row)) + 1 for row in rows) <= room + SLACK:
        return set(range(len(rows)))  # some more is better than a note that it is left out
    first = next((place for place, row in enumerate(rows) if row.sign != " "), 0)
    centres = best[: max(1, min(3, room // _A_CENTRE))] or [first]
    outwards = sorted(range(len(rows)), key=lambda place: (min(abs(place - one) for one in centres), place))
    chosen = set(centres)
    for place in outwards[:_LONGEST]:
        room -= len(_text(rows[place])) + 1
        if room < 0:
            break
        chosen.add(place)
    gaps = {place for place in range(len(rows)) if {place - 1, place + 1} <= chosen}
    return chosen | gaps  # a note takes as much room as one line


def rows_of(hunks: Sequence[Hunk], outline: Outline | None) -> list[Row]:
    """The changed lines and the unchanged ones around them, without blank unchanged lines and without a licence, which
    tells nothing."""
    rows: list[Row] = []
    for each in stretches(hunks, outline):
        rows += [row for row in each.before if row.text.strip()]
        rows += [*each.removed, *each.added]
    return rows


def _text(row: Row, now: Renumber = as_written) -> str:
    number = row.number if row.sign == "-" else now(row.number)
    return f"{row.sign}{number or '':5} {row.text[:_WIDTH]}".rstrip()
