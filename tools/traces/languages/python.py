"""Python tracebacks: chained, grouped, with marker rows, notes and multi-line messages."""

import re
from dataclasses import dataclass, field

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.languages import python_cut
from tools.traces.languages.python_asides import MAX_MESSAGE_LINES, goes_on_below, goes_on_right_below, is_pasted
from tools.traces.languages.python_handlers import new_error_first
from tools.traces.languages.python_rows import (
    FRAME,
    RAISED,
    STATEMENTS,
    beside,
    frames_follow,
    labels_rows,
    language_of_rows,
    named,
    quoted,
    whole_header,
)
from tools.traces.messages.ends import ends_message, leaves_out
from tools.traces.messages.records import begins_record
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES = ('File "',)

_HEADER = re.compile(r"(?:\+ Exception Group )?(?:Traceback|Stacktrace) \(most recent call (?:last|first)\):")
_THREAD = re.compile(
    r"\s*(?:(Current thread)|Thread) 0x[0-9a-f]{1,16}(?: \[[^\]]{1,60}\])? \(most recent call first\):"
)
_FATAL = re.compile(r"(?:.{0,200}\W)?(Fatal Python error|Windows fatal exception): (.*)$")
_TOLD_BELOW = re.compile(r"(?:Exception|Error) (?:Type: ([\w.]{1,200})(?: at \S{0,500})?|Value: (.*))$")
_IN_WORDS = re.compile(r"[A-Z]\w{1,40} [\w ]{0,60}\(((?:[A-Za-z_]\w{0,80}\.){0,8}[A-Z]\w{1,80})\): (.*)$")
_LEFT_OUT = re.compile(r"\s*\(\d{1,5} additional frame\(s\) were not displayed\)\s*$")
_UNKNOWN_ROW = re.compile(r'File "<[\w ]{1,40}>", line unknown\b')
_LINK = re.compile(r"(?:During handling of the above exception|The above exception was the direct cause)")
_HANDLING = "During handling of the above"
_SEPARATOR = re.compile(r"\s*\+[-+]*-{4,}")
_GUTTER = re.compile(r"\s{0,200}\| ?")
_ROW_OF_ANOTHER = re.compile(r"\s{1,40}at [\w$.<>/]{3,400}\(")  # of Java, whose error Python's message repeats


@dataclass(slots=True)
class _Reading:
    """What is known while walking down the lines."""

    found: list[Found] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    begun: int = 0
    linked: bool = False
    handling: bool = False  # the linking sentence says that the first error was being handled
    in_handler: set[int] = field(default_factory=set)  # ids of the drafts below such a sentence
    stage: str = "outside"  # outside | frames | message
    indent: int = 0
    flat: bool = False  # the text lost its indentation: rows and the lines they quote begin in the same column
    header: str = ""  # the line above the traceback: some loggers print the exception there only
    said: str = ""  # the nearest line above the traceback that says what failed
    newest_first: bool = False
    headed: bool = False  # it says that the most recent call is last; trackers that say nothing print it first
    pasted: bool = False  # a sentence stands above: the text is a person's, who goes on below
    fatal: tuple[str, str] | None = None  # how the interpreter says that it crashed, above its threads
    group: int = 0  # the column of the outermost exception group
    read_to: int = 0  # lines above belong to a traceback
    leading: bool = False  # each exception stands above its rows, as Sentry prints them
    margin: int = 0  # the column of the header: what stands left of it is no message

    def start(self, index: int, depth: int) -> None:
        """A traceback begins: of the same chain when a linking sentence (or a group's gutter) says so."""
        if self.drafts and not self.linked and depth == 0:
            self.finish()
        if not self.drafts:
            self.begun = index
        self.drafts.append(Draft(depth=depth))
        if self.handling and len(self.drafts) > 1:
            self.in_handler.add(id(self.drafts[-1]))
        self.stage, self.linked, self.handling = "frames", False, False

    def finish(self) -> None:
        """Close the chain; frames were printed outermost first."""
        for draft in self.drafts:
            tongue = language_of_rows([draft])
            if not self.newest_first and (tongue == "python" or (self.headed and tongue != "elixir")):
                draft.frames.reverse()
            draft.message = draft.message.removeprefix(
                "\n:\n"
            )  # written to standard error in pieces, each a line of the log
        self._take_header()
        self._take_said()
        kept = [draft for draft in self.drafts if draft.frames or draft.type]
        if any(draft.frames for draft in kept):
            if language_of_rows(kept) == "python" and not self.newest_first:
                kept = new_error_first(kept, self.in_handler)
            self.found.append(Found(language_of_rows(kept), root_first(kept), self.begun, end=self.read_to))
        self.in_handler.clear()
        self.drafts, self.stage, self.linked, self.header, self.said = [], "outside", False, "", ""

    def take_leading(self) -> None:
        """The exception above the first rows of a chain of which each stands above its own."""
        first, *more = self.header.split("\n")
        said = announced(first) if len(self.drafts) == 1 and self.drafts[0].type is None else None
        if said is not None:
            self.drafts[0].type, self.drafts[0].message = said.type, "\n".join([said.message, *more])

    def _take_header(self) -> None:
        """`[ERROR] KeyError: 'x'` above a traceback that ends without its exception, below a label perhaps (`Stack:`)."""
        last = self.drafts[-1] if self.drafts else None
        if last is not None and last.type is None and self.newest_first and self.fatal is not None:
            last.type, last.message = self.fatal
            self.fatal = None
        first, *more = self.header.split("\n")
        said = announced(first) if last is not None and last.type is None else None
        if last is not None and last.type is None and said is None and language_of_rows([last]) == "go":
            of_go = _TYPE_OF_GO.match(first)
            last.type, last.message = (of_go[1], of_go[2]) if of_go else (None, last.message)
        said = (announced(said.message) or said) if said is not None and said.type == "Exception" else said
        if last is not None and said is not None:
            last.type, last.message = said.type, "\n".join([said.message, *more])

    def _take_said(self) -> None:
        """What the lines above say, when the text ends before the exception."""
        last = self.drafts[-1] if self.drafts else None
        if last is not None and last.type is None and not last.message and self.headed and not self.newest_first:
            last.type, last.message = python_cut.read(self.said)


