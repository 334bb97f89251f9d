"""What Twisted prints of a failure: type and message in one line, then `path:line:function`, outermost first."""

import re
from typing import Final

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES: Final = ("Failure instance: ",)

MAX_LINES: Final = 400

_HEADER: Final = re.compile(
    r".{0,500}?\[Failure instance: Traceback(?: \([^)]{1,100}\))?: <(?:class|type) '([\w.]{1,200})'>: (.*)$"
)
_ROW: Final = re.compile(r"\s*((?:[A-Za-z]:)?[^\s:]{1,500}):(\d{1,7}):([\w<>]{1,200})$")
_BORDER: Final = re.compile(r"\s*--- <exception caught here> ---$")


def find(log: Log) -> list[Found]:
    """Every failure with the rows below it."""
    return [
        found
        for at, line in enumerate(log.lines)
        if "Failure instance: " in line and (header := _HEADER.match(line)) and (found := _failure(log, at, header))
    ]


def _failure(log: Log, at: int, header: re.Match[str]) -> Found | None:
    draft = Draft(header[1], header[2])
    for line in log.lines[at + 1 : at + MAX_LINES]:
        row = _ROW.match(line)
        if row is not None:
            draft.frames.append(Frame(path=slashed(row[1]), line=number(row[2]), function=row[3]))
        elif _BORDER.match(line):
            continue
        elif draft.frames:
            break
        else:
            draft.message += "\n" + line
    draft.frames.reverse()
    return Found("python", (draft.failure(),), at) if draft.frames else None
