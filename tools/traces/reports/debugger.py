"""The frames that an editor's debugger copies: `method:LINE, Class (package)`."""

import re
from typing import Final

from incidents.trace import Frame
from tools.traces.announced import quoted_above
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import number
from tools.traces.unwrap.lines import Log

CUES: Final = (" (com.", " (org.", " (io.", " (java.", " (net.", " (kotlin", " (jdk.")

FEWEST: Final = 3

_ROW: Final = re.compile(
    r"\s*([\w$<>-]{1,200}):(-?\d{1,7}), ([A-Z][\w$]{0,200}) \(((?:[a-z]\w{0,80}\.){0,12}[a-z]\w{0,80})\)(?: \[\d{1,3}\])?$"
)


def find(log: Log) -> list[Found]:
    """Each run of such rows. The file bears the name of the outer class; Kotlin's own end with `Kt`."""
    found: list[Found] = []
    frames: list[Frame] = []
    for at, line in enumerate((*log.lines, "")):
        row = _ROW.match(line) if ", " in line else None
        if row is not None:
            frames.append(_frame(row))
            continue
        if len(frames) >= FEWEST and not quoted_above(log.lines, at - len(frames)):
            found.append(Found("java", (Draft(None, "", frames).failure(),), at - len(frames)))
        frames = []
    return found


def _frame(row: re.Match[str]) -> Frame:
    outer = row[3].partition("$")[0]
    file = f"{outer.removesuffix('Kt')}.kt" if outer.endswith("Kt") else f"{outer}.java"
    line = None if row[2].startswith("-") else number(row[2])
    path = f"{row[4].replace('.', '/')}/{file}" if line is not None else ""
    return Frame(path=path, line=line, function=row[1].partition("$")[0] or row[1], class_name=f"{row[4]}.{row[3]}")
