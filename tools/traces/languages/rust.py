"""Rust panics with and without a backtrace, and the chains that `anyhow` and `eyre` print."""

import re
from dataclasses import dataclass, field

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.messages.above import said_above
from tools.traces.messages.ends import MAX_MESSAGE_LINES, ends_message
from tools.traces.messages.records import without_level
from tools.traces.messages.titles import titles_stack
from tools.traces.places.locations import number, slashed, split_place
from tools.traces.unwrap.lines import Log

CUES = ("panicked at ", "tack backtrace:", ".rs:", "Caused by:", "{ fn: ", "Error: ", "Error:\n")


_PANIC = re.compile(r"(?:.{0,300}\s)?(?:thread '[^'\n]{0,200}'(?: \(\d{1,12}\))? )?panicked at (.*)$")
_NOTE = re.compile(r" note: [Rr]un with `RUST_BACKTRACE=.{0,200}$")  # a page may join the lines
_IN_LINE = re.compile(r"(\S.{0,1000}?:\d{1,9}:\d{1,9}):\s{1,40}(\S.*)$")
_NEW_PLACE = re.compile(r"(\S.{0,1000}?):(\d{1,9}):(\d{1,9}):?$")
_OLD = re.compile(r"'(.*)'[,:] (\S(?:(?!'[,:] ).){0,1000}?):(\d{1,9})(?::(\d{1,9}))?$", re.DOTALL)
_CALL = re.compile(r"\s*(\d{1,5}): +(?:0x[0-9a-f]{1,16} - )?(\S.{0,800})$")
_INLINED = re.compile(r"\s{8,}(?!with [\w.]{1,100}=)(\S.{0,800})$")
_SPAN_FIELDS = re.compile(r"\s{8,}with [\w.]{1,100}=")
_TARGET = re.compile(r"(?:\w{1,80}::){1,10}\w{1,80}: (?=\S)")
_PLACE = re.compile(r"\s*at (\S.{0,1000}?):(\d{1,9})(?::(\d{1,9}))?$")
_VALUE = re.compile(
    r"\s*\{ fn: \"(?P<call>[^\"]{1,800})\"(?:, file: \"(?P<path>[^\"]{1,1000})\", line: (?P<line>\d{1,9}))? \}[,\]\s]{0,4}$"
)
_LOGGER = re.compile(r"^\[[\w:.-]{1,60}\] |^\w{1,40}: (?=\w)")
_OPENED = re.compile(r"[\s:,]{1,4}[Bb]acktrace:? (?:Backtrace )?\[$")
_RAISING = re.compile(
    r"(?:.*::)?(?:rust_panic_with_hook|rust_begin_unwind|begin_panic(?:_handler)?|panic_fmt|panic_display|panic_bounds_check|panic_nounwind"
    r"|unwrap_failed|expect_failed)(?:::|$)|core::panicking::|std::panicking::(?:begin|rust)"
)
_HASH = re.compile(r"(?:::h[0-9a-f]{16})?(?: \(0x[0-9a-f]{1,16}\))?$")
_OLD_CLOSURE = re.compile(r"_|closure\.\d{1,9}")
_ERROR = re.compile(r"(?:.{0,200}?\s)??Error:(?: (\S.*))?$")
_DEBUGGED = re.compile(
    r"[A-Z]\w{0,60}(?:\(\w{1,40})?(?: \{ \w{1,40}: .{1,2000} \}|\((?:\\?\"|\w{1,40}(?: \{|\()).{1,2000}\))\)?$"
)
"""A value as `main` prints the error that it returns."""
_LOCATION = re.compile(r"\s*Location:$")
_CAUSED = re.compile(r"\s*Caused by:?\s*(.*)$")
_NUMBERED = re.compile(r"\s{2,}(?:\d{1,3}: )?(\S.*)$")
_RUNTIME = re.compile(
    r"(?:std|core|alloc)::(?:panicking|panic|sys|rt|option|result|slice::index|backtrace|sys_common)\b"
    r"|<?std::|__rustc\[|rust_(?:begin_unwind|panic)|_?_?rust_|<?(?:core|alloc)::|<?anyhow::|backtrace::|<?eyre::"
)


@dataclass(slots=True)
class _Backtrace:
    """Rows `N: function` / `at path:line:column` from line `first` to line `last`."""

    first: int
    last: int
    frames: list[tuple[str, Frame]] = field(default_factory=list)


_SIDE = re.compile(r" {1,2}(?:left|right): ")
"""What an assertion compared, below its sentence."""


