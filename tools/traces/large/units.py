"""A large text -> units: the lines of one trace with what stands around them, cut where the next trace begins.

A cut in a wrong place costs a cause or a message; no cut at all would cost the counting: units are compared with each other.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tools.traces.large.hot_lines import HotLines
from tools.traces.large.line_memo import LineMemo

AROUND: Final = 15
"""Lines before and behind a trace that are read with it."""

MAX_UNIT: Final = 600
LONGEST_GAP: Final = 2
SHORTEST_RECORD: Final = 150
MAX_SOURCES: Final = 64

_LINK: Final = re.compile(
    rb"Caused by|CAUSE|Suppressed: |During handling of|The above exception|\[previous exception\]|Wrapped by|Causing: |--->|--- End of|\[cause\]"
    rb"|^\s*Next |\\n\[previous|\+-{10,40} \d{1,3} -{10,40}|^\s*Exception trace:|(?:\t| {2,8})panic: "
    rb"|\[recovered\b|Inner exception \S{1,300} handled at "
)
_GOES_ON: Final = re.compile(
    rb"\.\.\. \d+ (?:more|common)|^\s*$|goroutine \d|^\s?created by |^\s?\[signal |\{main\}|thrown in "
    rb"|tack ?(?:back)?trace:|\[stacktrace\]|#\d+ "
    rb"|^\s?\[(?:New Thread|Switching to)|received signal|\(gdb\)"
    rb"|\[Previous line repeated|^\s?[\w./*()-]+\(.*\)$|^\s{1,8}\d{1,4}:\s+(?:0x[0-9a-f]{1,16} - )?\S"
)
_ANNOUNCES: Final = re.compile(rb"(?:Error|Exception|Failure|Throwable)\b(?!\(|\s?\{)|\b(?:ERROR|FATAL|CRITICAL)\b")
_GOROUTINE: Final = re.compile(rb"goroutine \d|created by |\[signal ")
_SHIPPED: Final = re.compile(rb"(?:\S{1,40} )?(?:\[pod/[^\]]{1,200}\]|[A-Za-z][\w.-]{0,63} {0,20}\|)")
_VARYING: Final = re.compile(rb"0[0a-f-]+|\b[0a-f]{6,}[0a-f-]*")
_PLACES: Final = (b" ", b"\t", b"/", b".")
_DIGITS: Final = bytes.maketrans(b"123456789", b"0" * 9)


class Unit(NamedTuple):
    """`lines` with up to AROUND lines before and behind; `key` is the same for the same trace whatever numbers it holds."""

    lines: tuple[bytes, ...]
    key: bytes
    first: int


@dataclass(slots=True)
class _Open:
    """What is being collected of one source. `runs` are the parts of `lines` that are rows, `first` the number of the first one."""

    before: deque[bytes] = field(default_factory=lambda: deque(maxlen=AROUND))
    lines: list[bytes] = field(default_factory=list)
    runs: list[tuple[int, int]] = field(default_factory=list)
    first: int = 0
    announced: bool = False
    linked: bool = False
    margin: int = 0

    def behind(self) -> int:
        """How many ordinary lines stand behind the last row."""
        return len(self.lines) - self.runs[-1][1]


class Splitter:
    """Takes lines in their order and gives back units. Lines of several containers or pods are collected apart."""

    def __init__(self) -> None:
        self._one = _Open()
        self._open: dict[bytes, _Open] = {b"": self._one}
        self._apart = False
        self._linking = LineMemo(_linking)
        self._compared = LineMemo(compared)

    def feed(self, lines: Sequence[bytes], hot: HotLines, number: int) -> Iterator[Unit]:
        """The units that end within these lines; `number` is that of the first line in the text."""
        self._apart = self._apart or any(_SHIPPED.match(lines[at]) for at in hot.rows[:3])
        done = 0
        for start, end in _runs(hot, lines, apart=self._apart):
            yield from self._ordinary(lines[done:start])
            yield from self._rows(self._of(lines[start]), lines[start:end], start in hot.begins, number + start)
            done = end
        yield from self._ordinary(lines[done:])

    def finish(self) -> Iterator[Unit]:
        """What is still open when the text ends."""
        for open_ in self._open.values():
            if open_.lines:
                yield self._closed(open_)

    def quiet(self) -> bool:
        """Whether no unit is open: then lines without any cue need not be fed."""
        return not any(open_.lines for open_ in self._open.values())

    def _of(self, line: bytes) -> _Open:
        shipped = _SHIPPED.match(line) if self._apart else None
        if shipped is None:
            return self._one
        source = shipped[0].rpartition(b" ")[2] if line[:1].isdigit() else shipped[0]
        if source not in self._open:
            if len(self._open) >= MAX_SOURCES:
                return self._one
            self._open[source] = _Open()
        return self._open[source]

    def _rows(self, open_: _Open, rows: Sequence[bytes], begins: bool, number: int) -> Iterator[Unit]:
        alone = len(rows[0]) > SHORTEST_RECORD and rows[0].count(b"\\n") > 1
        follows = begins and any(map(_LINK.search, (*open_.lines[-1:], rows[0])))
        if open_.lines and (alone or (not follows and _is_new(open_, begins)) or len(open_.lines) >= MAX_UNIT):
            yield self._closed(open_)
        if not open_.lines:
            open_.lines = [*open_.before]
            open_.before.clear()
            open_.first = number
        at = len(open_.lines)
        open_.runs.append((at, at + len(rows)))
        open_.lines += rows
        open_.announced = open_.linked = False
        if alone:
            yield self._closed(open_)

    def _ordinary(self, lines: Sequence[bytes]) -> Iterator[Unit]:
        if not self._apart and not self._one.lines:
            self._one.before.extend(lines[-AROUND:])
            return
        for line in lines:
            open_ = self._of(line)
            if open_.lines:
                yield from self._beside(open_, line)
            else:
                open_.before.append(line)

    def _beside(self, open_: _Open, line: bytes) -> Iterator[Unit]:
        behind = open_.behind()
        if not behind:
            open_.margin = _margin(open_.lines[-1])
        open_.lines.append(line)
        if not line[open_.margin : open_.margin + 2].isspace() and (linking := self._linking[line]) is not None:
            open_.linked, open_.announced = open_.linked or linking, open_.announced or not linking
        if behind >= AROUND:
            yield self._closed(open_)

    def _closed(self, open_: _Open) -> Unit:
        lines, first, last = open_.lines, open_.runs[0][0], open_.runs[-1][1]
        around = b"\n".join((*lines[max(0, first - 2) : first], *lines[last : last + 2]))
        key = [_VARYING.sub(b"0", around.translate(_DIGITS))]
        done = first
        for start, end in open_.runs:
            if done < start:
                key.append(b"\n".join(lines[done:start]).translate(_DIGITS))
            key.append(self._compared[lines[start]])
            rest = lines[start + 1 : end]
            key += rest if rest and rest[0][:1] in _PLACES else map(self._compared.__getitem__, rest)
            done = end
        open_.before.extend(lines[last:])
        open_.lines, open_.runs = [], []
        open_.announced = open_.linked = False
        return Unit(tuple(lines), b"\n".join(key), open_.first)


def _runs(hot: HotLines, lines: Sequence[bytes], *, apart: bool) -> Iterator[tuple[int, int]]:
    """Rows that follow each other and belong together: one slice each. A record with a whole trace in its line stands alone."""
    start = end = -1
    for row in hot.rows:
        whole = len(lines[row]) > SHORTEST_RECORD and lines[row].count(b"\\n") > 1
        if row != end or row in hot.begins or whole or apart or end - start >= MAX_UNIT:
            if end > start:
                yield start, end
            start = row
        end = row + 1
        if whole:
            yield start, end
            start = end = -1
    if end > start:
        yield start, end


def _linking(line: bytes) -> bool | None:
    """True for a line behind which a cause follows, False for one that announces another error, None for any other."""
    if _LINK.search(line):
        return True
    return False if _ANNOUNCES.search(line) and not _GOROUTINE.search(line) else None


def _is_new(open_: _Open, begins: bool) -> bool:
    """Whether a row belongs to another trace than the rows above it."""
    if open_.linked:
        return False
    if open_.announced or begins:
        return True
    behind = open_.behind()
    if behind <= LONGEST_GAP:
        return False
    margin = open_.margin
    ordinary = [
        line
        for line in open_.lines[-behind:]
        if not line[margin : margin + 2].isspace() and not _GOES_ON.search(line[margin:])
    ]
    return len(ordinary) > LONGEST_GAP


def _margin(line: bytes) -> int:
    """How long the prefix before a row is: behind it the row's own indent begins."""
    for cue in (b'File "', b"panic: ", b"thread '", b"at "):
        at = line.find(cue)
        if at >= 0:
            return len(line[:at].rstrip())
    at = line.find(b":in ")
    return len(line[: line.rfind(b" ", 0, at) + 1].rstrip()) if at >= 0 else 0


def compared(line: bytes) -> bytes:
    """A row without what differs between two prints of the same trace: its prefix, arguments, addresses."""
    if line[:1] in _PLACES:
        return line
    if line[:1] == b"#":
        place, _, call = line.partition(b"): ")
        return place + call.translate(_DIGITS)
    for cue in (b"at ", b'File "'):
        at = line.find(cue)
        if at >= 0:
            return line[at:]
    return _VARYING.sub(b"0", line.translate(_DIGITS))
