"""C# and other .NET stack traces: .NET, Mono and Unity, inner exceptions, asynchronous state machines."""

import re
from dataclasses import dataclass, field, replace

from incidents.trace import Frame
from tools.traces.above import said_above
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.dotnet_tests import BEFORE_ROW, report_above
from tools.traces.dotnet_words import WORDS, in_english
from tools.traces.lines import Log
from tools.traces.locations import number, slashed

CUES = (" at ", "\nat ", "(at ", "--->", ".exe!", ".dll!", "Exception: ", *WORDS)

MAX_MESSAGE_LINES = 30
MAX_ASIDE = 5
MAX_CODE = 12

_FRAME = re.compile(
    r"\s*at (?:async )?(?:\(wrapper [\w-]{1,40}\) )?([^\s(][^()\n]{1,600}?) ?\(([^()]{0,400})\)(.{0,1200})$"
)
_PLACE = re.compile(r"(?: \[0x[0-9a-f]{1,8}\])? (?:in|at) (.{1,1000}?) ?: ?(?:line )?(\d{1,9})\s*$")
_UNITY = re.compile(r"\s*([A-Za-z_][\w.+:<>`|\[\],]{1,300}) ?\(([^()]{0,400})\) \(at ([^()]{1,500}):(\d{1,9})\)$")
_UNITY_BARE = re.compile(r"\s*([A-Za-z_][\w.+<>`]{1,200}:\.?[A-Za-z_]\w{0,100})\([\w.,` &\[\]<>]{0,200}\)$")
_SIGNATURE = re.compile(
    r"\s*(?:[•*o-]\s{1,8})?((?:[A-Za-z_]\w{0,100}\.){2,12}[\w.<>`+|\[\],]{1,300}) ?\(([^()]{0,400})\)"
    r"(?: in ([^():]{1,400}\.\w{2,6})(?::(?:line )?(\d{1,9}))?)?$"
)
_DEBUGGER = re.compile(
    r"[\s>]*[\w.-]{1,200}\.(?:exe|dll)!([A-Za-z_][\w.<>`+|,\[\]]{2,400})\(.{0,1000}?\)"
    r"(?: in (.{1,600}):(?:line )?(\d{1,9})| [Ll]ine (\d{1,9})\b.{0,60})?(?:\s+C#)?$"
)
_NAME = re.compile(r"[A-Za-z_<][\w.+:<>`|$\[\],&*= -]*$")
_METHOD = re.compile(r"[\w<>`|$\[\],-]+$")
_TYPE = r"(?:[A-Za-z_]\w{0,100}[.+]){0,12}[A-Za-z_]\w{0,120}(?:`\d)?"
_RAISED = re.compile(
    rf"(?:.{{0,300}}?[\s:>|])?(?:Exception of type [`'\"])?({_TYPE}(?<=Exception)|{_TYPE}(?<=Error))[`'\"]?"
    r"(?: \((?:0x[0-9A-Fa-f]{1,8}|\d{1,9})\))?(?: ?: (.*)|:?|[`'\"]? (?:occurred|was (?:thrown|unhandled))\b.{0,100})$"
)
_UNHANDLED = re.compile(r"(?:^|(?<=[\s:\]|]))Unhandled [Ee]xception[.:] ")
_APPENDED = re.compile(r"\s*File name: ['\"]")  # behind the message that the exception has
_INNER = re.compile(r"\s*---> (?:\(Inner Exception #\d+\) )?")
_HANDLED = re.compile(r"\s*Inner exception (\S{1,300}) handled at .{1,600}:\s*$")
_END_OF_INNER = re.compile(r"\s*(?:--- )?End of inner exception(?: stack trace ---)?\s*$")
_END_OF_PREVIOUS = re.compile(r"\s*--- End of stack trace from previous location")
_OF_JAVA = re.compile(
    r"\w\.\w{1,10}:\d|^(?:Native Method|Unknown Source|SourceFile|<\w+>)?$|^[\w$]{1,100}\.(?:java|kt|scala)$|[/\\:]\d"
)
_ASSEMBLY = re.compile(
    r"[\w.]{1,200}, Version=[\d.]{1,30}, Culture=\w{1,20}, PublicKeyToken=[^:,\s]{1,40}(?:: (.{1,600}?):(\d{1,9}))?$"
)
_REPEATED = re.compile(
    r".{1,300}?, PublicKeyToken=[^:,\s]{1,200}, Version=.{1,100}: (.{1,600}?\.(?:cs|vb|fs|csx|razor|cshtml))(?=\w)[^:]{1,300}: (\d{1,9})$"
)  # Application Insights puts the assembly before the file and before the line once more
_NO_PARAMETERS = re.compile(r"index \d+$|Native Method$|Unknown Source$")
_BARE_PARAMETERS = re.compile(
    r"(?:(?:System\.[\w.`+]{1,100}|Boolean|Byte|Char|DateTime|Decimal|Double|Guid|Int(?:16|32|64)|Object|Single|String)[\[\]&]{0,3}(?:, ?|$))+$"
)
_EVENT = "Exception Info: "
_TITLE = "stack trace:"
_LISTED = re.compile(
    r"(?:^|\n)[^\S\n]*Message=(.*?)(?=\n[^\S\n]*(?:Source|StackTrace|Data|Inner Exception)\b|$)", re.DOTALL
)
_COMPILED = re.compile(r"<([\w.]+)>(?:[bdcg]__(\w+)?)?")


