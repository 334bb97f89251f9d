"""Go panics and fatal errors: goroutine blocks, re-panics, and stacks that loggers print without a panic."""

import re
from itertools import islice, takewhile

from incidents.trace import Frame
from tools.traces.any_language import plain
from tools.traces.any_language.told_elsewhere import ERROR_FIELD
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.languages import go_data_race, go_testify, go_tests
from tools.traces.languages.go_stacks import (
    CALL,
    GOROUTINE,
    PLACE,
    Stack,
    below_the_panic,
    raises,
    stacks_in,
    without_place,
)
from tools.traces.messages.above import MOST, said_above
from tools.traces.messages.ends import ends_message
from tools.traces.messages.records import without_level
from tools.traces.messages.titles import titles_stack
from tools.traces.messages.told_in_words import ended
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES = (".go:", "panic: ")

_PANIC = re.compile(
    r"(?:.{0,300}[\s:\])])?(?:(panic|PANIC|fatal error|panic serving [^\s]{1,100} ?): |\[(PANIC RECOVER)\] )(?=\S)(?![\w.]+=)"
)
_RUNNING = re.compile(r" goroutine \d{1,12} \[[^\]]{1,100}\]:$")
_INTERPRETED = re.compile(r"\s*([^\s:]{1,1000}\.go):(\d{1,9}):\d{1,9}: panic(?:: (.{1,1000}))?$")
_AGAIN = re.compile(r"\s+panic: ")
_FIELD = re.compile(r"(?:^|\s)(?:error|err|panic|msg)=\"((?:[^\"\\]|\\.){1,2000})\"")
_FIELD_OF_STACK = re.compile(r"\s*\w{0,30}[Ss]tack(?:_?trace)?\s?[:=]\s*$")
_QUOTED = re.compile(r"\"(.{1,1000}?)\" \(.*\)$")
_LABEL_ALONE = re.compile(r"\w{1,20}:")
_COLUMNS = re.compile(r"\t|\s{3,}")
_PANICKED = re.compile(r"(?:.{0,200}\W)?[Pp]anick?(?:ed|ing)?(?: [\w.-]{1,40}){0,3}: (?=\S)")
_FIXED = re.compile(
    r"runtime error: (?:(?:slice bounds|index) out of range(?: \[[^\]]{0,60}\])?+(?: with (?:length|capacity) \d{1,20})?+"
    r"|integer divide by zero|invalid memory address or nil pointer dereference|makeslice: (?:len|cap) out of range"
    r"|negative shift amount)(?= [A-Za-z([-]|[,;.] )"
)
"""The run time's own sentences are known to their end: what follows on the line are a person's words."""
_LOGRUS = re.compile(r"(?:ERRO|FATA|PANI|WARN) ?\[[\d:.T -]{1,30}\]\s{1,4}")


_NEAR = 12  # lines from a panic to its goroutine
_HEADS = ("panic", "PANIC", "fatal error: ")


def find(log: Log) -> list[Found]:
    """Every panic of the log, each with the goroutine that is printed first below it (the one that died)."""
    stacks = stacks_in(log)
    races = go_data_race.find(log, stacks)
    headers = [index for index, line in enumerate(log.lines) if any(word in line for word in _HEADS)]
    headers = [index for index in headers if _PANIC.match(log.lines[index]) and not _raised_again(log, index)]
    if headers:
        return races + _with_panics(log, headers, stacks)
    bare = [_bare(log, stack) for stack in stacks[:50] if stack.frames]
    return races + bare or _interpreted(log) or go_testify.find(log) or go_tests.find(log)


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


def _with_panics(log: Log, headers: list[int], stacks: list[Stack]) -> list[Found]:
    found: list[Found] = []
    position = 0
    for order, header in enumerate(headers):
        limit = headers[order + 1] if order + 1 < len(headers) else len(log.lines)
        while position < len(stacks) and stacks[position].first < header:
            position += 1
        own = stacks[position] if position < len(stacks) and stacks[position].first < limit else None
        drafts = _drafts(log, header, own.first if own else header + 1)
        if (
            own
            and log.lines[own.first - 1] == "runtime stack:"
            and position + 1 < len(stacks)
            and stacks[position + 1].first < limit
        ):
            own = Stack(own.first, own.last, [*own.frames, *stacks[position + 1].frames])
        frames = own.frames if own else _cut_off(log, header, limit) or ([] if stacks else _told(log.lines[header]))
        drafts[0].frames = below_the_panic(frames)
        found.append(Found("go", root_first(drafts), header))
    return found


