"""Elixir and Erlang stack traces: what was raised, and places with module and function."""

import re

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.messages.above import said_above, says_nothing
from tools.traces.messages.ends import MAX_MESSAGE_LINES, ends_message
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.levels import level_of
from tools.traces.unwrap.lines import Log

CUES = ("** (", ".ex:", ".exs:", ".erl:")


_RAISED = re.compile(r"(?:.{0,300}?[\s:])?\*\* \(([\w.:]{1,200})\) ?(.*)$")
_FRAME = re.compile(
    r"\s*(?:\([\w.@-]{1,80}(?: [\w.+-]{1,60})?\) )?([\w./@-]{1,400}\.(?:exs?|erl|eex|heex|leex)):(\d{1,9}): (\S.*)$"
)
_OF_APPLICATION = re.compile(
    r"\s+\([a-z][\w.@-]{0,80}(?: \d[\w.+-]{0,60})?\) [\w./@-]{1,400}\.(?:exs?|erl):\d{1,9}: \S"
)
_WARNS = re.compile(r"warning: |\[warn")
_UNMARKED = re.compile(
    r"\s*([\w./@-]{1,400}\.(?:exs?|erl|eex|heex|leex)):(\d{1,9}) ((?:anonymous fn/\d{1,3} in )?:?[\w.]{1,200}[!?]?/\d{1,3})$"
)
"""As trackers print a row, without a colon behind the line."""
_PLACELESS = re.compile(r"\s*\([\w.@-]{1,80}(?: [\w.+-]{1,60})?\) (:?[\w.\"<>/-]{1,300}[(/].*)$")
_OF_TEST = re.compile(r"\s+(?:code: |stacktrace:$)")
_TEST = re.compile(r"\s*\d{1,4}\) (?:test|property|doctest) .{1,300} \([\w.]{1,200}\)$")
_VALUES = re.compile(r"\s*(?:code|left|right|arguments|diff):\s")
_TEST_PLACE = re.compile(r"\s{0,20}(?:at )?[\w./@-]{1,400}\.exs?:\d{1,9}$")
_OLD_TEST_PLACE = re.compile(r"\s{1,80}at [\w./@-]{1,400}\.exs?:\d{1,9}$")
_INSIDE = re.compile(r"anonymous fn(?:/\d+|\(.{0,600}\))(?: \(overridable \d+\))? in (.*)$")
_GENERATED = re.compile(r"(:?[\w.]{0,200})\.\"-(?:inlined-)?(\w{1,200}[!?]?)/\d+-")
_NAMES_PLACE = re.compile(r"([\w./@-]{1,400}\.(?:exs?|eex|heex|leex)):(\d{1,9}):")
_CALLED = re.compile(r"\s+(:?[\w.]{1,100}\.\w{1,100}[!?]?\(.{0,600}\))$")
_AFTER = ("Last message", "State: ", "Function: ", "...", "The following arguments were given to ")
_NAME = re.compile(r"((?::?[A-Za-z_]\w{0,100}\.){0,12})([\w!?]{1,200})(?:/\d+|\(|$)")


def find(log: Log) -> list[Found]:
    """Every `** (Type) message` with the rows below it."""
    found: list[Found] = []
    draft: Draft | None = None
    begun = 0
    broken = False
    for index, line in enumerate(log.lines):
        raised = _RAISED.match(line) if "** (" in line else None
        frame = _frame(line, rows=bool(draft.frames)) or _built_in(log, index) if draft is not None else None
        if draft is None and (headless := _headless(log, index)) is not None:
            draft, begun = headless, index - 1
        elif raised and (draft is None or not draft.type or not line.startswith("    ") or draft.frames):
            found += _finished(draft, begun)
            draft, begun = Draft(raised[1], raised[2]), index
        elif raised and draft is not None and draft.message.endswith("an exception was raised:"):
            draft.type, draft.message = raised[1], raised[2]
        elif _TEST.match(line) if ") " in line else False:
            found += _finished(draft, begun)
            draft, begun = Draft(), index
        elif draft is not None and frame is not None:
            draft.frames.append(frame)
            broken = line.count("(") > line.count(")")
        elif draft is not None and broken and not ends_message(log, index):
            broken = False  # a terminal broke the row inside its arguments
        elif draft is not None and (draft.frames or index in log.stamped or index - begun > MAX_MESSAGE_LINES):
            found += _finished(draft, begun)
            draft = None
        elif draft is not None and not _OF_TEST.match(line):
            draft.message += "\n" + line
    return found + _finished(draft, begun)


