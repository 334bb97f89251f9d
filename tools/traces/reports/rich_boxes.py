"""Python tracebacks that `rich` draws in boxes: `/app/cart.py:12 in total` between bars, the exception below the box."""

import re

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES = ("Traceback (most recent call last) ─",)

_BEGIN = re.compile(r".{0,200}╭─{1,200} Traceback \(most recent call last\) ─")
_BAR = re.compile(r".{0,200}?│ (.*)$")
_PLACE = re.compile(r"(\S.{0,400}?):(\d{1,9}) in (\S{1,200})$")
_SOURCE = re.compile(r"❱\s+\d{1,9} [│\s]*(\S.*)$")
_END = "╰─"
_RAISED = re.compile(r"\s{0,200}((?:[A-Za-z_]\w{0,100}\.){0,12}[A-Za-z_]\w{0,100})(?:: (.*))?$")
_LINK = re.compile(r"During handling of the above exception|The above exception was the direct cause")


def find(log: Log) -> list[Found]:
    """Every box with the exception below it; boxes that a sentence links are one chain, printed cause first."""
    found: list[Found] = []
    drafts: list[Draft] = []
    begun, stage, linked = 0, "outside", False
    for index, line in enumerate(log.lines):
        if _BEGIN.match(line):
            if drafts and not linked:
                found.append(Found("python", root_first(drafts), begun))
                drafts = []
            begun = begun if drafts else index
            drafts.append(Draft())
            stage, linked = "box", False
        elif stage == "box" and _END in line:
            stage = "below"
        elif stage == "box":
            _read_row(drafts[-1], line)
        elif stage == "below" and line.strip():
            raised = _RAISED.match(line)
            if raised:
                drafts[-1].type, drafts[-1].message = raised[1], raised[2] or ""
            stage = "outside"
        linked = linked or (bool(drafts) and _LINK.search(line) is not None)
    if drafts:
        found.append(Found("python", root_first(drafts), begun))
    return [one for one in found if any(failure.frames for failure in one.failures)]


def _read_row(draft: Draft, line: str) -> None:
    """Boxes run outermost first; below a place stands the code, the failing line behind an arrow."""
    bar = _BAR.match(line.rstrip().removesuffix("│").rstrip())
    place = _PLACE.match(bar[1]) if bar else None
    source = _SOURCE.search(bar[1]) if bar and draft.frames else None
    if place:
        draft.frames.insert(0, Frame(path=slashed(place[1]), line=number(place[2]), function=place[3]))
    elif source:
        draft.frames[0] = draft.frames[0].model_copy(update={"source": source[1].strip()})