@dataclass(slots=True)
class _Reading:
    """The exceptions of one printed trace. `waiting` are those whose frames are still to come, outermost first."""

    at: int
    drafts: list[Draft] = field(default_factory=list)
    waiting: list[Draft] = field(default_factory=list)
    framed: bool = False
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
        frame = _frame(line, inside=reading is not None and reading.framed)
        frame = _signature(line) if frame is None and reading is not None and "(" in line else frame
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
    if _END_OF_PREVIOUS.match(log.lines[index]) or _goes_on(reading, log, index):
        return True
    return reading.framed and (_between_rows(log, index) or _in_page(log, index))


def _between_rows(log: Log, index: int) -> bool:
    """Whether a blank line parts two rows of one trace."""
    if log.lines[index].strip() or index + 1 >= len(log.lines):
        return False
    below = log.lines[index + 1]
    return (
        _frame(below, inside=True) is not None
        or _END_OF_PREVIOUS.match(below) is not None
        or below.lstrip().startswith(_EVENT)
    )


def _in_page(log: Log, index: int) -> bool:
    """Whether the line is code that a page of ASP.NET shows below a row, behind a plus; another row follows."""
    above = log.lines[max(0, index - MAX_CODE) : index + 1]
    below = log.lines[index + 1 : index + 1 + MAX_CODE]
    return any(line.strip() == "+" for line in above) and any(map(_signature, below))


def _begun(line: str, index: int) -> _Reading | None:
    """An exception that this line announces, with those that it names as inner ones."""
    parts = _UNHANDLED.sub("", line, count=1).split(" ---> ")
    raised = _RAISED.match(parts[0].strip())
    if raised is None:
        return None
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
    if reading is None or not reading.framed:
        return []
    frames = [frame for draft in reading.drafts for frame in draft.frames]
    if not any(draft.type for draft in reading.drafts) and not any(map(_is_dotnet, frames)):
        return []
    for draft in reading.drafts:
        listed = _LISTED.search(draft.message) if "HResult=" in draft.message else None
        draft.message = listed[1] if listed else _without_title(draft.message)
    return [Found("csharp", root_first(_distinct(reading.drafts)), reading.at)]


def _is_dotnet(frame: Frame) -> bool:
    return frame.path.endswith(".cs") or (frame.class_name or "").startswith(("System.", "Microsoft."))


def _without_title(message: str) -> str:
    """The message without a last line that only announces the stack."""
    said = message.rstrip()
    title = said[-len(_TITLE) :]
    before = said.removesuffix(title)
    return before.rstrip() if title.lower() == _TITLE and "\n" in before[len(before.rstrip()) :] else message


def _distinct(drafts: list[Draft]) -> list[Draft]:
    """An AggregateException lists its inner exceptions once more at its end."""
    return list({(draft.type, draft.message): draft for draft in reversed(drafts)}.values())[::-1]


