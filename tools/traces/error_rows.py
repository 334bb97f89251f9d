"""Which lines of a large text could be of level ERROR or worse and belong to no trace: found in blocks of bytes, as in hot_lines.py."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tools.traces.hot_lines import HotLines, ends_of, places_of

_WORDS: Final = (
    b"ERR", b"FATAL", b"CRITICAL", b"SEVERE", b"error", b"fatal", b"critical", b"[crit]", b'"level":5', b"\nE0", b"\nE1",
)  # fmt: skip
"""Few, because each one costs about half a millisecond a megabyte."""

_ROW: Final = re.compile(
    rb"^\s|\\n|\tat |  at |\bat [\w.$<>-]+\(|File \"|#\d+ |goroutine \d|\+0x|:in [`']|raceback \(most|@http|panicked at |\.(?:exs?|erl):\d+: "
)
_NEAR: Final = 3
"""A line that far above a row of a trace announces it."""


class Row(NamedTuple):
    """A line and its number in the text."""

    line: bytes
    number: int


@dataclass(slots=True)
class ErrorRows:
    """Looks for them block by block. `_last` are those so near the end of a block that the next one may go on with their trace."""

    _last: list[tuple[Row, int]] = field(default_factory=list)

    def of(self, block: bytes, rows: Sequence[bytes], hot: HotLines, number: int) -> Iterator[Row]:
        """The lines of one block, of which `number` is the first one's number; indexes of `hot` are those in `rows`."""
        first = hot.rows[0] if hot.rows else len(rows)
        for row, behind in self._last:
            if behind + first >= _NEAR:
                yield row
        self._last = []
        found = _indexes(block, rows)
        for order, at in enumerate(found):
            row = Row(rows[at], number + at)
            following = _trace_near(hot, at, rows)
            if at in hot.begins or _ROW.search(row.line) is not None:
                continue
            if following is not None:
                if order + 1 < len(found) and found[order + 1] < following:
                    yield row
            elif len(rows) - at <= _NEAR:
                self._last.append((row, len(rows) - 1 - at))
            else:
                yield row

    def finish(self) -> Iterator[Row]:
        """Those that were still open when the text ended."""
        yield from (row for row, _ in self._last)
        self._last = []


def _indexes(block: bytes, rows: Sequence[bytes]) -> list[int]:
    places = places_of(block, _WORDS)
    if not places:
        return []
    ends = ends_of(rows)
    # A word that begins with a line end stands in the line behind it.
    return sorted({bisect_right(ends, place + (block[place] == 10)) for place in places})


def _trace_near(hot: HotLines, at: int, rows: Sequence[bytes]) -> int | None:
    """The first row of a trace just below a line; what only names a place in code (loggers do, on every line) is none."""
    below = hot.rows[bisect_right(hot.rows, at) : bisect_right(hot.rows, at + _NEAR)]
    return next((row for row in below if row in hot.begins or _ROW.search(rows[row]) is not None), None)
