"""C# and other .NET stack traces: .NET, Mono and Unity, inner exceptions, asynchronous state machines."""

import re
from dataclasses import dataclass, field, replace

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.languages.csharp_rows import row_of, signature_of
from tools.traces.languages.csharp_translated import WORDS, in_english
from tools.traces.languages.dotnet_tests import report_above
from tools.traces.messages.above import said_above
from tools.traces.messages.ends import MAX_MESSAGE_LINES
from tools.traces.messages.titles import titles_stack
from tools.traces.unwrap.lines import Log

CUES = (" at ", "\nat ", "(at ", "--->", ".exe!", ".dll!", "Exception: ", *WORDS)

MAX_ASIDE = 5
MAX_CODE = 12

_TYPE = r"(?:[A-Za-z_]\w{0,100}[.+]){0,12}[A-Za-z_]\w{0,120}(?:`\d)?"
_RAISED = re.compile(
    rf"(?:.{{0,300}}?[\s:>|])?(?:Exception of type [`'\"])?({_TYPE}(?<=Exception)|{_TYPE}(?<=Error))[`'\"]?"
    r"(?: \((?:0x[0-9A-Fa-f]{1,8}|\d{1,9})\))?(?: ?: (.*)|:?|[`'\"]? (?:occurred|was (?:thrown|unhandled))\b.{0,100})$"
)
_UNHANDLED = re.compile(r"(?:^|(?<=[\s:\]|]))Unhandled [Ee]xception[.:] ")
_APPENDED = re.compile(
    r"\s*[^\s:][^:]{0,40}: ['\"][^'\"]{1,300}, Version=|\s*File name: ['\"]"
)  # behind the message that the exception has
_INNER = re.compile(r"\s*---> (?:\(Inner Exception #\d+\) )?")
_HANDLED = re.compile(r"\s*Inner exception (\S{1,300}) handled at .{1,600}:\s*$")
_END_OF_INNER = re.compile(r"\s*(?:--- )?End of inner exception(?: stack trace ---)?\s*$")
_END_OF_PREVIOUS = re.compile(r"\s*--- End of stack trace from previous location")
_EVENT = "Exception Info: "
_HOLDING = frozenset({"Error", "Exception"})
_LISTED = re.compile(
    r"(?:^|\n)[^\S\n]*Message=(.*?)(?=\n[^\S\n]*(?:Source|StackTrace|Data|Inner Exception)\b|$)", re.DOTALL
)


_QUOTED = re.compile(r"\"([A-Z][^\"\n]{0,1000} [^\"\n]{0,1000}[.!?])\"")
"""An editor's window puts the sentence in quotes."""


@dataclass(slots=True)
class _Reading:
    """The exceptions of one printed trace. `waiting` are those whose frames are still to come, outermost first."""

    at: int
    drafts: list[Draft] = field(default_factory=list)
    waiting: list[Draft] = field(default_factory=list)
    framed: bool = False
    nested: bool = False  # an inner one stands on a line of its own
    margin: int = 0  # where its first line begins: the others stand below that
    message_lines: int = 0

    def begin(self, kind: str | None, message: str) -> None:
        draft = Draft(kind, message, depth=len(self.waiting))
        self.drafts.append(draft)
        self.waiting.append(draft)
        self.message_lines = 0


def find(log: Log) -> list[Found]:
    """Every trace of the log: `outer ---> inner` prints the frames of the inner exception first."""
    found: list[Found] = []
    reading: _Reading | None = None
    log = replace(log, lines=tuple(map(in_english, log.lines)))
    for index, line in enumerate(log.lines):
        frame = row_of(line, inside=reading is not None and reading.framed)
        frame = signature_of(line) if frame is None and reading is not None and "(" in line else frame
        if reading is not None and reading.framed and line.lstrip().startswith(_EVENT):
            reading.waiting = []  # a system's event prints the causes first
            _add_inner(reading, line.lstrip().removeprefix(_EVENT))
        elif frame is not None:
            reading = reading or _headless(log, index)
            reading.waiting[-1].frames.append(frame)
            reading.framed = True
        elif reading is not None and _END_OF_INNER.match(line):
            if len(reading.waiting) > 1:
                reading.waiting.pop()
        elif reading is not None and _inside(reading, log, index):
            continue
        else:
            found.extend(_finished(reading))
            reading = _begun(line, index)
    found.extend(_finished(reading))
    return found


def _inside(reading: _Reading, log: Log, index: int) -> bool:
    """Whether a line that is no row belongs to the trace all the same."""
    if not reading.framed and index in log.stamped and titles_stack(log.lines[index]):
        return True  # a logger printed each line as a record of its own
    if _END_OF_PREVIOUS.match(log.lines[index]) or _goes_on(reading, log, index):
        return True
    return reading.framed and (_between_rows(log, index) or _in_page(log, index))


