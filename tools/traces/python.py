"""Python tracebacks: chained, grouped, with marker rows, notes and multi-line messages."""

import re
from dataclasses import dataclass, field

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.lines import Log
from tools.traces.locations import number, slashed
from tools.traces.records import begins_record

CUES = ('File "',)

MAX_MESSAGE_LINES = 60

_HEADER = re.compile(r"(?:\+ Exception Group )?Traceback \(most recent call last\):")
_FRAME = re.compile(r'(\s*)File "([^"]{1,1000})", line (\d{1,9})(?:,? in (.{1,300}))?$')
_RAISED = re.compile(r"((?:[A-Za-z_]\w*|<locals>)(?:\.(?:\w+|<locals>))*)(?:: ?(.*))?$")
_LINK = re.compile(r"(?:During handling of the above exception|The above exception was the direct cause)")
_SEPARATOR = re.compile(r"\s*\+[-+]*-{4,}")
_GUTTER = re.compile(r"\s{0,200}\| ?")


@dataclass(slots=True)
class _Reading:
    """What is known while walking down the lines."""

    found: list[Found] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    begun: int = 0
    linked: bool = False
    stage: str = "outside"  # outside | frames | message
    indent: int = 0
    blank: int = 0

    def start(self, index: int, depth: int) -> None:
        """A traceback begins: of the same chain when a linking sentence (or a group's gutter) says so."""
        if self.drafts and not self.linked and depth == 0:
            self.finish()
        if not self.drafts:
            self.begun = index
        self.drafts.append(Draft(depth=depth))
        self.stage, self.linked = "frames", False

    def finish(self) -> None:
        """Close the chain; frames were printed outermost first."""
        for draft in self.drafts:
            draft.frames.reverse()
        kept = [draft for draft in self.drafts if draft.frames or draft.type]
        if any(draft.frames for draft in kept):
            self.found.append(Found("python", root_first(kept), self.begun))
        self.drafts, self.stage, self.linked = [], "outside", False


def find(log: Log) -> list[Found]:
    """Every traceback chain of the log."""
    reading = _Reading()
    for index, line in enumerate(log.lines):
        content, depth = _without_gutter(line)
        _read(reading, index, content, depth, fresh=index in log.stamped)
    reading.finish()
    return reading.found


def _without_gutter(line: str) -> tuple[str, int]:
    """An exception group's line without its `|`, and how deep the group lies (0: not nested)."""
    gutter = _GUTTER.match(line)
    if gutter:
        return line[gutter.end() :], max(0, line.index("|") - 2)
    if line.lstrip().startswith("+ Exception Group"):
        return line, max(0, line.index("+") - 2)
    return line, 0


def _read(reading: _Reading, index: int, line: str, depth: int, *, fresh: bool) -> None:
    frame = _FRAME.match(line) if 'File "' in line else None
    header = "Traceback (most" in line and _HEADER.search(line)
    if header:
        reading.start(index, depth)
    elif frame:
        _read_frame(reading, index, frame, depth)
    elif _SEPARATOR.match(line) or _LINK.search(line):
        reading.stage, reading.linked = "between", True
    elif reading.stage == "frames":
        _read_below_frame(reading, line, depth)
    elif reading.stage == "message":
        _read_message(reading, line, fresh=fresh)
    elif reading.stage == "between" and reading.linked and depth:
        _read_bare_member(reading, line, depth)


def _read_frame(reading: _Reading, index: int, frame: re.Match[str], depth: int) -> None:
    if reading.stage != "frames" or not reading.drafts:
        reading.start(index, depth)
    reading.indent = len(frame[1])
    function = frame[4].strip() if frame[4] else None
    reading.drafts[-1].frames.append(Frame(path=slashed(frame[2]), line=number(frame[3]), function=function))


def _read_below_frame(reading: _Reading, line: str, depth: int) -> None:
    """Below a frame stand its source, marker rows, `[Previous line repeated ...]`, and at last the exception."""
    text = line.strip()
    if not text:
        return
    draft = reading.drafts[-1]
    deeper = len(line) - len(line.lstrip()) > reading.indent
    if draft.frames and (deeper or text.startswith("[Previous line repeated")):
        last = draft.frames[-1]
        if last.source is None and set(text) - set("^~ ") and text[0] != "[":
            draft.frames[-1] = last.model_copy(update={"source": text})
        return
    raised = _RAISED.match(text)
    if raised:
        draft.type, draft.message = raised[1], raised[2] or ""
    reading.stage, reading.blank = ("message" if raised else "outside"), 0


def _read_message(reading: _Reading, line: str, *, fresh: bool) -> None:
    """Messages run over several lines, blank ones too; a new log record ends them."""
    draft = reading.drafts[-1]
    if fresh or begins_record(line) or draft.message.count("\n") >= MAX_MESSAGE_LINES:
        reading.stage = "outside"
        return
    draft.message += "\n" + line


def _read_bare_member(reading: _Reading, line: str, depth: int) -> None:
    """A member of a group that was never raised has no traceback of its own."""
    raised = _RAISED.match(line.strip())
    if raised:
        reading.drafts.append(Draft(type=raised[1], message=raised[2] or "", depth=depth))
        reading.stage, reading.linked = "message", False
