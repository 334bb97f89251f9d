"""Ruby backtraces: uncaught (old, new and reversed order), framework log blocks, `Caused by:`."""

import re
from dataclasses import dataclass, field

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found
from tools.traces.languages.ruby_messages import message_told, said_above_type
from tools.traces.messages.above import says_nothing
from tools.traces.messages.ends import MAX_MESSAGE_LINES
from tools.traces.messages.records import begins_record
from tools.traces.messages.titles import titles_stack
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES = (":in `", ":in`", ":in '", ".rb:", ".erb:", ".haml:", ".slim:")


_FRAME = re.compile(
    r"(\s*(?:[A-Z]{4,5}: |# )?)(?:(\d{1,6}): )?(from )?"
    r"(<internal:[\w/.-]{1,80}>|\(eval[^)]{0,300}\)|(?:[A-Za-z]:)?[^\s:'\"(<][^:]{0,800}):(\d{1,9})"
    r":in ?[`']([^'`]{1,300})'(?:: (.*))?$"
)
_RAISED_HERE = re.compile(
    r"(?P<before>.{0,300}?)(?<![\w./\\@+-])(?P<path>(?:[A-Za-z]:(?=[\\/]))?[\w./\\@+-]{1,400}+)(?<=\.rb):(?P<line>\d{1,9})"
    r":in ?[`'](?P<function>[^'`]{1,300})': (?P<said>.*)$"
)
_MARKS = {"`": "`", '"': '"', "“": "”"}
_PATH_BEFORE = re.compile(r"(?:^|\s)(?:\.{0,2}/[\w.@]|[A-Za-z]:[\\/])")
_PLAIN_FRAME = re.compile(
    r"\s*(?:# )?(?:from )?((?:[A-Za-z]:)?[^\s:'\"(][^:\s]{0,400}\.(?:rb|erb|rhtml|haml|slim|rake|ru|jbuilder"
    r"|rabl|builder|arb)):(\d{1,9})(?::in(?: ((?:[\w().<>-]{1,40} ){0,6}[\w?!#.<>:=]{1,200}))?)?$"
)
_ON_LINE = re.compile(r"\) on line #\d{1,7} of \S{1,400}:?$")  # Rails 2 names the template behind the message
_BEFORE_FIRST_LINE = re.compile(r":-\d{1,9}:in ?[`'][^'`]{1,300}'$")  # a template's own code around what it holds
_TYPED = re.compile(r"(.*?) ?\(((?:[A-Z]\w*::)*[A-Z]\w*)\)$")
_BEHIND_LABEL = re.compile(r"(.*\S) \(((?:[A-Z]\w*::)*[A-Z]\w*(?:Error|Exception|Invalid|NotFound))\)$")
_TYPE_ALONE = re.compile(r"\s*\(((?:[A-Z]\w*::)*[A-Z]\w*)\)\s*$")  # a terminal broke the line before it
_OLD_FIRST = re.compile(
    r"((?:[A-Za-z]:)?[^\s:'\"(<][^:]{0,800}):(\d{1,9}): (.+ \((?:[A-Z]\w*::)*[A-Z]\w*(?:Error|Exception|Failure|Invalid|NotFound)\))$"
)
"""Ruby 1.8 names no function outside of one."""
_OLD_ROW = re.compile(r"\s{1,20}from ((?:[A-Za-z]:)?[^\s:'\"(<][^:]{0,800}):(\d{1,9})$")
_HEADER = re.compile(r"\s*(?:[A-Z]{4,5}: )?((?:[A-Z]\w*::)*[A-Z]\w*)(?: \((.*)\):?| \((.*)|: (.*)|:)?$")
_OCCURRED = re.compile(r"\s*An? ((?:[A-Z]\w*::)*[A-Z]\w*) occurred in ")
_INSPECTED = re.compile(r".{0,400}#<((?:[A-Z]\w*::)*[A-Z]\w*): (.*)>\s*$")
_LEADING = re.compile(r"(?<!\w)[A-Z][\w ]{0,60}+\Z")
_LED = re.compile(r" (?:error|exception): ")
_DASHED = re.compile(r"(?:.{0,80}\s)?((?:[A-Z]\w*::)*(?:[A-Z]\w*)?(?:Error|Exception|Invalid|NotFound)) - (.*?):?$")
_IN_WORDS = re.compile(
    r".{0,400}?(?:\s|(?<!:):)((?:[A-Z]\w*::)*(?:[A-Z]\w*)?(?:Error|Exception|Invalid|NotFound|Timeout|Failure)) \((.*?)(?:\):)?$"
)
_QUOTED = re.compile(
    r".{0,200}?[\"“]((?:[A-Z]\w*::)*(?:[A-Z]\w*)?(?:Error|Exception|Invalid|NotFound|Timeout|Failure)) \(([^\"”]{1,1000})\)[\"”]"
)
_OPENED = re.compile(
    r".{0,300}?\s((?:[A-Z]\w*::)+(?:[A-Z]\w*)?(?:Error|Exception|Invalid|NotFound)) \(([^()]{1,2000})$"
)
_OF_LOGGER = re.compile(r"[DIWEFA], \[\d{4}-[^\]]{6,60}\] {1,2}[A-Z]{3,5} -- [^:]{0,80}: ")
_EXPECTED = "Failure/Error: "
_WITHIN = re.compile(r"(?:(?:block|rescue|ensure|else)(?: \(\d+ levels\))? in )+")
_CAUSED = re.compile(r"\s*Caused by:?")