def _between_rows(log: Log, index: int) -> bool:
    """Whether a blank line parts two rows of one trace."""
    if log.lines[index].strip() or index + 1 >= len(log.lines):
        return False
    below = log.lines[index + 1]
    return (
        row_of(below, inside=True) is not None
        or _END_OF_PREVIOUS.match(below) is not None
        or below.lstrip().startswith(_EVENT)
    )


def _in_page(log: Log, index: int) -> bool:
    """Whether the line is code that a page of ASP.NET shows below a row, behind a plus; another row follows."""
    above = log.lines[max(0, index - MAX_CODE) : index + 1]
    below = log.lines[index + 1 : index + 1 + MAX_CODE]
    return any(line.strip() == "+" for line in above) and any(map(signature_of, below))


def _begun(line: str, index: int) -> _Reading | None:
    """An exception that this line announces, with those that it names as inner ones."""
    parts = _UNHANDLED.sub("", line, count=1).split(" ---> ")
    raised = _RAISED.match(parts[0].strip())
    if raised is None:
        return None
    if raised[1] in _HOLDING and raised[2] and (inner := _RAISED.match(raised[2])) and "." in inner[1]:
        raised = inner  # what another run time says of its own error, before this one's
    reading = _Reading(index, margin=len(line) - len(line.lstrip()))
    reading.begin(raised[1], raised[2] or "")
    for part in parts[1:]:
        _add_inner(reading, part)
    return reading


def _goes_on(reading: _Reading, log: Log, index: int) -> bool:
    """Whether the line belongs to the exception above: an inner one, or the next line of a message."""
    line = log.lines[index]
    inner = _INNER.match(line)
    if inner:
        _add_inner(reading, line[inner.end() :])
        reading.nested = reading.nested or all("." in (draft.type or "") for draft in reading.drafts)
        return True
    handled = _HANDLED.match(line) if reading.framed else None
    if handled:
        _add_inner(reading, handled[1])
        return True
    if reading.framed and index not in log.stamped and len(reading.waiting) > 1 and _ends_below(log, index):
        return True  # what a driver says of its error, below the rows
    if reading.framed or index in log.stamped or reading.message_lines >= MAX_MESSAGE_LINES or _begun(line, index):
        return False
    reading.message_lines += 1
    if _APPENDED.match(line) and reading.waiting[-1].message.strip():
        return True
    own = line[: reading.margin].strip() == ""
    reading.waiting[-1].message += "\n" + (line[reading.margin :] if own else line)
    return True


def _ends_below(log: Log, index: int) -> bool:
    """Whether the rows of an inner exception end a few lines further down."""
    return any(_END_OF_INNER.match(line) for line in log.lines[index + 1 : index + 1 + MAX_ASIDE])


def _add_inner(reading: _Reading, text: str) -> None:
    raised = _RAISED.match(text.strip())
    reading.begin(raised[1] if raised else None, (raised[2] or "") if raised else text.strip())


def _headless(log: Log, index: int) -> _Reading:
    """Frames without an announced exception: the line above them is the message, or all that a runner of tests says."""
    at = said_above(log, index)
    told = report_above(log, index)
    if told is not None:
        reading = _Reading(told.at)
        reading.begin(None, told.message)
        return reading
    reading = _Reading(at)
    reading.begin(None, log.lines[at].strip() if at < index else "")
    return reading


def _finished(reading: _Reading | None) -> list[Found]:
    """A trace counts when it has a frame and is plainly of .NET: a type, a source file, or a class of its library."""
    if reading is None or not (reading.framed or reading.nested):
        return []
    frames = [frame for draft in reading.drafts for frame in draft.frames]
    if not any(draft.type for draft in reading.drafts) and not any(map(_is_dotnet, frames)):
        return []
    for draft in reading.drafts:
        if not reading.framed:
            draft.message = draft.message.strip().partition("\n")[0]
        listed = _LISTED.search(draft.message) if "HResult=" in draft.message else None
        if listed:
            draft.message = listed[1]
        quoted = _QUOTED.fullmatch(draft.message.strip())
        draft.message = quoted[1] if quoted else draft.message
    return [Found("csharp", root_first(_distinct(reading.drafts)), reading.at)]


def _is_dotnet(frame: Frame) -> bool:
    return frame.path.endswith(".cs") or (frame.class_name or "").startswith(("System.", "Microsoft."))


def _distinct(drafts: list[Draft]) -> list[Draft]:
    """An AggregateException lists its inner exceptions once more at its end."""
    return list({(draft.type, draft.message): draft for draft in reversed(drafts)}.values())[::-1]
