"""Go panics and fatal errors: goroutine blocks, re-panics, and stacks that loggers print without a panic."""

import re
from dataclasses import dataclass, field
from itertools import islice, takewhile

from incidents.trace import Frame
from tools.traces import plain, testify
from tools.traces.above import MOST, said_above
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.lines import Log
from tools.traces.locations import number, slashed
from tools.traces.records import without_level
from tools.traces.told_in_words import ended

CUES = (".go:", "panic: ")

_PANIC = re.compile(
    r"(?:.{0,300}[\s:\])])?(?:(panic|PANIC|fatal error|panic serving [^\s]{1,100}): |\[(PANIC RECOVER)\] )(?=\S)(?![\w.]+=)"
)
_RUNNING = re.compile(r" goroutine \d{1,12} \[[^\]]{1,100}\]:$")
_INTERPRETED = re.compile(r"\s*([^\s:]{1,1000}\.go):(\d{1,9}):\d{1,9}: panic(?:: (.{1,1000}))?$")
_AGAIN = re.compile(r"\s+panic: ")
_PLACE = re.compile(
    r"\s*((?:[A-Za-z]:)?[^\s:]{1,1000}\.(?:go|s)):(\d{1,9})(?: \+0x[0-9a-f]{1,16})?(?: fp=0x\S{1,20} sp=0x\S{1,20}(?: pc=0x\S{1,20})?)?$"
)
_ROW = re.compile(r"\s*\d{1,3}: ((?:[A-Za-z]:)?[^\s:]{1,1000}\.go):(\d{1,9}):([\w.()*\[\]]{1,300})\(\)$")
_CALL = re.compile(r"(?:created by )?(?:panic|[^\s()]{1,300}\.[^\s]{1,200}?)(?:\(.*\)| in goroutine \d{1,12})?$")
_GOROUTINE = re.compile(r"\s*goroutine \d{1,12}(?: [^\[]{0,100})?\[([^\]]{1,200})\]:")
_RECEIVER = re.compile(r"\(\*?([\w\[\].]{1,200})\)$")
_ERROR_FIELD = re.compile(r'"(?:error|err)": ?"((?:[^"\\]|\\.){1,1000})"')
_FIELD = re.compile(r"(?:^|\s)(?:error|err|panic|msg)=\"((?:[^\"\\]|\\.){1,2000})\"")
_LABEL = re.compile(r"\s*\w*[Ss]tack(?:[ _]?trace)?\s?[:=]\s*$")
_QUOTED = re.compile(r"\"(.{1,1000}?)\" \(.*\)$")
_COLUMNS = re.compile(r"\t|\s{3,}")
_PANICKED = re.compile(r"(?:.{0,200}\W)?[Pp]anick?(?:ed|ing)?(?: [\w.-]{1,40}){0,3}: (?=\S)")
_PANIC_SEEN = "Observed a panic: "
_FIXED = re.compile(
    r"runtime error: (?:(?:slice bounds|index) out of range(?: \[[^\]]{0,60}\])?+(?: with (?:length|capacity) \d{1,20})?+"
    r"|integer divide by zero|invalid memory address or nil pointer dereference|makeslice: (?:len|cap) out of range"
    r"|negative shift amount)(?= [A-Za-z(-]|[,;.] )"
)
"""The run time's own sentences are known to their end: what follows on the line are a person's words."""
_LOGRUS = re.compile(r"(?:ERRO|FATA|PANI)\[\d{1,8}\] ")
_CLOSURE = re.compile(r"(?:func|gowrap|deferwrap)?\d+")


_NEAR = 12  # lines from a panic to its goroutine
_HEADS = ("panic", "PANIC", "fatal error: ")


@dataclass(slots=True)
class _Stack:
    """One goroutine: frames innermost first, with the index of its first and last line."""

    first: int
    last: int
    frames: list[Frame] = field(default_factory=list)


def find(log: Log) -> list[Found]:
    """Every panic of the log, each with the goroutine that is printed first below it (the one that died)."""
    stacks = _stacks(log)
    headers = [index for index, line in enumerate(log.lines) if any(word in line for word in _HEADS)]
    headers = [index for index in headers if _PANIC.match(log.lines[index]) and not _raised_again(log, index)]
    if headers:
        return _with_panics(log, headers, stacks) + testify.find(log)
    return [_bare(log, stack) for stack in stacks[:50] if stack.frames] or _interpreted(log) or testify.find(log)


