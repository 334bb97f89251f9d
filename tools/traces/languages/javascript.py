"""JavaScript and TypeScript stacks: V8 (Node.js, Chrome) old and new, Firefox and Safari."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from incidents.trace import Frame
from tools.traces.announced import LEVELS, VAGUE, announced
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.languages.javascript_messages import (
    QUOTED,
    is_sentence,
    message_of,
    without_difference,
    without_place,
)
from tools.traces.languages.javascript_quoted import add_quoted_source
from tools.traces.languages.javascript_rows import is_name, named, page_row, row_of, row_without_place
from tools.traces.languages.jest_report import said_below_heading
from tools.traces.messages.above import said_above
from tools.traces.messages.between import message_goes_on
from tools.traces.messages.ends import MAX_MESSAGE_LINES
from tools.traces.messages.records import begins_record, without_level
from tools.traces.messages.trouble import TROUBLE
from tools.traces.unwrap.fences import fences
from tools.traces.unwrap.lines import Log

CUES = ("at ", "@", "://", "❯ ", " — ")

MAX_APART = 20
MAX_TITLED = 8

_LOWER = re.compile(r"(?:error |(?:[Pp]ossibly )?[Uu]n(?:handled|caught) )?error: (.+)$")  # a class of a driver
_ASYNC = re.compile(
    r"\s{0,80}(?:From previous event:$|\(Async: |async\*$|\[native code\]$|Async\*|[\w$. ]{1,100} \(async\)$)"
)
_CLOCK = re.compile(r"(?<!\s)\s{2,200}\d\d:\d\d:\d\d$")
_STACK_BEHIND = re.compile(r", stack:\s*$")  # React Native's own word behind the message
_QUOTED_ROW = re.compile(r"\s*(?:\d{1,6}\s?\||\|\s*\^*|$)")
_COMPONENT = re.compile(r"\s*at ([A-Z]\w{1,80})$")
_TOOL = re.compile(r"(?:\d{1,2}:\d\d:\d\d(?: [AP]M)? )?\[[\w:-]{1,30}\] (?:[A-Za-z-]{1,20} ){0,3}error: (?=\S)")
_LABELLED = re.compile(r"\s*(?:Plugin|File|Id|Location|Url|URL|Source|Loader|Module): \S")
_LABELS = frozenset({"File", "Plugin", "Location", "Url", "URL", "Code", "Source", "Id", "Frame"})
_RAISED = re.compile(
    r"(\s*)(?:\[errors?\]: ?|\[cause\]: ?|\[?\d{1,4}\]?: )?"
    r"(?:Uncaught |Unhandled |Error: (?=Uncaught))?(?:\(in promise\):? )?"
    r"((?:[A-Za-z_$][\w$]{0,100}\.){0,5}[A-Za-z_$][\w$]{0,100})(?: ?\[([^\]]{1,100})\])?(?:: (.*)|\s*:?)$"
)
_WARNED = re.compile(
    r"Unhandled\w{1,40}(?:Warning|Rejection): (?=[A-Z]\w{0,60}: )"
    r"|\(node:\d{1,9}\) (?:Unhandled\w{1,40}: |\[\w{1,20}\] )?|[Uu]nhandled (?:promise )?rejection:? "
    r"|Uncaught \(in promise\):? |[Uu]ncaught(?:Exception)?:? "
)
_CAUSE = re.compile(
    r"\s*(?:\[cause\]|[Cc]aused by|CAUSE|\[errors\]|parent|original(?:Error)?|innerError|cause)(?<!\scause): ?"
)
_CONSOLE = re.compile(r"[^\s:]{1,200}\.(?:[mc]?[jt]sx?|vue|html?):\d{1,7}(?::\d{1,7})? (?:ERROR )?(?=[A-Z]\w{0,60}: )")
"""The place at which the console was called, before the words."""
_KINDS = ("Error", "Exception", "Warning", "Failure", "Rejection")


class Raised(NamedTuple):
    """What a header says."""

    type: str
    message: str


@dataclass(slots=True)
class _Stack:
    """Frames printed one below the other, from line `first` to line `last`."""

    first: int
    last: int
    frames: list[Frame] = field(default_factory=list)


def find(log: Log) -> list[Found]:
    """Every chain of errors of the log; `[cause]` and the members of an AggregateError belong to the error above."""
    found: list[Found] = []
    drafts: list[Draft] = []
    begun, floor = 0, 0
    jest = any("● " in line for line in log.lines)
    for stack in _stacks(log):
        failed = said_below_heading(log, stack.first, floor) if jest else None
        at = _header(log, stack.first, floor) if failed is None else failed
        draft, depth = _draft(log, at, stack)
        depth = 0 if failed is not None else depth
        if drafts and depth and draft.is_again(drafts[-1]):
            floor = stack.last + 1
            continue
        if drafts and not depth:
            found.append(Found("javascript", root_first(drafts), begun))
            drafts = []
        if not drafts:
            begun, draft.depth = at, 0
        else:
            draft.depth = depth
        drafts.append(draft)
        add_quoted_source(log, at, draft)
        floor = stack.last + 1
    if drafts:
        found.append(Found("javascript", root_first(drafts), begun))
    return found


def _stacks(log: Log) -> list[_Stack]:
    stacks: list[_Stack] = []
    for index, line in enumerate(log.lines):
        frame = row_of(line)
        if frame is None and (alone := row_without_place(line)) is not None and _beside_row(log, index):
            frame = alone
        elif frame is None and stacks and stacks[-1].last == index - 1:
            frame = _named_between(log, index)
        if frame is None:
            if stacks and stacks[-1].last == index - 1 and _ASYNC.match(line):
                stacks[-1].last = index
            continue
        if stacks and stacks[-1].last == index - 1 and " @ " in line and "at " in log.lines[index - 1]:
            continue  # the console's own rows, below the stack of the error that it logs
        if page_row(line) is not None:
            frame = _named_above(log, index, frame)
        if not stacks or not (
            stacks[-1].last == index - 1
            or _same_page(log, stacks[-1].last, index)
            or _code_between(log, stacks[-1].last, index)
            or _inside_message(log, stacks[-1].last, index)
        ):
            stacks.append(_Stack(index, index))
        stacks[-1].last = index
        stacks[-1].frames.append(frame)
    return stacks


def _code_between(log: Log, last: int, index: int) -> bool:
    """Whether a runner quotes the code of a row between it and the next one."""
    between = log.lines[last + 1 : index]
    return index - last <= MAX_APART and "❯ " in log.lines[index] and all(_QUOTED_ROW.match(line) for line in between)


def _inside_message(log: Log, last: int, index: int) -> bool:
    """Whether rows above may be a part of the message, which V8 prints above the rows: then both count."""
    rows_of_v8 = "at " in log.lines[last] and "at " in log.lines[index]
    return rows_of_v8 and message_goes_on(log, last, index) and not any(map(_typed, log.lines[last + 1 : index]))


def _same_page(log: Log, last: int, index: int) -> bool:
    """Whether two places belong to one page of a framework, which shows code and headings between them."""
    return index - last <= MAX_APART and all(page_row(log.lines[at]) is not None for at in (last, index))


def _named_above(log: Log, index: int, frame: Frame) -> Frame:
    """A page's place with the function that stands alone on the line above."""
    above = log.lines[index - 1].strip() if index and frame.function is None else ""
    function, owner = named(above) if is_name(above) else (None, None)
    return frame.model_copy(update={"function": function, "class_name": owner}) if function else frame


