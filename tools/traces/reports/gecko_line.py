"""The line that Gecko itself writes for an uncaught error: `JavaScript error: resource://a/b.js, line 29: TypeError: x`."""

import re
from typing import Final

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES: Final = ("JavaScript error: ",)

_LINE: Final = re.compile(
    r"(?:.{0,200}\s)?JavaScript error: (\S{1,1500}), line (\d{1,9}): (?:uncaught exception: )?(\S.{0,2000})$"
)


def find(log: Log) -> list[Found]:
    """Every such line of the log."""
    return [
        Found("javascript", (_draft(said).failure(),), at)
        for at, line in enumerate(log.lines)
        if CUES[0] in line and (said := _LINE.match(line)) is not None
    ]


def _draft(said: re.Match[str]) -> Draft:
    raised = announced(said[3])
    typed = raised is not None and not raised.start
    return Draft(
        raised.type if raised and typed else None,
        raised.message if raised and typed else said[3],
        [Frame(path=slashed(said[1]), line=number(said[2]))],
    )
