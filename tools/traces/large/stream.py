"""A log of any size -> every error in it with how often it occurs, in bounded memory.

    reading = read_errors(sys.stdin.buffer)
    reading.errors[0].trace, reading.errors[0].text     the most telling error, and the log text around it

Small logs are read as a whole. Of larger ones only the lines that could belong to a trace are parsed, and those of level ERROR and
worse; what looks like something seen before (numbers aside) is counted without being parsed again.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import islice
from typing import Final, NamedTuple

from incidents.errors import UnreadableTrace
from incidents.trace import StackTrace
from tools.traces.any_language import plain
from tools.traces.any_language.spoken_errors import error_said
from tools.traces.candidates import Found, in_order
from tools.traces.errors import errors_in, errors_of_unit, trace_of
from tools.traces.fingerprint import signature
from tools.traces.languages import rust
from tools.traces.large.blocks import Block, Readable, blocks_of, filled
from tools.traces.large.error_rows import ErrorRows, Row
from tools.traces.large.hot_lines import HotLineSearch
from tools.traces.large.units import AROUND, Splitter, Unit, compared
from tools.traces.unwrap.lines import read_log
from tools.traces.unwrap.text import checked, read_trace

SMALL: Final = 200_000
MAX_ERRORS: Final = 2_000
MAX_KEYS: Final = 50_000
MAX_TEXTS: Final = 200
MAX_TEXT: Final = 32_000
LARGEST_TEXT: Final = 4_000_000
MAX_SAID: Final = 5_000
ROWS_A_UNIT: Final = 5  # lines of level ERROR that are read in the time of a trace
BUDGET: Final = 100
UNCOUNTED: Final = "others"
INSIDE: Final = "inside "


_SPEAKING: Final = (b"ERROR", b"FATAL", b"rror:", b"xception", b"level=error", b'"error"')
_STEMS: Final = (b"err", b"fatal", b"xception")
"""One of them stands, in lower case, in each of those words: a text without any is searched no further."""


@dataclass(frozen=True, slots=True)
class SeenError:
    """One error of a log and how often it occurs. `line` is the 1-based number of the first row of its first occurrence.

    `text` is that occurrence with the lines around it ("" for errors beyond the first MAX_TEXTS). `grave` is False for what a program
    survives (warnings, notices, deprecations). `inside` of its occurrences stand in another's message: they make it no more telling.
    """

    trace: StackTrace
    count: int
    line: int
    text: str
    grave: bool = True
    inside: int = 0


class LogErrors(NamedTuple):
    """The errors of a log, the most telling first; never empty: a log without any trace gives what its text says, with count 0.

    `uncounted` are occurrences of errors beyond the first MAX_ERRORS different ones.
    """

    errors: tuple[SeenError, ...]
    lines: int
    uncounted: int


@dataclass(slots=True)
class _Tally:
    """Errors by identity. `known` remembers which errors a unit held, so that the next one like it need not be parsed."""

    budget: float = math.inf  # how many units may be parsed
    most_rows: float = math.inf  # how many lines of level ERROR that look different are read
    seen: dict[str, SeenError] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    known: dict[bytes, tuple[str, ...]] = field(default_factory=dict)
    said: dict[bytes, tuple[str, ...]] = field(default_factory=dict)

    def add_unit(self, unit: Unit) -> None:
        digest = blake2b(unit.key, digest_size=16).digest()
        identities = self.known.get(digest)
        if identities is None:
            if self.budget <= 0:
                return
            self.budget -= 1
            text = b"\n".join(unit.lines).decode("utf-8", "replace")
            identities = self.add_text(text, unit.first)
            if len(self.known) >= MAX_KEYS:
                self.known.clear()
            self.known[digest] = identities
            return
        self.counts.update(identities)

    def add_text(self, text: str, line: int) -> tuple[str, ...]:
        """Parse a text and count what it shows; the identities of its errors. The lines around a trace (then `line` is not 0) are
        counted by `add_row`."""
        log = read_log(text)
        identities = []
        errors = errors_of_unit(log) if line else errors_in(log)
        for found, inside in in_order(errors, recorded=line > 0 or 0 in log.stamped):
            identities.append(self._add(found, line or found.at + 1, text, log.lines[: found.at]))
            if inside:
                identities.append(INSIDE + identities[-1])
                self.counts[identities[-1]] += 1
        return tuple(identities)

    def add_row(self, row: Row) -> None:
        """Count a line when it is of level ERROR or worse."""
        digest = blake2b(compared(row.line), digest_size=16).digest()
        identities = self.said.get(digest)
        if identities is not None:
            self.counts.update(identities)
        elif len(self.said) >= min(MAX_SAID, self.most_rows):
            self.counts[UNCOUNTED] += 1
        else:
            text = row.line[:2_000].decode("utf-8", "replace")
            said = error_said(text) or (next(iter(rust.find(read_log(text))), None) if "Error:" in text else None)
            self.said[digest] = () if said is None else (self._add(said, row.number, text),)

    def _add(self, found: Found, line: int, text: str, before: Sequence[str] = ()) -> str:
        trace = trace_of(found.language, found.failures, before, not_run=found.not_run)
        identity = signature(trace)
        if identity not in self.seen:
            if len(self.seen) >= MAX_ERRORS:
                identity = UNCOUNTED
            else:
                shown = _around(text, found.at) if len(self.seen) < MAX_TEXTS else ""
                self.seen[identity] = SeenError(trace, 0, line, shown, found.grave)
        self.counts[identity] += 1
        return identity

    def errors(self) -> list[SeenError]:
        """What was seen, with its count."""
        return [
            replace(error, count=self.counts[identity], inside=self.counts[INSIDE + identity])
            for identity, error in self.seen.items()
        ]


def _around(text: str, at: int) -> str:
    """At most MAX_TEXT characters of a text, from a little above the line at which an error begins."""
    if len(text) <= MAX_TEXT:
        return text
    return "\n".join(text.split("\n")[max(0, at - AROUND) :])[:MAX_TEXT]


def read_errors(stream: Readable, budget: float = math.inf) -> LogErrors:
    """Every error of a log; raises UnreadableTrace for nothing and for what is not text.

    `budget` bounds how many traces that look different are parsed, for callers that must answer soon.
    """
    first = filled(stream, SMALL)
    if len(first) < SMALL:
        return _of_small(read_trace(first))
    tally, lines, spoken = _Tally(budget=budget, most_rows=ROWS_A_UNIT * budget), 0, _Spoken()
    splitter, hot_lines, error_rows = Splitter(), HotLineSearch(), ErrorRows()
    checked(first)
    ends: list[bytes] = []
    for block in blocks_of(first, stream):
        found = hot_lines.of(block)
        for row in error_rows.of(block, found, lines + 1):
            tally.add_row(row)
        hot = found.moved(len(ends))
        if hot.rows or not splitter.quiet():
            for unit in splitter.feed([*ends, *block.rows], hot, lines + 1 - len(ends)):
                tally.add_unit(unit)
            ends = []
        else:
            ends = block.last(AROUND)
        if not tally.seen:
            spoken.add(block)
        lines += block.count()
    for row in error_rows.finish():
        tally.add_row(row)
    for unit in splitter.finish():
        tally.add_unit(unit)
    return _ranked(tally, lines, spoken.text())


def most_telling(text: str) -> StackTrace | None:
    """The trace of a text too large to be read at once; None when it shows no error. Of more than LARGEST_TEXT the middle is lost."""
    if len(text) > LARGEST_TEXT:
        text = text[: LARGEST_TEXT // 2] + "\n" + text[-LARGEST_TEXT // 2 :]
    try:
        reading = read_errors(_Bytes(text.encode("utf-8", "replace")), budget=BUDGET)
    except UnreadableTrace:
        return None
    best = reading.errors[0]
    return best.trace if best.count else None


def _of_small(text: str) -> LogErrors:
    tally = _Tally()
    tally.add_text(text, 0)
    return _ranked(tally, text.count("\n") + 1, text)


def _ranked(tally: _Tally, lines: int, spoken: str) -> LogErrors:
    if not tally.seen:
        language, failure = plain.read(read_log(spoken))
        said = SeenError(trace_of(language, (failure,)), 0, 1, spoken[:MAX_TEXT])
        return LogErrors((said,), lines, 0)
    return LogErrors(tuple(sorted(tally.errors(), key=_weight)), lines, tally.counts[UNCOUNTED])


def _weight(error: SeenError) -> tuple[bool, bool, bool, bool, int, int]:
    """As `candidates.most_frequent` chooses."""
    located = any(frame.path for frame in error.trace.frames)
    said = any(failure.type or failure.message for failure in error.trace.failures)
    typed = not located and error.trace.exception is not None
    return not error.grave, not located, not said, not typed, error.inside - error.count, error.line


@dataclass(slots=True)
class _Spoken:
    """The first lines that speak of an error, for a log that shows no trace."""

    first: list[bytes] = field(default_factory=list)

    def add(self, block: Block) -> None:
        if len(self.first) >= MAX_TEXTS or not any(map(block.holds, _STEMS)):
            return
        words = [word for word in _SPEAKING if word in block.text]
        if words:
            found = (row[:2_000] for row in block.rows if any(word in row for word in words))
            self.first += islice(found, MAX_TEXTS)

    def text(self) -> str:
        return b"\n".join(self.first[:MAX_TEXTS]).decode("utf-8", "replace")


@dataclass(slots=True)
class _Bytes:
    content: bytes

    def read(self, size: int, /) -> bytes:
        part, self.content = self.content[:size], self.content[size:]
        return part