def _named_between(log: Log, index: int) -> Frame | None:
    """A component's name between two rows: `at RCTView`, which the platform draws itself."""
    name = _COMPONENT.match(log.lines[index]) if "at " in log.lines[index] else None
    below = log.lines[index + 1] if name and index + 1 < len(log.lines) else ""
    return Frame(function=name[1]) if name and row_of(below) is not None else None


def _beside_row(log: Log, index: int) -> bool:
    """Whether a row with a place, or another name alone, stands next to this line."""
    near = (log.lines[at] for at in (index - 1, index + 1) if 0 <= at < len(log.lines))
    return any(row_of(line) is not None or row_without_place(line) is not None for line in near)


def _header(log: Log, first: int, floor: int) -> int:
    """The line of the error's type above its first frame: the nearest that looks like it, else the one just above."""
    lowest = max(floor, first - MAX_MESSAGE_LINES)
    lowest = max(lowest, _above_fence(log, first, lowest))
    apart = False
    for index in range(first - 1, lowest - 1, -1):
        line = log.lines[index]
        apart = apart or not line.strip()
        if (announced(line) if apart and ": " in line else _typed(line)) or _lower(line):
            if (
                line[:1].isspace()
                and not _CAUSE.match(line)
                and (whole := _listed_below(log, index, lowest)) is not None
            ):
                return whole
            return _around(log, index, lowest) if _CAUSE.match(line) else index
        if index in log.stamped and not log.quiet(index) and not fences(line):
            return first - 1 if _begins_anew(log, index, first - 1) else index
        if log.quiet(index):
            break
    quoted = first
    while quoted > lowest and QUOTED.match(log.lines[quoted - 1]):
        quoted -= 1
    while quoted > lowest and _LABELLED.match(log.lines[quoted - 1]):
        quoted -= 1
    above = first if first in log.stamped else said_above(log, quoted)  # rows that begin a record say no more
    above = _below_title(log, above, lowest)
    above = first if above == quoted else above
    return above if above >= floor else first


