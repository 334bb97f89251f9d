"""Erlang's rows in words: `exception error: ...`, `in function  shop:total/1 (src/shop.erl, line 12)`, `in call from ...`."""

import re
from typing import Final

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES: Final = ("in function ",)
MAX_ABOVE: Final = 20

_ROW: Final = re.compile(
    r"\s{0,20}(?:in function|in call from)\s{1,4}'?([\w.@-]{1,200})'?:('[^'\n]{1,200}'|[\w-]{1,200})/\d{1,3}"
    r"(?: \(([^(),\n]{1,400}), line (\d{1,7})\))?\s*$"
)
_RAISED: Final = re.compile(r"(?:.{0,200}?[\s*:])?exception (error|exit|throw): (.*)$")
_TERM: Final = re.compile(r"\{([a-z]\w{0,80}),\s{0,80}+(.{1,4000})\}", re.DOTALL)
_BELOW: Final = re.compile(r"\*\*(error|exit|throw):(.*)$")  # as EUnit prints it
_FUN: Final = re.compile(r"'-([\w-]{1,100}?)/\d{1,3}-.{0,100}'$")


def find(log: Log) -> list[Found]:
    """Every block of such rows with what is said above it, or right below."""
    found: list[Found | None] = []
    frames: list[Frame] = []
    begun = 0
    for at, line in enumerate((*log.lines, "")):
        row = _ROW.match(line) if " in " in f" {line}" else None
        if row:
            begun = begun if frames else at
            name = _FUN.sub(r"\1", row[2]).strip("'")
            frames.append(Frame(path=slashed(row[3] or ""), line=number(row[4]), function=name, class_name=row[1]))
        elif frames:
            found.append(_found(log, begun, frames, line))
            frames = []
    return [one for one in found if one is not None]


def _found(log: Log, first: int, frames: list[Frame], below: str) -> Found | None:
    for at in range(first - 1, max(first - MAX_ABOVE, 0) - 1, -1):
        raised = _RAISED.match(log.lines[at])
        if raised:
            if "{file," in "".join(log.lines[at:first]):
                return None  # its own reader reads the stack in the reason
            said = [raised[2], *(line.strip() for line in log.lines[at + 1 : first])]
            text = "\n".join(said)
            term = _TERM.fullmatch(text.strip())
            kind, message = (term[1], term[2]) if term else (raised[1], text)
            return Found("elixir", (Draft(kind, message, frames).failure(),), at)
    told = _BELOW.match(below)
    draft = (
        Draft(told[1], told[2], frames) if told else Draft(None, log.lines[first - 1].strip() if first else "", frames)
    )
    return Found("elixir", (draft.failure(),), max(first - 1, 0))