def _frame(line: str, *, inside: bool) -> Frame | None:
    """One row of a trace. A name without a class (`lambda_method1`) is only one inside a trace."""
    if "(" not in line:
        return None
    line = line.removesuffix("<---")
    before = BEFORE_ROW.match(line) if "): at " in line else None
    if before:  # runners of tests put the place before the call
        called = _frame(line[before.end() :], inside=inside)
        return called.model_copy(update={"path": slashed(before[1]), "line": number(before[2])}) if called else None
    seen = _DEBUGGER.match(line) if "!" in line else None
    if seen:
        function, owner = _named(seen[1])
        return Frame(path=slashed(seen[2] or ""), line=number(seen[3] or seen[4]), function=function, class_name=owner)
    unity = _UNITY.match(line) if "(at " in line else None
    if unity:
        function, owner = _named(unity[1].replace(":", "."))
        known = not unity[3].startswith("<")
        path, row = (slashed(unity[3]), number(unity[4])) if known else ("", None)
        return Frame(path=path, line=row, function=function, class_name=owner)
    bare = _UNITY_BARE.match(line) if inside and ":" in line else None
    if bare:
        function, owner = _named(bare[1].replace(":", "."))
        return Frame(function=function, class_name=owner)
    found = _FRAME.match(line) if "at " in line else None
    if found is None or not (_is_name(found[1]) or (inside and found[1].isidentifier())):
        return None
    assembly = _REPEATED.match(found[2]) or _ASSEMBLY.match(found[2]) if "Version=" in found[2] else None
    if assembly and assembly[1]:
        function, owner = _named(found[1].strip())
        return Frame(path=slashed(assembly[1]), line=number(assembly[2]), function=function, class_name=owner)
    if not (_parameters(found[2]) or (inside and not _OF_JAVA.search(found[2]))):
        return None
    place = _PLACE.match(found[3])
    if found[3].strip() and place is None:
        return None
    known = place is not None and not place[1].startswith("<")
    function, owner = _named(found[1])
    return Frame(
        path=slashed(place[1]) if place and known else "",
        line=number(place[2]) if place and known else None,
        function=function,
        class_name=owner,
    )


def _signature(line: str) -> Frame | None:
    """A row below an exception that lost its `at`, as a page shows it."""
    found = _SIGNATURE.match(line)
    if found is None or not _is_name(found[1]) or not _parameters(found[2]):
        return None
    function, owner = _named(found[1])
    return Frame(path=slashed(found[3] or ""), line=number(found[4]), function=function, class_name=owner)


def _is_name(text: str) -> bool:
    """Whether it is a method with its class."""
    owner, dot, method = text.rpartition(".")
    return bool(owner and dot and _NAME.match(text) and _METHOD.match(method))


def _parameters(text: str) -> bool:
    """.NET prints `Type name` for each parameter, or nothing; one bare word is a file of another language."""
    text = text.strip()
    return (
        not text
        or _BARE_PARAMETERS.match(text) is not None
        or (" " in text and ":" not in text.replace("::", "") and not _NO_PARAMETERS.match(text))
    )


def _named(name: str) -> tuple[str | None, str | None]:
    """The method and class as the source has them: `A.<Run>d__3.MoveNext` is `Run` of `A`, `get_Total` is `Total`."""
    name = re.sub(r"\[[^\[\]]*\]", "", name).replace("+", ".")
    owner, _, function = name.rpartition(".")
    if function in ("ctor", "cctor"):
        owner = owner.rstrip(".")
        return _bare(owner.rpartition(".")[2]), _class(owner)
    compiled = _COMPILED.search(owner) if function == "MoveNext" else _COMPILED.search(function)
    if compiled:
        local = compiled[2].partition("|")[0] if compiled[2] and "g__" in compiled[0] else None
        return _bare(local or compiled[1].rpartition(".")[2]), _class(owner)
    for accessor in ("get_", "set_"):
        function = function.removeprefix(accessor)
    return _bare(function) or None, _class(owner)


def _class(owner: str) -> str | None:
    """The class that the source names: without the classes that the compiler makes for closures."""
    parts = [part for part in owner.split(".") if part and not part.startswith("<")]
    return ".".join(_bare(part) for part in parts if not part.startswith("DisplayClass")) or None


def _bare(name: str) -> str:
    return name.partition("`")[0]