@dataclass(slots=True)
class _Stack:
    """Lines of one backtrace, with what its first line says was raised."""

    first: int
    last: int
    frames: list[Frame] = field(default_factory=list)
    raised: str | None = None
    reversed: bool = False


def find(log: Log) -> list[Found]:
    """Every backtrace of the log; a second one right below, or below `Caused by`, is the first one's cause."""
    found: list[Found] = []
    chain: list[Draft] = []
    begun, floor = 0, 0
    for stack in _stacks(log):
        draft, at, caused = _draft(log, stack, floor)
        if chain and (not caused or draft.is_again(chain[-1])):
            found.append(_finished(chain, begun))
            chain = []
        begun = begun if chain else at
        chain.append(draft)
        floor = stack.last + 1
    if chain:
        found.append(_finished(chain, begun))
    return found


def _stacks(log: Log) -> list[_Stack]:
    """Rows that follow each other. Below a first row that says what was raised may stand the line of code (error_highlight)."""
    stacks: list[_Stack] = []
    for index, line in enumerate(log.lines):
        row = _row(line)
        if row is None:
            if stacks and stacks[-1].last == index - 1 and _BEFORE_FIRST_LINE.search(line):
                stacks[-1].last = index
            continue
        frame, raises, numbered = row
        near = bool(stacks) and _near(log, stacks[-1], index)
        if not near or (raises is not None and not stacks[-1].reversed):
            stacks.append(_Stack(index, index, reversed=numbered))
        stack = stacks[-1]
        titled = len(stack.frames) == 1 and any(map(titles_stack, log.lines[stack.last + 1 : index]))
        if titled and _same_place(stack.frames[0], frame):
            stack.frames.clear()  # the place stands alone above the title of the whole stack
        stack.last = index
        stack.frames.append(frame)
        if raises is not None:
            stack.raised = raises
            if stack.reversed:
                stack.frames.reverse()
                stack.reversed = False
    return stacks


def _row(line: str) -> tuple[Frame, str | None, bool] | None:
    """A frame, what its line says was raised, and whether rows are numbered (then they run outermost first)."""
    if ", [" in line[:4] and (logger := _OF_LOGGER.match(line)) is not None:
        line = line[logger.end() :]
    found = _FRAME.match(line) if ":in" in line else None
    here = _RAISED_HERE.match(line) if ".rb:" in line and (found is None or " " in found[4].strip()) else None
    if here and here["before"].strip() and not _PATH_BEFORE.search(here["before"]):
        function, owner = named(here["function"])  # the first row, behind what a logger put before it
        frame = Frame(path=slashed(here["path"]), line=number(here["line"]), function=function, class_name=owner)
        said, mark = here["said"], _MARKS.get(here["before"][-1:], "")
        return frame, said.rpartition(mark)[0] if mark and mark in said else said, False
    if found:
        function, owner = named(found[6])
        frame = Frame(path=slashed(found[4]), line=number(found[5]), function=function, class_name=owner)
        return frame, found[7], found[2] is not None
    old = _OLD_FIRST.match(line) if line.endswith(")") else None
    if old:
        return Frame(path=slashed(old[1]), line=number(old[2])), old[3], False
    plain = _OLD_ROW.match(line) if "from " in line and line[-1:].isdigit() else None
    plain = plain or (_PLAIN_FRAME.match(line) if line[-1:].isdigit() or ":in" in line else None)
    if plain is None:
        return None
    function, owner = named(plain[3]) if plain.re is _PLAIN_FRAME and plain[3] else (None, None)
    return Frame(path=slashed(plain[1]), line=number(plain[2]), function=function, class_name=owner), None, False


def _near(log: Log, stack: _Stack, index: int) -> bool:
    """Whether a row belongs to the stack above: next to it, or behind the code that error_highlight quotes."""
    if stack.last == index - 1:
        return True
    between = log.lines[stack.last + 1 : index]
    if any(map(titles_stack, between)) and all(map(says_nothing, between)):
        return True
    if not any(map(str.strip, between)) and log.lines[index].lstrip().startswith("from "):
        return True
    first = stack.first == stack.last and stack.raised is not None
    return (
        first
        and len(between) <= MAX_MESSAGE_LINES
        and not any(begins_record(line) for line in between)
        and (log.lines[index].lstrip().startswith("from "))
    )


