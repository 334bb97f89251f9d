"""Which lines of a large text could be rows of a stack trace: found by searching whole blocks of bytes where such rows are few."""

import re
from typing import Final, NamedTuple

from tools.traces.blocks import Block, places_of
from tools.traces.line_memo import LineMemo

FULL: Final = 4
"""A block is full of rows when more than one line in FULL is one."""

ROW: Final = 1
BEGINS: Final = 2

# The lookahead lets most full stops go after one comparison instead of one for each ending.
_SUFFIX: Final = re.compile(
    rb"\.(?=[cdefghijklmnprstvz])(?:java|kts?|scala|groovy|clj|php|phtml|inc|py|pyx|rb|erb|haml|slim|rake|go|rs|exs?|erl|[jt]sx?|[mc][jt]s|vue|svelte|cs"
    rb"|fs|vb|lua|dart|swift|cr|jl|hs|nim|zig|cc?|cpp|cxx|hh?|hpp|mm?|pl|pm|html|cshtml)(?:\x1b\[[\d;]{0,10}m)?"
    rb"(?::(?:(?:line|ligne|Zeile|l\xc3\xadnea|linha|riga|\xd1\x81\xd1\x82\xd1\x80\xd0\xbe\xd0\xba\xd0\xb0|wiersz|rad|regel) |formatted:)?\d"
    rb"| ?\(\d|\)| (?:on|in) line \d|,? line \d| - line \d| -> \*|\\*[\"'\xe2][^\n]{0,12},? line|: (?:call to |\S{1,100} thrown)"
    rb"|\\*\", ?\\*\"line| in \S{1,200} at line \d"
    rb"|\"\},[ \t\r]?\{line,|\\*\"[^\n]{0,300}\"(?:lineno|line_?number|lineNumber|line)\\*\")",
)
_WORDS: Final = (
    (b"\t", b"\tat "), (b" ", b"  at "), (b"\\", b"\\tat "), (b"@", b"@http"), (b"#", b"#0 "), (b"p", b"panic"),
    (b"(", b"raceback (most"), (b"t", b"terminate called"), (b"[", b"[internal function]"), (b"[", b"of [PROJECT_ROOT]/"),
    (b"<", b"(at <"), (b"*", b"** ("), (b"I", b"Exception Info: "), (b"(", b"(node:internal/"),
)  # fmt: skip
"""Each with its rarest byte: a block without that byte is told twenty times faster than one without the word."""


_BEGINNINGS: Final = (
    b"PHP Fatal", b"PHP Parse", b"PHP Warning", b"PHP Notice", b"PHP Deprecated", b"Traceback (most", b"panicked at ", b"panic: ",
    b"Exception in thread", b"Uncaught ", b"terminate called", b"[object] (",
)  # fmt: skip


class HotLines(NamedTuple):
    """Indexes of lines that could be rows of a trace, in order, and of those with which a trace begins."""

    rows: list[int]
    begins: frozenset[int]

    def moved(self, offset: int) -> "HotLines":
        """The same with `offset` added to each index."""
        if not offset:
            return self
        return HotLines([row + offset for row in self.rows], frozenset(row + offset for row in self.begins))


class HotLineSearch:
    """Searches block after block. One that follows a block full of rows is asked line by line: then most of its lines are known."""

    def __init__(self) -> None:
        self._known = LineMemo(kind_of)
        self._full = False

    def of(self, block: Block) -> HotLines:
        """Which lines of a block hold a cue."""
        found = _of_lines(block, self._known) if self._full else hot_lines(block)
        self._full = len(found.rows) > len(block.rows) // FULL if found.rows else False
        return found


def hot_lines(block: Block) -> HotLines:
    """Which lines hold a cue, by searching the block as a whole."""
    text = block.text
    places = [found.start() for found in _SUFFIX.finditer(text)]
    places += places_of(text, [word for sign, word in _WORDS if sign in text])
    if not places:
        return HotLines([], frozenset())
    return HotLines(block.rows_of(places), frozenset(block.rows_of(places_of(text, _BEGINNINGS))))


def kind_of(line: bytes) -> int:
    """Whether a line is a row (ROW), and whether a trace begins with it (BEGINS)."""
    row = any(word in line for _, word in _WORDS) or _SUFFIX.search(line) is not None
    return ROW * row + BEGINS * any(word in line for word in _BEGINNINGS)


def _of_lines(block: Block, known: LineMemo[int]) -> HotLines:
    kinds = list(map(known.__getitem__, block.rows))
    rows = [at for at, kind in enumerate(kinds) if kind & ROW]
    begins = (at for at, kind in enumerate(kinds) if kind & BEGINS) if rows else ()
    return HotLines(rows, frozenset(begins))
