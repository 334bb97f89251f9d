"""`key=value` records of one line -> the messages and stacks inside them."""

import json
import re
from collections.abc import Sequence

from tools.traces.unwrap.prefixes import shows_row

FEWEST = 3

_PAIR = re.compile(r"(?:^|\s)([A-Za-z_][\w.@-]{0,60})=(\"(?:[^\"\\]|\\.){0,100000}\"|[^\s\"]{0,2000})")
_STACK = re.compile(r"stack|trace|exc_?info|exception", re.IGNORECASE)
_MESSAGE = re.compile(r"^(?:err|error|msg|message|panic)$", re.IGNORECASE)


_LINE = re.compile(
    r"(?:\w{1,20}=\S{1,60} ){1,6}(?:msg|message)=(?P<said>\"(?:[^\"\\]|\\.){0,4000}\"|\S{0,400})(?: \w[\w.]{0,40}=\S{0,400}){0,12}\s*$"
)


def without_pairs(lines: Sequence[str]) -> list[str]:
    """The messages of records that each hold one line of a trace, as daemons write what a program says; other lines as they are."""
    said = {at: _value(found["said"]) for at, line in enumerate(lines) if "=" in line and (found := _LINE.match(line))}
    rows = sum(shows_row(text) for text in said.values())
    if len(said) < FEWEST or not rows or any("\n" in text for text in said.values()):
        return list(lines)
    return [said.get(at, line) for at, line in enumerate(lines)]


def texts_of_logfmt(line: str) -> str | None:
    """The stack that a record holds, under the message that it does not repeat; None when the line is no such record."""
    if '="' not in line or "\\n" not in line:
        return None
    pairs = [(found[1], _value(found[2])) for found in _PAIR.finditer(line)]
    stack = next((value for key, value in pairs if _STACK.search(key) and "\n" in value), None)
    stack = stack or next((value for _, value in pairs if value.count("\n") > 1), None)
    if len(pairs) < 2 or stack is None:
        return None
    said = [(key, value) for key, value in pairs if _MESSAGE.match(key) and value and value != stack]
    errors = [value for key, value in said if key.lower() not in ("msg", "message")]
    said_first = (errors or [value for _, value in said] or [""])[0]
    first = stack.lstrip("\n").split("\n", 1)[0]
    has_header = (": " in first or first.endswith(":") or "panicked" in first) and not first.startswith("goroutine ")
    return stack if has_header or not said_first else f"{said_first}\n{stack}"


def _value(text: str) -> str:
    if not text.startswith('"'):
        return text
    try:
        value = json.loads(text, strict=False)
    except ValueError:  # Go's quoting has escapes that JSON has not
        return text[1:-1].replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\")
    return value if isinstance(value, str) else text