def _cut_off(log: Log, header: int, limit: int) -> list[Frame]:
    """The functions below the goroutine's line where the text ends before their places; `panic` itself is none."""
    rows = range(header + 1, min(limit, header + _NEAR, len(log.lines)))
    start = next((index for index in rows if GOROUTINE.match(log.lines[index])), len(log.lines))
    calls = takewhile(CALL.match, (line.strip() for line in log.lines[start + 1 : limit]))
    return [without_place(call) for call in islice(calls, _NEAR) if not call.startswith("panic(")]


def _told(line: str) -> list[Frame]:
    """The places in the sentence with which a person tells of a panic."""
    return [frame for frame in plain.places([line]) if frame.path.endswith(".go")]


def _drafts(log: Log, header: int, stack: int) -> list[Draft]:
    """The panic, and the panics raised again while it was being recovered from."""
    drafts = [_draft(log.lines[header])]
    for index in range(header + 1, min(stack, header + 30)):
        line = log.lines[index]
        if not line.strip() or line.lstrip().startswith("[signal") or GOROUTINE.match(line) or ends_message(log, index):
            break
        if _raised_again(log, index):
            drafts.append(_draft(line))
        else:
            drafts[-1].message += "\n" + line
    return drafts


def _raised_again(log: Log, index: int) -> bool:
    """Whether a panic is one more of the panic that the line above tells of; a paste may have lost its indent."""
    line, above = log.lines[index], log.lines[index - 1] if index else ""
    again = _AGAIN.match(line) is not None or (line.startswith("panic: ") and "[recovered" in above)
    return again and _PANIC.match(above) is not None


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


def _bare(log: Log, stack: Stack) -> Found:
    """A stack without a panic: the message is the line above it."""
    first = stack.first
    while first > 0 and _heads_stack(log.lines[first - 1]):
        first -= 1
    above = said_above(log, first)
    message = _message_of_record(log.lines[above]) if above < first else ""
    begun = _wrapped_from(log, above) if above < first else above
    if begun < above:
        message = "\n".join([_LOGRUS.sub("", log.lines[begun]), *log.lines[begun + 1 : above], message])
    panicked = _PANICKED.match(message) if any(map(raises, stack.frames)) else None
    kind, message = ("panic", message[panicked.end() :]) if panicked else (None, message)
    message = "" if _LABEL_ALONE.fullmatch(message) else message
    draft = Draft(kind, message, below_the_panic(stack.frames))
    return Found("go", root_first([draft]), max(above, 0))


def _heads_stack(line: str) -> bool:
    return bool(GOROUTINE.match(line) or _FIELD_OF_STACK.match(line)) or titles_stack(line)


def _wrapped_from(log: Log, last: int) -> int:
    """Where a record of a terminal begins whose message ends at line `last`: pkg/errors prints each wrapping on a line of its own."""
    if _LOGRUS.match(log.lines[last]):
        return last
    for at in range(last - 1, max(last - MOST, 0) - 1, -1):
        if not log.lines[at].strip() or PLACE.match(log.lines[at]):
            return last
        if _LOGRUS.match(log.lines[at]):
            return at
    return last


def _message_of_record(line: str) -> str:
    """What a logger's line says: the error of the fields behind it, else its last column."""
    fields = ERROR_FIELD.search(line)
    if fields and "{" in line[: fields.start()]:
        return fields[1].replace('\\"', '"')
    field = _FIELD.search(line)
    if field:
        return field[1].replace('\\"', '"')
    columns = _COLUMNS.split(line.strip())
    if len(columns) > 2:
        return without_level(next((each for each in reversed(columns) if not each.startswith("{")), ""))
    return without_level(_LOGRUS.sub("", line.strip(), count=1))