def find(log: Log) -> list[Found]:
    """Every panic with the backtrace below it, and every `Error:` with causes or a backtrace."""
    stacks = _backtraces(log)
    headers = [index for index, line in enumerate(log.lines) if "panicked at " in line and _PANIC.match(line)]
    below = {header: _following(headers, header, stacks, len(log.lines)) for header in headers}
    found = [_panic(log, header, stack) for header, stack in below.items()]
    left = [stack for stack in stacks if not any(stack is each for each in below.values())]
    for index, line in enumerate(log.lines):
        error = _ERROR.match(line) if "Error:" in line else None
        if error and (chain := _chain(log, index, error[1] or "", left)):
            found.append(chain)
    return sorted(found, key=lambda one: one.at) or [_bare(log, stack) for stack in left[:50]]


def _bare(log: Log, stack: _Backtrace) -> Found:
    """A backtrace or a span trace whose error a logger told on the line above, or that was cut off."""
    above = said_above(log, stack.first)
    said = without_level(log.lines[above].strip()) if above < stack.first else ""
    target = _TARGET.match(said)
    titled = stack.first > 0 and titles_stack(log.lines[stack.first - 1])
    whole = _LOGGER.sub("", said) if titled or "{ fn: " in log.lines[stack.first] else ""
    message = _OPENED.sub("", said[target.end() :] if target else whole)
    kind = "panic" if titled and message and any(_RAISING.match(name) for name, _ in stack.frames) else None
    draft = Draft(kind, message, _own(stack.frames))
    return Found("rust", (draft.failure(),), above if message else stack.first)


def _following(headers: list[int], header: int, stacks: list[_Backtrace], end: int) -> "_Backtrace | None":
    """The backtrace between a panic and the next one."""
    limit = next((other for other in headers if other > header), end)
    return next((stack for stack in stacks if header < stack.first < limit), None)


def _panic(log: Log, header: int, stack: _Backtrace | None) -> Found:
    limit = stack.first if stack else len(log.lines)
    match = _PANIC.match(log.lines[header])
    first = _NOTE.sub("", match[1]) if match else ""
    in_line = None if first.startswith("'") else _IN_LINE.match(first)
    place = _NEW_PLACE.match(in_line[1] if in_line else first)
    if place and not first.startswith("'"):
        message = in_line[2] if in_line else _message(log, header + 1, limit)
        raised = Frame(path=slashed(place[1]), line=number(place[2]), column=number(place[3]))
    else:
        message, raised = _quoted(log, header, first, limit)
    frames = _with_place(raised, _own(stack.frames) if stack else [])
    return Found("rust", (Draft("panic", message, frames).failure(),), header)


def _quoted(log: Log, header: int, first: str, limit: int) -> tuple[str, Frame]:
    """Before Rust 1.73: the message in quotes, which may run over several lines, then the place."""
    text = first
    for index in range(header + 1, min(limit, header + MAX_MESSAGE_LINES)):
        if _OLD.match(text):
            break
        text += "\n" + log.lines[index]
    found = _OLD.match(text)
    if found is None:
        return first.strip("'"), Frame()
    path = slashed(found[2].replace("\n", ""))  # a terminal's width may have broken it
    return found[1], Frame(path=path, line=number(found[3]), column=number(found[4]))


def _message(log: Log, start: int, limit: int) -> str:
    """The lines down to what the run time prints below a message; where it prints nothing, down to a blank line."""
    lines: list[str] = []
    for index in range(start, min(limit, start + MAX_MESSAGE_LINES)):
        line = log.lines[index]
        if line.lstrip().startswith(("stack backtrace:", "note: ", "Backtrace omitted")) or titles_stack(line):
            return "\n".join(lines).strip()
        if _PANIC.match(line) or (lines and ends_message(log, index) and not _SIDE.match(line)):
            break
        lines.append(line)
    else:
        if start + len(lines) == limit < len(log.lines):  # the backtrace begins there
            return "\n".join(lines).strip()
    blank = next((at for at, line in enumerate(lines) if at and not line.strip()), len(lines))
    return "\n".join(lines[:blank]).strip()


def _chain(log: Log, index: int, message: str, stacks: list[_Backtrace]) -> Found | None:
    """`Error: surfaced`, then `Caused by:` with one cause a line, the root cause last."""
    causes: list[str] = []
    inside = not message
    raised = Frame()
    for at in range(index + 1, min(len(log.lines), index + MAX_MESSAGE_LINES)):
        line = log.lines[at]
        caused = _CAUSED.match(line)
        row = _NUMBERED.match(line) if inside else None
        if _LOCATION.match(line):
            raised = _location(log.lines[at + 1] if at + 1 < len(log.lines) else "")
            break
        if caused:
            inside = True
            causes.extend(filter(None, [caused[1].strip()]))
        elif row and "tack backtrace" not in line:
            causes.append(row[1])
        elif line.strip():
            break
    stack = next((one for one in stacks if index < one.first <= index + MAX_MESSAGE_LINES), None)
    if not causes and stack is None:
        alone = _DEBUGGED.match(message) is not None
        return Found("rust", (Draft("Error", message).failure(),), index) if alone else None
    frames = _with_place(raised, _own(stack.frames) if stack else [])
    if not (causes or frames):
        return None
    texts = [*reversed(causes), *([message] if message else [])]
    failures = [Draft("Error", text, frames if number_ == 0 else []).failure() for number_, text in enumerate(texts)]
    return Found("rust", tuple(failures), index)