_TYPE_OF_GO = re.compile(r"\s*\*?([\w/]{1,100}\.[A-Za-z]\w{0,80}): (\S.*)$")


def find(log: Log) -> list[Found]:
    """Every traceback chain of the log."""
    reading = _Reading()
    above = ""
    others = _other_threads(log)
    for index, line in enumerate(log.lines):
        if index in others:
            continue
        content, depth = _without_gutter(line, reading)
        _read(reading, log, index, content, depth, above)
        above = line if line.strip() and not labels_rows(line) else above
    reading.finish()
    return reading.found


def _other_threads(log: Log) -> frozenset[int]:
    """The lines of threads that only stood beside the one that crashed."""
    begun = [
        (at, found[1]) for at, line in enumerate(log.lines) if "call first" in line and (found := _THREAD.match(line))
    ]
    if not any(current for _, current in begun):
        return frozenset()
    ends = [*(at for at, _ in begun[1:]), len(log.lines)]
    beside = [range(at, end) for (at, current), end in zip(begun, ends, strict=True) if not current]
    return frozenset(at for lines in beside for at in lines)


def _without_gutter(line: str, reading: _Reading) -> tuple[str, int]:
    """An exception group's line without its `|`, and how deep the group lies (0: not nested)."""
    if line.lstrip().startswith("+ Exception Group"):
        column = line.index("+")
        if reading.stage != "between":
            reading.group = column
        return line, max(0, column - reading.group)
    gutter = _GUTTER.match(line)
    if gutter:
        return line[gutter.end() :], max(0, line.index("|") - reading.group)
    return line, 0


def _read(reading: _Reading, log: Log, index: int, line: str, depth: int, above: str) -> None:
    frame = FRAME.match(line) if 'File "' in line else None
    header = "(most recent call " in line and (_HEADER.search(line) or _THREAD.match(line))
    if ("Fatal Python error" in line or "Windows fatal" in line) and (fatal := _FATAL.match(line)) is not None:
        reading.fatal = (fatal[1], fatal[2])
    if header:
        floor = reading.read_to
        reading.start(index, depth)
        reading.header, reading.flat, reading.headed, reading.leading = above, False, True, False
        reading.said = python_cut.said_above(log, index, floor) if len(reading.drafts) == 1 else ""
        reading.margin = len(line) - len(line.lstrip())
        if len(reading.drafts) == 1:
            reading.pasted = is_pasted(log, index, above)
        reading.newest_first = "recent call first" in line
    elif frame:
        _read_frame(reading, log, index, frame, depth, above)
    elif _SEPARATOR.match(line) or _LINK.search(line):
        reading.stage, reading.linked, reading.handling = "between", True, _HANDLING in line
    elif reading.stage == "frames":
        _read_below_frame(reading, log, index, line)
    elif reading.stage == "message":
        _read_message(reading, log, index, line)
    elif reading.stage == "between" and reading.linked and depth:
        _read_bare_member(reading, line, depth)
    if reading.stage != "outside":
        reading.read_to = index + 1