def _same_place(one: Frame, other: Frame) -> bool:
    return one.line == other.line and one.path.rpartition("/")[2] == other.path.rpartition("/")[2]


def named(name: str) -> tuple[str | None, str | None]:
    """`block in Class#method` -> method and Class; `<main>` has no name in the source."""
    name = _WITHIN.sub("", name)
    if name.startswith("<"):
        return None, None
    for mark in ("#", "."):
        owner, found, function = name.rpartition(mark)
        if found and owner and function:
            return function, owner
    return name or None, None


def _draft(log: Log, stack: _Stack, floor: int) -> tuple[Draft, int, bool]:
    """The failure of a backtrace, its first line, and whether it is the cause of the one printed before."""
    if stack.raised is not None:
        typed = _TYPED.match(stack.raised)
        more = _message_below(log, stack)
        if typed is None and more and (alone := _TYPE_ALONE.match(more[-1])) is not None:
            return (
                Draft(alone[1], "\n".join([stack.raised, *more[:-1]]), stack.frames),
                stack.first,
                floor == stack.first > 0,
            )
        kind, text = (typed[2], typed[1]) if typed else (None, stack.raised)
        return Draft(kind, "\n".join([text, *more]), stack.frames), stack.first, floor == stack.first and floor > 0
    at = _header(log, stack.first, floor)
    line = log.lines[at] if at < stack.first else ""
    caused = any(_CAUSED.match(log.lines[index]) for index in range(max(floor, at - 2), stack.first))
    occurred = _OCCURRED.match(line)
    header = _HEADER.match(line)
    dashed = _DASHED.match(line)
    inspected = _INSPECTED.match(line)
    within = None if header or occurred or inspected or dashed else _in_words(line)
    behind = None if header or occurred or inspected or within else _TYPED.match(_without_leading(line.strip()))
    said = None if header or occurred or inspected else announced(line)
    kind, first = (
        (occurred[1], "")
        if occurred
        else (dashed[1], dashed[2])
        if dashed
        else (inspected[1], inspected[2])
        if inspected
        else (within[1], within[2])
        if within
        else (behind[2], behind[1])
        if behind
        else (header[1], header[2] or header[3] or header[4] or "")
        if header
        else (said.type, said.message)
        if said
        else (None, line.strip())
    )
    if kind == "Error" and (labelled := _BEHIND_LABEL.match(first)) is not None:
        kind, first = labelled[2], labelled[1]  # `Error:` is the label of a program that prints message and type
    above = said_above_type(log, at, floor) if behind and not first else []
    first = "\n".join(above) or _ON_LINE.sub("", first.removesuffix(f" ({kind})"))
    below = message_told(log.lines[at + 1 : stack.first]) if kind else []
    message = "\n".join([first, *below]).removesuffix("):").removesuffix("\n)")
    return Draft(kind, message, stack.frames), at - len(above), caused


def _in_words(line: str) -> re.Match[str] | None:
    """A type and its message in brackets, behind other words."""
    return _QUOTED.match(line) or _IN_WORDS.match(line) or _OPENED.match(line)


def _without_leading(line: str) -> str:
    """The line without `Rendering error: ` and the like. Searched for from its end: a pattern that begins with any word is slow."""
    for led in _LED.finditer(line):
        if begun := _LEADING.search(line, max(0, led.start() - 61), led.start()):
            return line[: begun.start()] + line[led.end() :]
    return line


def _message_below(log: Log, stack: _Stack) -> list[str]:
    """The lines of a message between a first row and the rows below it."""
    rows = [index for index in range(stack.first + 1, stack.last + 1) if _row(log.lines[index]) is not None]
    return message_told(log.lines[stack.first + 1 : rows[0]]) if rows else []


def _header(log: Log, first: int, floor: int) -> int:
    """The line `Type (message):` above the first frame; without one, the nearest line that says something."""
    spoken = first
    for index in range(first - 1, max(floor, first - MAX_MESSAGE_LINES) - 1, -1):
        line = log.lines[index]
        header = _HEADER.match(line) if line.strip() else None
        vague = spoken < first and header is not None and header[4] is not None and header[1].isalpha()
        if header and (
            header[1].endswith(("Error", "Exception"))
            or ("::" in header[1] and line.endswith(":"))
            or (not vague and (header[2] or header[3] or header[4]))
        ):
            return index
        if line.lstrip().startswith(_EXPECTED) or _DASHED.match(line) or _OPENED.match(line):
            return index
        if _OCCURRED.match(line) or _INSPECTED.match(line) or (line.strip() and announced(line)):
            return index
        spoken = index if spoken == first and not (says_nothing(line) or log.quiet(index)) else spoken
        if index in log.stamped:
            break
    return spoken


def _finished(chain: list[Draft], begun: int) -> Found:
    """What surfaced is printed first, causes below it."""
    return Found("ruby", tuple(draft.failure() for draft in reversed(chain)), begun)
