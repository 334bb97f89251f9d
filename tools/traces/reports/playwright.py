"""A test that Playwright reports as failed without any row: its heading names the place, what failed stands below, indented."""

import re
from typing import Final

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found
from tools.traces.languages.javascript_rows import row_of
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES: Final = (" › ",)
MOST: Final = 60

_HEADING: Final = re.compile(
    r"\s{0,8}\d{1,4}\) (?:\[[^\]]{1,60}\] › )?([^\s:][^:]{0,400}\.[cm]?[jt]sx?):(\d{1,7}):(\d{1,6}) › \S"
)
_ENDS: Final = re.compile(
    r"\s*(?:={6,}|─{6,}|-{6,}|\d{1,5} \||>\s*\d{1,5} \||attachment #|Retry #|Pending operations:|Slow test)"
)


def find(log: Log) -> list[Found]:
    """Every heading whose block holds no row; the others are read as any stack is."""
    headings = [(at, found) for at, line in enumerate(log.lines) if (found := _HEADING.match(line))]
    ends = [*(at for at, _ in headings[1:]), len(log.lines)]
    blocks = zip(headings, ends, strict=False)
    read = (_found(log, at, min(end, at + MOST), heading) for (at, heading), end in blocks)
    return [one for one in read if one is not None]


def _found(log: Log, at: int, end: int, heading: re.Match[str]) -> Found | None:
    block = log.lines[at + 1 : end]
    if any(map(row_of, block)):
        return None
    message: list[str] = []
    for line in block:
        if _ENDS.match(line) or (message and not line.strip()):
            break
        message += [line.strip()] if line.strip() else []
    if not message:
        return None
    said = announced(message[0])
    typed = said if said is not None and not said.start else None
    message[0] = typed.message if typed else message[0]
    place = Frame(path=slashed(heading[1]), line=number(heading[2]), column=number(heading[3]))
    draft = Draft(typed.type if typed else None, "\n".join(message), [place])
    return Found("javascript", (draft.failure(),), at)