def _headless(log: Log, index: int) -> Draft | None:
    """Rows of applications that something else than an exception stands above, such as an atom or a warning."""
    below = log.lines[index + 1] if index + 1 < len(log.lines) else ""
    if not (_OF_APPLICATION.match(log.lines[index]) and _OF_APPLICATION.match(below)):
        return None
    frame = _frame(log.lines[index])
    above = said_above(log, index)
    level = level_of(log.lines[above]) if above < index else None
    said = log.lines[above][level.end if level else 0 :].strip() if above < index else ""
    return Draft(None, said, [frame]) if frame is not None else None


def _finished(draft: Draft | None, begun: int) -> list[Found]:
    """An error with its rows, or with the place that its message names."""
    if draft is None or not (draft.type or draft.frames):
        return []
    draft.message = _told(draft.message, bool(draft.frames)) if draft.type else _of_assertion(draft.message)
    if not any(frame.path for frame in draft.frames):
        named = _NAMES_PLACE.match(draft.message)
        draft.frames = [Frame(path=slashed(named[1]), line=number(named[2]))] if named else []
    return [Found("elixir", (draft.failure(),), begun, not _WARNS.match(draft.message) or draft.type is not None)]


def _of_assertion(message: str) -> str:
    """What a test says failed, without where the test stands and without the values below."""
    lines = message.strip("\n").split("\n")
    said = [line for line in lines if not _TEST_PLACE.match(line)]
    last = next((at for at, line in enumerate(said) if _VALUES.match(line)), len(said))
    return "\n".join(line.strip() for line in said[:last]).strip()


def _told(message: str, rows: bool) -> str:
    """A message without what is printed of the process below it, and without what stands at the margin behind a blank line
    unless rows follow: then it is a paragraph of the message."""
    first, *lines = message.split("\n")
    said = [first]
    for line in lines:
        aside = (
            not rows and any(map(str.strip, said)) and not said[-1].strip() and line[:1].strip() and line[0] not in "*("
        )
        if line.strip().startswith(_AFTER) or aside or (line.strip() and says_nothing(line)):
            break
        said.append(line)
    values = next((at for at, line in enumerate(said) if not first and _VALUES.match(line)), len(said))
    return "\n".join(said[:values]).strip("\n").rstrip()


def _frame(line: str, *, rows: bool = False) -> Frame | None:
    """`rows`: others stand above it; ExUnit's last one may name a place only."""
    found = _FRAME.match(line) or _UNMARKED.match(line)
    bare = None if found else _TEST_PLACE.match(line) if rows else _OLD_TEST_PLACE.match(line)
    if bare:
        path, _, row = line.strip().removeprefix("at ").rpartition(":")
        return Frame(path=slashed(path), line=number(row))
    if found:
        function, owner = named(found[3])
        return Frame(path=slashed(found[1]), line=number(found[2]), function=function, class_name=owner)
    placeless = _PLACELESS.match(line)
    if placeless:
        function, owner = named(placeless[1])
        return Frame(function=function, class_name=owner)
    return None


def _built_in(log: Log, index: int) -> Frame | None:
    """A call of the virtual machine above the first row, which names no application: `:erlang.byte_size(nil)`."""
    below = log.lines[index + 1] if index + 1 < len(log.lines) else ""
    call = _CALLED.match(log.lines[index]) if "(" in log.lines[index] and _frame(below) is not None else None
    function, owner = named(call[1]) if call else (None, None)
    return Frame(function=function, class_name=owner) if function else None


def named(call: str) -> tuple[str | None, str | None]:
    """`Shop.Cart.total/1`, `anonymous fn/1 in Shop.run/0`, `Enum."-map/2-lists^map/1-1-"/2` -> function and module."""
    inside = _INSIDE.match(call)
    call = inside[1] if inside else call
    generated = _GENERATED.match(call)
    if generated:
        return generated[2], generated[1].removeprefix(":") or None
    name = _NAME.match(call)
    return (name[2], name[1].rstrip(".").removeprefix(":") or None) if name else (None, None)