def _location(line: str) -> Frame:
    """Where an error was made, as `color_eyre` prints it."""
    path, row, column = split_place(line.strip())
    return Frame(path=path, line=row, column=column) if row else Frame()


def _backtraces(log: Log) -> list[_Backtrace]:
    stacks: list[_Backtrace] = []
    call = ""
    for index, line in enumerate(log.lines):
        if not line.strip() and stacks and stacks[-1].last == index - 1:
            stacks[-1].last = index
            continue
        value = _VALUE.match(line) if "{ fn: " in line else None
        if value:
            if not stacks or stacks[-1].last < index - 1:
                stacks.append(_Backtrace(index, index))
            function, owner = _named(value["call"])
            path = slashed(value["path"] or "").removeprefix("./")
            frame = Frame(path=path, line=number(value["line"]), function=function, class_name=owner)
            stacks[-1].frames.append((value["call"], frame))
            stacks[-1].last = index
            continue
        row = _CALL.match(line)
        place = _PLACE.match(line) if call and "at " in line else None
        if row:
            if not stacks or stacks[-1].last < index - 1 or row[1] == "0":
                stacks.append(_Backtrace(index, index))
            call = row[2].rstrip("'\"")  # behind the last row a report in TOML ends
            stacks[-1].frames.append((call, _framed(call, None)))
        elif place and stacks:
            name = stacks[-1].frames[-1][0]
            stacks[-1].frames[-1] = (name, _framed(name, place))
        elif call and stacks and stacks[-1].last == index - 1 and _SPAN_FIELDS.match(line):
            pass
        elif call and stacks and stacks[-1].last == index - 1 and _INLINED.match(line):
            call = line.strip()
            stacks[-1].frames.append((call, _framed(call, None)))
        else:
            call = ""
            continue
        stacks[-1].last = index
    return [
        stack for stack in stacks if any(frame.path.endswith(".rs") or "::" in name for name, frame in stack.frames)
    ]


def _framed(call: str, place: re.Match[str] | None) -> Frame:
    function, owner = _named(call)
    if place is None:
        return Frame(function=function, class_name=owner)
    path, line, column = slashed(place[1]).removeprefix("./"), number(place[2]), number(place[3])
    return Frame(path=path, line=line, column=column, function=function, class_name=owner)


def _own(frames: list[tuple[str, Frame]]) -> list[Frame]:
    """Without the machinery of the panic in front: the standard library raised it for the code below."""
    raising = max((at for at, (name, _) in enumerate(frames) if _RAISING.match(name)), default=-1)
    below = (at for at, (name, _) in enumerate(frames) if at > raising and not _RUNTIME.match(name))
    start = next(below, len(frames))
    return [frame for _, frame in frames[start:] if frame.path or frame.function]


def frames_below(log: Log, first: int, most: int, raised: Frame) -> list[Frame]:
    """The place where a panic was raised and the first backtrace within `most` lines below."""
    stack = next((each for each in _backtraces(log) if first < each.first < first + most), None)
    return _with_place(raised, _own(stack.frames) if stack else [])


def _with_place(raised: Frame, frames: list[Frame]) -> list[Frame]:
    """The place of the panic first. A frame that names the same line brings the function."""
    if not raised.path:
        return frames
    first = frames[0] if frames else None
    if first and first.line == raised.line and f"/{first.path}".endswith(f"/{raised.path}"):
        return frames
    return [raised, *frames]


def _named(call: str) -> tuple[str | None, str | None]:
    """`crate::Cart<T>::total::{{closure}}::h0123456789abcdef` is `total` of `crate::Cart`."""
    name = _HASH.sub("", call, count=1)
    name = re.sub(r"^<(?:impl )?(.+?)(?: as .+)?>::", r"\1::", name)
    while (plain := re.sub(r"(?:::)?<[^<>]*>", "", name)) != name:
        name = plain
    parts = [part for part in name.split("::") if part and not part.startswith("{{") and part != "{closure#0}"]
    parts = [part for part in parts if not part.startswith("{closure") and not _OLD_CLOSURE.fullmatch(part)]
    return (parts[-1] if parts else None), ("::".join(parts[:-1]) or None)