def _read_frame(reading: _Reading, log: Log, index: int, frame: re.Match[str], depth: int, above: str) -> None:
    if reading.stage != "frames" or not reading.drafts:
        reading.start(index, depth)
        reading.header, reading.newest_first, reading.headed = above, "recent call first" in above, False
        reading.header = whole_header(log, index) or above
        said = announced(reading.header.partition("\n")[0])
        reading.leading = said is not None and not said.start and not reading.newest_first
        reading.margin = 0
    if not reading.drafts[-1].frames:
        reading.flat = not frame[1] or beside(log, index, len(frame[1]))
    reading.indent = len(frame[1])
    function, owner = named(frame[2], frame[4].strip()) if frame[4] else (None, None)
    reading.drafts[-1].frames.append(
        Frame(path=slashed(frame[2]), line=number(frame[3]), function=function, class_name=owner)
    )


def _read_below_frame(reading: _Reading, log: Log, index: int, line: str) -> None:
    """Below a frame stand its source, marker rows, `[Previous line repeated ...]`, and at last the exception."""
    text = line.strip()
    if not text or _UNKNOWN_ROW.match(text):
        return
    draft = reading.drafts[-1]
    deeper = len(line) - len(line.lstrip()) > reading.indent
    if draft.frames and (deeper or text.startswith("[Previous line repeated") or (reading.flat and quoted(log, index))):
        last = draft.frames[-1]
        if last.source is None and set(text) - set("^~ ") and text[0] != "[" and not text.isdigit():
            draft.frames[-1] = last.model_copy(update={"source": text})
        return
    labelled = _TOLD_BELOW.match(text)
    if labelled:
        draft.type = draft.type or labelled[1]
        draft.message = draft.message or labelled[2] or ""
        return
    if reading.leading and not draft.frames:
        _read_leading(reading, line)
        return
    raised = None if begins_record(line) else RAISED.match(text)
    if raised and raised[1] in STATEMENTS:
        raised = None
    if raised and raised[2] and reading.leading and frames_follow(log, index):
        reading.take_leading()
        reading.drafts.append(Draft(type=raised[1], message=raised[2]))
        return
    said = raised or (None if draft.type else _IN_WORDS.match(text))
    if said:
        draft.type, draft.message = said[1], said[2] or ""
    reading.stage = "message" if said else "outside"


def _read_leading(reading: _Reading, line: str) -> None:
    """What stands between an exception and the rows below it: the rest of its message, and how many rows are left out."""
    if begins_record(line):
        reading.stage = "outside"
    elif not (_LEFT_OUT.match(line) or leaves_out(line)):
        reading.drafts[-1].message += "\n" + line


def _read_message(reading: _Reading, log: Log, index: int, line: str) -> None:
    """Messages run over several lines, blank ones too; a new log record or a paragraph of prose ends them."""
    draft = reading.drafts[-1]
    full = draft.message.count("\n") >= MAX_MESSAGE_LINES
    if (
        full
        or ends_message(log, index)
        or _ROW_OF_ANOTHER.match(line)
        or (index + 1 < len(log.lines) and line.strip() and _HEADER.match(log.lines[index + 1]))
        or _is_aside(reading, log, index)
    ):
        reading.stage = "outside"
        return
    draft.message += "\n" + line


def _read_bare_member(reading: _Reading, line: str, depth: int) -> None:
    """A member of a group that was never raised has no traceback of its own."""
    raised = RAISED.match(line.strip())
    if raised:
        reading.drafts.append(Draft(type=raised[1], message=raised[2] or "", depth=depth))
        reading.stage, reading.linked = "message", False


def _is_aside(reading: _Reading, log: Log, index: int) -> bool:
    """Whether the line stands left of the header, or somebody goes on here."""
    line = log.lines[index]
    if not line.strip():
        return False
    if reading.margin and not line[: reading.margin].isspace():
        return True
    if log.lines[index - 1].strip():
        return goes_on_right_below(line, reading.drafts[-1].message if reading.drafts else "")
    if reading.drafts and reading.drafts[-1].message.rstrip().endswith(":"):
        return False  # the message announces what stands here
    return goes_on_below(log, index, reading.begun, pasted=reading.pasted)