def _below_title(log: Log, above: int, lowest: int) -> int:
    """The first line of the paragraph that ends at `above`, when a line that speaks of an error announces it with a colon."""
    for at in range(above - 1, max(above - MAX_TITLED, lowest) - 1, -1):
        line = log.lines[at].rstrip()
        if not line or at in log.stamped or fences(line):
            break
        if line.endswith(":") and TROUBLE.search(line):
            return at + 1
    return above


def _listed_below(log: Log, index: int, lowest: int) -> int | None:
    """The error above a point of a list that only looks like a type (`  Database: no host`): it is a part of its message."""
    typed = _typed(log.lines[index])
    if typed is None or typed.type.endswith(_KINDS):
        return None
    for at in range(index - 1, lowest - 1, -1):
        line = log.lines[at]
        above = None if line[:1].isspace() else _typed(line)
        if above is not None or at in log.stamped:
            return at if above is not None and above.type.endswith(_KINDS) else None
    return None


def _around(log: Log, cause: int, lowest: int) -> int:
    """The header of the error around what looks like a cause, but stands above its first row: it is a part of its message."""
    for at in range(cause - 1, lowest - 1, -1):
        line = log.lines[at]
        if not line.strip() or begins_record(line):
            break
        if not _CAUSE.match(line) and _typed(line):
            return at
    return cause


def _above_fence(log: Log, first: int, lowest: int) -> int:
    """The lowest line that may head a stack: of those above a fence only the nearest that says something."""
    fence = next((at for at in range(first - 1, lowest - 1, -1) if fences(log.lines[at])), lowest - 1)
    return (
        next((at for at in range(fence - 1, lowest - 1, -1) if log.lines[at].strip()), fence + 1)
        if fence >= lowest
        else lowest
    )


def _begins_anew(log: Log, index: int, last: int) -> bool:
    """Whether the last line above a stack names a level of its own, below the line with which the record of `index` begins."""
    return last > index and any(record.first == last for record in log.records)


def _typed(line: str) -> Raised | None:
    """A header names a type: a word that ends as error types do, or any capitalised word before a colon."""
    warned = _WARNED.search(line[:200])
    cause = _CAUSE.match(line)
    console = _CONSOLE.match(line)
    start = warned.end() if warned else cause.end() if cause else console.end() if console else 0
    found = _RAISED.match(line, start)
    if found and found[2] not in VAGUE and found[2] not in _LABELS:
        known = found[2].rpartition(".")[2][:1].isupper() and found[2].endswith(_KINDS)
        capitalised = found[4] is not None and found[2][:1].isupper() and found[2].lower() not in LEVELS
        if (known and found[2].lower() not in LEVELS) or capitalised or found[2] == "Error":
            return Raised(found[2], found[4] or "")
    said = announced(line)
    return Raised(said.type, said.message) if said else None


def _lower(line: str) -> re.Match[str] | None:
    cause = _CAUSE.match(line)
    return _LOWER.match(line, cause.end() if cause else 0)


def _draft(log: Log, at: int, stack: _Stack) -> tuple[Draft, int]:
    """The error above a stack, and how deep it lies below the error before it (0: an error of its own)."""
    line = log.lines[at] if at < stack.first else ""
    typed = _typed(line)
    end = stack.first
    while end > at + 1 and _LABELLED.match(log.lines[end - 1]):
        end -= 1
    below = message_of(log.lines[at + 1 : end])
    if "❯ " in log.lines[stack.first]:
        below = without_difference(below)
    first = without_place(typed.message) if typed else _TOOL.sub("", _CLOCK.sub("", without_level(line.strip())))
    plain = _lower(line) if typed is None and at == stack.first - 1 else None
    typed = Raised("error", plain[1]) if plain else typed
    first = plain[1] if plain else first
    if typed and not first and not below and is_sentence(line) and not _WARNED.match(line):
        first = line
    said = _STACK_BEHIND.sub("", "\n".join([first, *below]))
    draft = Draft(type=typed.type if typed else None, message=said, frames=stack.frames)
    indent = len(line) - len(line.lstrip())
    cause = _CAUSE.match(line) is not None
    depth = indent + 1 if cause or (indent and line) else 0
    return draft, depth
