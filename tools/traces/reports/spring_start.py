"""What Spring says when an application does not start: a banner, and below it the description of why."""

import re
from itertools import takewhile
from typing import Final

from tools.traces.candidates import Draft, Found
from tools.traces.unwrap.lines import Log

CUES: Final = ("APPLICATION FAILED TO START",)

MAX_BELOW: Final = 8
MAX_LINES: Final = 10

_TITLE: Final = re.compile(r"\s*Description:\s*$")


def find(log: Log) -> list[Found]:
    """Each such report, with the first paragraph of its description as the message."""
    found: list[Found] = []
    for at, line in enumerate(log.lines):
        if line.strip() != CUES[0]:
            continue
        title = next(
            (row for row in range(at, min(len(log.lines), at + MAX_BELOW)) if _TITLE.match(log.lines[row])), -1
        )
        below = [line.strip() for line in log.lines[title + 1 : title + 1 + MAX_LINES]] if title >= 0 else []
        first = next((row for row, said in enumerate(below) if said), len(below))
        message = "\n".join(takewhile(bool, below[first:]))
        if message:
            found.append(Found("java", (Draft(None, message).failure(),), _begun(log, at)))
    return found


def _begun(log: Log, at: int) -> int:
    """The record above the banner, which says nothing itself."""
    above = (
        row
        for row in range(at - 1, max(at - MAX_BELOW, 0) - 1, -1)
        if row in log.stamped or any(record.first == row for record in log.records)
    )
    return next(above, at)
