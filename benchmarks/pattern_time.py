"""How long a regular expression takes on its hostile texts, within a bound of processor time for each pattern.

Every text is tried short, at two lengths. What that foretells for the whole length decides which are tried whole, the worst first.
"""

import re
import signal
import time
from collections import deque
from typing import Any, NamedTuple

from benchmarks.hostile import Hostile, hostile_texts

SIZE = 100_000
SHORT = (2_500, 10_000)
BUDGET = 10.0  # seconds of the processor for one pattern
MOST = 500.0  # milliseconds after which one try is stopped


class Named(NamedTuple):
    """A pattern, where it stands, whether it is only tried at the beginning of a text, and the longest text that its callers give it."""

    name: str
    pattern: "re.Pattern[Any]"
    anchored: bool
    longest: int = SIZE


class Worst(NamedTuple):
    """The slowest text of a pattern. `stopped`: time ran out before every text that could be slow was tried."""

    milliseconds: float
    name: str
    text: str
    stopped: bool = False


class TooLongError(Exception):
    """A pattern was stopped: the module `re` looks for signals while it searches."""


def stop(number: int, frame: object) -> None:
    """The handler of SIGVTALRM while patterns are tried."""
    raise TooLongError


def worst_of(named: Named, limit: float = 50.0, budget: float = BUDGET) -> Worst:
    """The slowest of the pattern's hostile texts, or the first over the limit."""
    end = time.process_time() + budget
    worst, stopped = Worst(0.0, named.name, ""), False
    for text in _worst_first(named, limit, end):
        worst = max(worst, Worst(_least(named, text, limit), named.name, text.of(100)))
        stopped = worst.milliseconds <= limit and time.process_time() > end
        if worst.milliseconds > limit or stopped:
            break
    return worst._replace(stopped=stopped)


def _worst_first(named: Named, limit: float, end: float) -> list[Hostile]:
    """The texts that may take more than the limit when they are whole, the slowest first; only the last one tried, when a short piece of
    it takes that long already or time runs out."""
    found = []
    for text in hostile_texts(named.pattern):
        expected = _expected(named, text)
        if expected > limit:  # again: some machines count the processor's time in steps of 4 ms
            expected = min(expected, _expected(named, text))
        if expected >= limit * SIZE / SHORT[1] or time.process_time() > end:
            return [text]
        if expected > limit:
            found.append((expected, text))
    return [text for _, text in sorted(found, key=lambda each: -each[0])]


def _expected(named: Named, text: Hostile) -> float:
    """Milliseconds for the whole text. A pattern whose time grows as the square of the length takes sixteen times as long for four
    times as much; one that is tried on short pieces grows with their number."""
    some, more = (milliseconds(named, text, size) for size in SHORT)
    if named.longest < SHORT[0]:
        return more * SIZE / SHORT[1]
    growth = more / max(some, 0.001)
    return more * (100 if growth > 8 else 25 if growth > 5 else 10)


def _least(named: Named, text: Hostile, limit: float) -> float:
    """The least of three times, as soon as one is within the limit: a processor that others use makes times longer, never shorter."""
    least = MOST
    for _ in range(3):
        least = min(least, milliseconds(named, text, SIZE))
        if least <= limit:
            break
    return least


def milliseconds(named: Named, text: Hostile, size: int) -> float:
    """What a pattern takes for a text of that size, in pieces as long as its callers give it; MOST when it takes longer."""
    given = _given(named, text, size)
    started = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST / 1_000)
    try:
        for piece in given:
            if named.anchored:
                named.pattern.match(piece)
            else:
                deque(named.pattern.finditer(piece), maxlen=0)
    except TooLongError:
        return MOST
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return (time.process_time() - started) * 1_000


def _given(named: Named, text: Hostile, size: int) -> list[Any]:
    piece = text.of(min(size, named.longest))[: named.longest]
    pieces = [piece] * max(1, size // max(1, len(piece)))
    return pieces if isinstance(named.pattern.pattern, str) else [each.encode("latin-1", "replace") for each in pieces]
