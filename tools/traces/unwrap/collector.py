"""What OpenTelemetry's collector prints of a record for debugging: the trace that an attribute or a body holds, as text."""

import re
from collections.abc import Sequence
from typing import Final

from tools.traces.unwrap.inside_message import inside_message
from tools.traces.unwrap.prefixes import shows_row
from tools.traces.unwrap.told_apart import SIGNS

_HOLDS: Final = re.compile(r"\s*(?:-> exception\.stacktrace|Body): Str\((?P<said>.*)$")
_ATTRIBUTE: Final = re.compile(r"\s*-> [\w.]{1,100}: \w{1,10}\(|\s*-> exception\.(?:type|message): ")


def without_attributes(lines: list[str]) -> list[str]:
    """The lines, where an attribute holds a trace without the names around it."""
    if not any("Str(" in line for line in lines):
        return lines
    plain: list[str] = []
    at = 0
    while at < len(lines):
        held = _HOLDS.match(lines[at])
        end = _end(lines, at) if held is not None else at
        if held is None or end <= at:
            plain.append(lines[at])
            at += 1
            continue
        if inside_message(lines, at, end):
            plain.append(" ".join(" ".join(lines[at : end + 1]).translate(SIGNS).split()))
            at = end + 1
            continue
        while plain and _ATTRIBUTE.match(plain[-1]):
            plain.pop()
        plain += [held["said"], *lines[at + 1 : end], lines[end].rstrip().removesuffix(")")]
        at = end + 1
    return plain


def _end(lines: Sequence[str], at: int) -> int:
    """The last line of a value whose rows stand below its first line; `at` when it has none."""
    for row in range(at + 1, len(lines)):
        line = lines[row].rstrip()
        if line.endswith(")") and line.count(")") > line.count("("):
            return row
        if not (shows_row(line) or line.strip()) or _ATTRIBUTE.match(line):
            return at
    return at
