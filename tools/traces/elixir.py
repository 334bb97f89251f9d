"""Elixir and Erlang stack traces: what was raised, and places with module and function."""

import re

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.lines import Log
from tools.traces.locations import number, slashed

CUES = ("** (", ".ex:", ".exs:", ".erl:")

MAX_MESSAGE_LINES = 30

_RAISED = re.compile(r"(?:.{0,300}?[\s:])?\*\* \(([\w.:]{1,200})\) ?(.*)$")
_FRAME = re.compile(r"\s+(?:\([\w.@-]{1,80}(?: [\w.+-]{1,60})?\) )?([\w./@-]{1,400}\.(?:exs?|erl|eex|heex|leex)):(\d{1,9}): (\S.*)$")
_PLACELESS = re.compile(r"\s+\([\w.@-]{1,80}(?: [\w.+-]{1,60})?\) (:?[\w.\"<>/-]{1,300}[(/].*)$")
_INSIDE = re.compile(r"anonymous fn/\d+(?: \(overridable \d+\))? in (.*)$|\"-(.{1,200}?)/\d+-")
_NAME = re.compile(r"((?::?[A-Za-z_\"][\w\"]*\.)*)([\w!?\"]{1,200})(?:/\d+|\(|$)")


def find(log: Log) -> list[Found]:
    """Every `** (Type) message` with the rows below it."""
    found: list[Found] = []
    draft: Draft | None = None
    begun = 0
    for index, line in enumerate(log.lines):
        raised = _RAISED.match(line) if "** (" in line else None
        frame = _frame(line) if draft is not None else None
        if raised and (draft is None or not line.startswith("    ") or draft.frames):
            found += _finished(draft, begun)
            draft, begun = Draft(raised[1], raised[2]), index
        elif draft is not None and frame is not None:
            draft.frames.append(frame)
        elif draft is not None and (draft.frames or index in log.stamped or index - begun > MAX_MESSAGE_LINES):
            found += _finished(draft, begun)
            draft = None
        elif draft is not None:
            draft.message += "\n" + line
    return found + _finished(draft, begun)


def _finished(draft: Draft | None, begun: int) -> list[Found]:
    """A raised error counts when a place is printed below it."""
    if draft is None or not any(frame.path for frame in draft.frames):
        return []
    return [Found("elixir", (draft.failure(),), begun)]


def _frame(line: str) -> Frame | None:
    found = _FRAME.match(line)
    if found:
        function, owner = _named(found[3])
        return Frame(path=slashed(found[1]), line=number(found[2]), function=function, class_name=owner)
    placeless = _PLACELESS.match(line)
    if placeless:
        function, owner = _named(placeless[1])
        return Frame(function=function, class_name=owner)
    return None


def _named(call: str) -> tuple[str | None, str | None]:
    """`Shop.Cart.total/1`, `anonymous fn/1 in Shop.run/0`, `Enum."-map/2-lists^map/1-1-"/2` -> function and module."""
    inside = _INSIDE.match(call) if call.startswith("anonymous") else None
    name = _NAME.match(inside[1] if inside and inside[1] else call)
    if name is None:
        return None, None
    owner = name[1].rstrip(".").removeprefix(":") or None
    generated = _INSIDE.search(call)
    return (generated[2] if generated and generated[2] else name[2].strip('"')) or None, owner