def _interpreted(log: Log) -> list[Found]:
    """The rows of an interpreter of Go: places one below the other, each of which ends in `panic`."""
    found: list[tuple[int, Draft]] = []
    last = -1
    for index, line in enumerate(log.lines):
        row = _INTERPRETED.match(line) if ": panic" in line else None
        if row is None:
            continue
        if last != index - 1 or not found:
            found.append((index, Draft("panic", row[3] or "")))
        last = index
        found[-1][1].frames.append(Frame(path=slashed(row[1]), line=number(row[2])))
    return [Found("go", (draft.failure(),), at) for at, draft in found]


def _with_panics(log: Log, headers: list[int], stacks: list[_Stack]) -> list[Found]:
    found: list[Found] = []
    position = 0
    for order, header in enumerate(headers):
        limit = headers[order + 1] if order + 1 < len(headers) else len(log.lines)
        while position < len(stacks) and stacks[position].first < header:
            position += 1
        own = stacks[position] if position < len(stacks) and stacks[position].first < limit else None
        drafts = _drafts(log, header, own.first if own else header + 1)
        frames = own.frames if own else _cut_off(log, header, limit) or _told(log.lines[header])
        drafts[0].frames = below_the_panic(frames)
        found.append(Found("go", root_first(drafts), header))
    return found


def _cut_off(log: Log, header: int, limit: int) -> list[Frame]:
    """The functions below the goroutine's line where the text ends before their places; `panic` itself is none."""
    rows = range(header + 1, min(limit, header + _NEAR, len(log.lines)))
    start = next((index for index in rows if _GOROUTINE.match(log.lines[index])), len(log.lines))
    calls = takewhile(_CALL.match, (line.strip() for line in log.lines[start + 1 : limit]))
    return [_framed("", "", call) for call in islice(calls, _NEAR) if not call.startswith("panic(")]


def _told(line: str) -> list[Frame]:
    """The places in the sentence with which a person tells of a panic."""
    return [frame for frame in plain.places([line]) if frame.path.endswith(".go")]


def _drafts(log: Log, header: int, stack: int) -> list[Draft]:
    """The panic, and the panics raised again while it was being recovered from."""
    drafts = [_draft(log.lines[header])]
    for index in range(header + 1, min(stack, header + 30)):
        line = log.lines[index]
        if not line.strip() or line.lstrip().startswith("[signal") or _GOROUTINE.match(line) or index in log.stamped:
            break
        if _AGAIN.match(line):
            drafts.append(_draft(line))
        else:
            drafts[-1].message += "\n" + line
    return drafts


def _raised_again(log: Log, index: int) -> bool:
    """Whether a panic is one more of the panic that the line above tells of."""
    return index > 0 and _AGAIN.match(log.lines[index]) is not None and _PANIC.match(log.lines[index - 1]) is not None


def _draft(line: str) -> Draft:
    header = _PANIC.match(line)
    if not header:
        return Draft(message=line.strip())
    message = line[header.end() :].replace(" [recovered, repanicked]", "").replace(" [recovered]", "")
    message = _RUNNING.sub("", message)
    fixed = _FIXED.match(message)
    message = fixed[0] if fixed else message
    quoted = _QUOTED.match(message)
    message = quoted[1] if quoted else ended(message, line[: header.start(1)] if header[1] else "")
    return Draft(type="fatal error" if header[1] == "fatal error" else "panic", message=message)


def _bare(log: Log, stack: _Stack) -> Found:
    """A stack without a panic: the message is the line above it."""
    first = stack.first
    while first > 0 and (_GOROUTINE.match(log.lines[first - 1]) or _LABEL.match(log.lines[first - 1])):
        first -= 1
    above = said_above(log, first)
    message = _message_of_record(log.lines[above]) if above < first else ""
    begun = _wrapped_from(log, above) if above < first else above
    if begun < above:
        message = "\n".join([_LOGRUS.sub("", log.lines[begun]), *log.lines[begun + 1 : above], message])
    panicked = _PANICKED.match(message) if any(map(_raises, stack.frames)) else None
    kind, message = ("panic", message[panicked.end() :]) if panicked else (None, message)
    draft = Draft(kind, message, below_the_panic(stack.frames))
    return Found("go", root_first([draft]), max(above, 0))


def _wrapped_from(log: Log, last: int) -> int:
    """Where a record of a terminal begins whose message ends at line `last`: pkg/errors prints each wrapping on a line of its own."""
    if _LOGRUS.match(log.lines[last]):
        return last
    for at in range(last - 1, max(last - MOST, 0) - 1, -1):
        if not log.lines[at].strip() or _PLACE.match(log.lines[at]):
            return last
        if _LOGRUS.match(log.lines[at]):
            return at
    return last


