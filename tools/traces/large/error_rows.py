"""Which lines of a large text could be of level ERROR or worse and belong to no trace: found in blocks of bytes, as in hot_lines.py."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final, NamedTuple

from tools.traces.large.blocks import Block, places_of
from tools.traces.large.hot_lines import FULL, HotLines
from tools.traces.large.line_memo import LineMemo
from tools.traces.unwrap.levels import GRAVE

_STEMS: Final = (b"err", b"fata", b"crit", b"severe", b"emerg", b"alert", b"pani", b"fail", b"ftl", b"pnc")
"""Searched in lower case, because each search costs about half a millisecond a megabyte; `_WORD` says which of them count. One stands
at the beginning of each name of a level."""

_NAMES: Final = "|".join(sorted(GRAVE, key=len, reverse=True))
_LOOSE: Final = r"ERR|FATAL|CRITICAL|SEVERE|error|fatal|critical"
"""These few also stand inside of names (`ERR_CLOSED`); the others count only where a level stands."""
_GRADED: Final = (
    rf"(?<![\w$/-])(?:{_NAMES.upper()})(?![\w!=-])|(?<=[\[ ])(?:{_NAMES})\]|(?:(?<=[=\"])|(?<=[=\"][dD]))(?i:{_NAMES})(?!\w|\"\s?:)"
    rf"|(?:^|(?<=[\s\]|]))(?:fail|crit)(?=: |\s{{0,4}}\| )"
)
_WORD: Final = re.compile(rf"{_LOOSE}|{_GRADED}|Error(?:: |\])".encode(), re.MULTILINE)
_NUMBERED: Final = (b'"level":5', b'"level":6', b'"level": 5', b'"level": 6')
"""The numbers of Bunyan and Pino: 50 and 60."""
_LETTERED: Final = (b"E0", b"E1", b"F0", b"F1", b"E! ", b"E/", b"F/")
_CATEGORY: Final = re.compile(rb"(?:.{0,80}\s)?(?:fail|crit): [\w.+`<>]{1,200}\[\d{1,9}\]\s*$")
"""The console of .NET: what is said stands on the line below."""
_BEHIND: Final = (b" E0", b" E1", b" F0", b" F1", b" E! ")
"""Such letters behind a stamp."""

_ROW: Final = re.compile(
    rb"^\s|\\n|\tat |  at |\bat [\w.$<>-]+\(|File \"|#\d+ |goroutine \d|\+0x|:in [`']|raceback \(most|@http|panicked at |\.(?:exs?|erl):\d+: "
)
_TYPED: Final = re.compile(rb"\w(?:Error|Rejection)(?::|\])")
_LEVEL: Final = re.compile(rf"ERR|FATAL|CRITICAL|SEVERE|\berror|fatal|critical|{_GRADED}".encode(), re.MULTILINE)
_REPORT: Final = re.compile(rb"(?:.{0,80}\s)?(?=Error: ?)")
"""An error of Rust's that `main` returned: its causes stand below it."""
_CAUSES: Final = (b"Caused by:", b" ")
_MOST_CAUSES: Final = 12
_FAR: Final = 12
"""A line without a level that names a type counts only where no row of a trace stands as near as that."""
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
    _known: LineMemo[bool] = field(default_factory=lambda: LineMemo(says_error))

    def of(self, block: Block, hot: HotLines, number: int) -> Iterator[Row]:
        """The lines of one block, of which `number` is the first one's number; indexes of `hot` are those in its rows."""
        if self._last:
            first = hot.rows[0] if hot.rows else block.count()
            yield from (row for row, behind in self._last if behind + first >= _NEAR)
            self._last = []
        found = self._found(block, hot)
        if found:
            yield from self._apart(block.rows, hot, found, number)

    def finish(self) -> Iterator[Row]:
        """Those that were still open when the text ended."""
        yield from (row for row, _ in self._last)
        self._last = []

    def _found(self, block: Block, hot: HotLines) -> list[int]:
        """Indexes of the lines that hold a word; of a block full of rows line by line, as in `HotLineSearch`."""
        if hot.rows and len(hot.rows) > len(block.rows) // FULL:
            return [at for at, said in enumerate(map(self._known.__getitem__, block.rows)) if said]
        return error_lines(block)

    def _apart(self, rows: Sequence[bytes], hot: HotLines, found: Sequence[int], number: int) -> Iterator[Row]:
        """Those of the found lines that neither belong to a trace nor announce one."""
        named = {at for at in found if _TYPED.search(rows[at]) is not None and _LEVEL.search(rows[at]) is None}
        graded = [at for at in found if at not in named]
        for at in found:
            row = Row(_with_message(rows, at), number + at)
            if at in hot.begins or at in hot.alone or _ROW.search(row.line) is not None:
                continue
            if at in named and (_hot_near(hot, at) or len(rows) - at <= _FAR):
                continue  # the head of a trace, or so near the end of a block that nobody knows
            following = _trace_near(hot, at, rows)
            if following is not None:
                if bisect_left(graded, following) > bisect_right(graded, at):
                    yield row  # another record stands between
            elif len(rows) - at <= _NEAR:
                self._last.append((row, len(rows) - 1 - at))
            else:
                yield row


def _with_message(rows: Sequence[bytes], at: int) -> bytes:
    below = rows[at + 1 : at + 2] if _CATEGORY.match(rows[at]) else _causes(rows, at)
    return b"\n".join((rows[at], *below))


def _causes(rows: Sequence[bytes], at: int) -> Sequence[bytes]:
    """The causes of an error as they stand below it, behind the same prefix."""
    head = _REPORT.match(rows[at])
    below = rows[at + 1 : at + 1 + _MOST_CAUSES] if head is not None else ()
    within = (
        takewhile(lambda line: not line[head.end() :].strip() or line[head.end() :].startswith(_CAUSES), below)
        if head
        else ()
    )
    causes = list(within)
    return causes if any(line.strip() for line in causes) else ()


def _hot_near(hot: HotLines, at: int) -> bool:
    """Whether a row of a trace stands not far above or below."""
    return bisect_right(hot.rows, at + _FAR) > bisect_right(hot.rows, at - _FAR)


def error_lines(block: Block) -> list[int]:
    """Which lines hold a word that may be a level, by searching the block as a whole."""
    text = block.text
    stems = [stem for stem in _STEMS if block.holds(stem)]
    places = [at for at in places_of(block.folded, stems) if _WORD.match(text, at) is not None]
    if b'"level":' in text:
        places += places_of(text, _NUMBERED)
    places += [at + 1 for at in places_of(text, (b"\nE", b"\nF")) if text.startswith(_LETTERED, at + 1)]
    places += [at for at in places_of(text, (b" E", b" F")) if text.startswith(_BEHIND, at)]
    places += [0] if text.startswith(_LETTERED) else []
    return block.rows_of(places) if places else []


def says_error(line: bytes) -> bool:
    """Whether a line holds a word that may be a level."""
    return (
        _WORD.search(line) is not None
        or line.startswith(_LETTERED)
        or any(word in line for word in (*_NUMBERED, *_BEHIND))
    )


def _trace_near(hot: HotLines, at: int, rows: Sequence[bytes]) -> int | None:
    """The first row of a trace just below a line; what only names a place in code (loggers do, on every line) is none."""
    below = hot.rows[bisect_right(hot.rows, at) : bisect_right(hot.rows, at + _NEAR)]
    return next((row for row in below if row in hot.begins or _ROW.search(rows[row]) is not None), None)
