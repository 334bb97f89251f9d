"""Ruby backtraces: uncaught (old, new and reversed order), framework log blocks, `Caused by:`."""

import re
from dataclasses import dataclass, field

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.lines import Log
from tools.traces.locations import number, slashed

CUES = (":in `", ":in '")

MAX_MESSAGE_LINES = 30

_FRAME = re.compile(
    r"(\s*(?:[A-Z]{4,5}: )?)(?:(\d{1,6}): )?(from )?((?:[A-Za-z]:)?[^\s:][^:]{0,800}):(\d{1,9})"
    r":in [`']([^'`]{1,300})'(?:: (.*))?$"
)
_TYPED = re.compile(r"(.*?) ?\(((?:[A-Z]\w*::)*[A-Z]\w*)\)$")
_HEADER = re.compile(r"\s*(?:[A-Z]{4,5}: )?((?:[A-Z]\w*::)*[A-Z]\w*)(?: \((.*)\):?|: (.*)|:)?$")
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
        if chain and not caused:
            found.append(_finished(chain, begun))
            chain = []
        begun = begun if chain else at
        chain.append(draft)
        floor = stack.last + 1
    if chain:
        found.append(_finished(chain, begun))
    return found


def _stacks(log: Log) -> list[_Stack]:
    stacks: list[_Stack] = []
    for index, line in enumerate(log.lines):
        row = _FRAME.match(line) if ":in " in line else None
        if not row:
            continue
        raises = row[7] is not None
        near = bool(stacks) and stacks[-1].last == index - 1
        if not near or (raises and not stacks[-1].reversed):
            stacks.append(_Stack(index, index, reversed=row[2] is not None))
        stack = stacks[-1]
        stack.last = index
        function, owner = _named(row[6])
        frame = Frame(path=slashed(row[4]), line=number(row[5]), function=function, class_name=owner)
        stack.frames.append(frame)
        if raises:
            stack.raised = row[7]
            if stack.reversed:
                stack.frames.reverse()
                stack.reversed = False
    return stacks


def _named(name: str) -> tuple[str | None, str | None]:
    """`block in Class#method` -> method and Class; `<main>` has no name in the source."""
    name = _WITHIN.sub("", name)
    if name.startswith("<"):
        return None, None
    for mark in ("#", "."):
        owner, found, function = name.rpartition(mark)
        if found and owner and function:
            return function, owner
    return name, None


def _draft(log: Log, stack: _Stack, floor: int) -> tuple[Draft, int, bool]:
    """The failure of a backtrace, its first line, and whether it is the cause of the one printed before."""
    if stack.raised is not None:
        typed = _TYPED.match(stack.raised)
        draft = Draft(typed[2], typed[1], stack.frames) if typed else Draft(None, stack.raised, stack.frames)
        return draft, stack.first, floor == stack.first and floor > 0
    at = _header(log, stack.first, floor)
    header = _HEADER.match(log.lines[at]) if at < stack.first else None
    caused = any(_CAUSED.match(log.lines[index]) for index in range(max(floor, at - 2), stack.first))
    if not header:
        return Draft(None, log.lines[at].strip() if at < stack.first else "", stack.frames), at, caused
    return Draft(header[1], header[2] or header[3] or "", stack.frames), at, caused


def _header(log: Log, first: int, floor: int) -> int:
    """The line `Type (message):` above the first frame; without one, the nearest line that says something."""
    spoken = first
    for index in range(first - 1, max(floor, first - MAX_MESSAGE_LINES) - 1, -1):
        line = log.lines[index]
        header = _HEADER.match(line) if line.strip() else None
        if header and (header[2] or header[3] or header[1].endswith(("Error", "Exception"))):
            return index
        spoken = index if spoken == first and line.strip() else spoken
        if index in log.stamped:
            break
    return spoken


def _finished(chain: list[Draft], begun: int) -> Found:
    """What surfaced is printed first, causes below it."""
    return Found("ruby", tuple(draft.failure() for draft in reversed(chain)), begun)