def _message_of_record(line: str) -> str:
    """What a logger's line says: the error of the fields behind it, else its last column."""
    fields = _ERROR_FIELD.search(line)
    if fields and "{" in line[: fields.start()]:
        return fields[1].replace('\\"', '"')
    field = _FIELD.search(line)
    if field:
        return field[1].replace('\\"', '"')
    columns = _COLUMNS.split(line.strip())
    if len(columns) > 2:
        return without_level(next((each for each in reversed(columns) if not each.startswith("{")), ""))
    return without_level(line.strip())


def _stacks(log: Log) -> list[_Stack]:
    """Pairs of lines `function(arguments)` / `path:line`, as long as they follow each other. Neither blank lines nor a lost indent part them.

    Some loggers print rows instead: `31: internal/grid/mux.go:234:grid.(*mux).handle()`."""
    stacks: list[_Stack] = []
    last = -1
    for index in range(1, len(log.lines)):
        if ".go:" not in log.lines[index] and ".s:" not in log.lines[index]:
            continue
        if row := _ROW.match(log.lines[index]):
            if not stacks or last != index - 1:
                stacks.append(_Stack(index, index))
            last = stacks[-1].last = index
            stacks[-1].frames.append(_framed(row[1], row[2], row[3]))
            continue
        place = _PLACE.match(log.lines[index])
        at = _said_above(log, index)
        call = log.lines[at].strip()
        if place and (nameless := _nameless(log, index, at, last)) is not None:
            if nameless:
                stacks.append(_Stack(index, index))
            last = stacks[-1].last = index
            stacks[-1].frames.append(Frame(path=slashed(place[1]), line=number(place[2])))
            continue
        if (
            not place
            or not call
            or (not _CALL.match(call) if place.start(1) == 0 or at < index - 1 else " in " in call.partition("(")[0])
        ):
            continue
        if not stacks or _said_above(log, at) != last:
            stacks.append(_Stack(at, index))
        last = stacks[-1].last = index
        stacks[-1].frames.append(_framed(place[1], place[2], call))
    return stacks


def _framed(path: str, line: str, call: str) -> Frame:
    function, owner = named(call)
    return Frame(path=slashed(path), line=number(line), function=function, class_name=owner)


def _nameless(log: Log, index: int, at: int, last: int) -> bool | None:
    """Whether a place without a function begins a stack of such places; None when it is none of them (older libraries print only places)."""
    above, below = log.lines[at], log.lines[index + 1] if index + 1 < len(log.lines) else ""
    if _PLACE.match(above) is not None and last == index - 1:
        return False
    if _PANIC_SEEN in above and _PLACE.match(below) is not None:
        return True
    return None


def _said_above(log: Log, index: int) -> int:
    """The line above that is not blank, at most one blank line away."""
    return index - 2 if index > 1 and not log.lines[index - 1].strip() else index - 1


def named(call: str) -> tuple[str | None, str | None]:
    """`pkg/path.(*Type).Method.func1(0x1, ...)` -> Method and Type; `created by` names the spawner."""
    name = call.removeprefix("created by ").partition(" in goroutine")[0]
    if name.endswith(")") and not name.endswith("(...)") and name.rfind("(") > 0:
        name = _before_arguments(name)
    name = name.removesuffix("(...)").rpartition("/")[2]
    while (dot := name.rfind(".")) >= 0 and _CLOSURE.fullmatch(name, dot + 1):
        name = name[:dot]
    name = name.replace("[...]", "")
    _, _, inside = name.partition(".")
    owner, _, function = (inside or name).rpartition(".")
    receiver = _RECEIVER.match(owner)
    return None if function in ("", "?") else function, (receiver[1] if receiver else owner) or None


def _before_arguments(name: str) -> str:
    """Cut the argument list: the parenthesis that matches the last one."""
    depth = 0
    for position in range(len(name) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(name[position], 0)
        if depth == 0:
            return name[:position]
    return name


def below_the_panic(frames: list[Frame]) -> list[Frame]:
    """Drop the handlers that ran after the panic: what raised it stands below the last `panic` frame."""
    last = max((at for at, frame in enumerate(frames) if _raises(frame)), default=-1)
    return frames[last + 1 :] or frames


def _raises(frame: Frame) -> bool:
    if frame.function is None:
        return frame.path.endswith(("runtime/panic.go", "runtime/signal_unix.go"))
    return frame.function in ("panic", "gopanic", "sigpanic", "panicmem") and "/runtime/" in f"/{frame.path}"
