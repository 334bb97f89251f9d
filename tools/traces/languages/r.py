"""Errors of R, which no language is named for: what `Error in CALL :` says, and the places of its backtraces.

R names the call before the message and breaks the line between them; packages of the tidyverse print points and a tree of calls.
"""

import re
from typing import Final

from incidents.trace import Failure, Frame
from tools.traces.announced import quoted_above
from tools.traces.candidates import Found
from tools.traces.messages.ends import MAX_MESSAGE_LINES, ends_message
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES: Final = ("Error in ", "Execution halted", "Caused by error")

_BEGINS: Final = re.compile(
    r"[`> ]{0,4}(Error in (?:[^\n]{0,600}?[\w.)\]}'\"`>,{] {1,2}:(?: .*|\s*)|`[^`\n]{1,200}`:.*))$"
)
_SAID_ALONE: Final = re.compile(r"[`> ]{0,4}Error: (\S.*)$")
_HALTED: Final = re.compile(r"Execution halted\b|Calls: \S")
_ENDS: Final = re.compile(
    r"(?:Calls: |Execution halted|In addition: |Warning messages?:|Backtrace:|Traceback:"
    r"|Timing stopped|Run `?rlang::last_|Called from: |>|\s{0,4}▆|ERROR: )"
)
_PLACE: Final = re.compile(r" at ([^\s#:()]{1,400}\.[RrSsq]\w{0,3})(?:#|:)(\d{1,9})(?::\d{1,6})?\b")
_CALLED: Final = re.compile(r"(?<![\w.`])(?:([\w.]{1,100}):{2,3})?([\w.`]{1,100}+)\(")
MOST_APART: Final = 40


def find(log: Log) -> list[Found]:
    """Every error that R prints, with the places that stand below it."""
    found: list[Found] = []
    end = 0
    for index, line in enumerate(log.lines):
        said = _BEGINS.match(line) if index >= end and "Error in " in line else None
        alone = _SAID_ALONE.match(line) if index >= end and "Error: " in line and _is_halted(log, index) else None
        if (said or alone) and not quoted_above(log.lines, index):
            end = _end(log, index)
            first = said[1] if said else alone[1] if alone else ""
            message = "\n".join([first, *log.lines[index + 1 : end]]).rstrip().removesuffix("`")
            failure = Failure(type=None, message=message, frames=tuple(_places(log, end)))
            found.append(Found(None, (failure,), index))
    return found


def _is_halted(log: Log, index: int) -> bool:
    """Whether R says below that the script ends here."""
    below = log.lines[index + 1 : index + MAX_MESSAGE_LINES]
    return any(map(_HALTED.match, below))


def _end(log: Log, index: int) -> int:
    """The line below the message."""
    for at in range(index + 1, min(index + MAX_MESSAGE_LINES, len(log.lines))):
        line = log.lines[at]
        if not line.strip() or _ENDS.match(line) or _BEGINS.match(line) or ends_message(log, at):
            return at
        if not log.lines[index].rstrip().endswith(":") and not line.startswith(
            (" ", "!", "ℹ", "✖", "x ", "i ", "• ", "Caused by")
        ):
            return at
    return min(index + MAX_MESSAGE_LINES, len(log.lines))


def _places(log: Log, first: int) -> list[Frame]:
    """The places below, innermost first: `traceback()` numbers downwards, a tree of calls upwards."""
    frames: list[Frame] = []
    numbers: list[int] = []
    for line in log.lines[first : first + MOST_APART]:
        place = _PLACE.search(line) if " at " in line else None
        row = re.match(r"\D{0,8}(\d{1,4})[.:]", line) if place else None
        if place and row:
            called = _CALLED.search(line)
            frames.append(Frame(path=slashed(place[1]), line=number(place[2]), function=called[2] if called else None))
            numbers.append(int(row[1]))
    return frames[::-1] if numbers[:1] < numbers[-1:] else frames
