"""What RubyGems and Bundler say of an error without rows: its type in brackets at a line's end, its message below."""

import re
from typing import Final

from tools.traces.candidates import Draft, Found
from tools.traces.unwrap.lines import Log

CUES: Final = ("While executing gem",)

_HEAD: Final = re.compile(r".{0,80}While executing gem \.\.\. \(((?:[A-Z]\w{0,80}::){0,8}[A-Z]\w{0,80})\)\s*$")


def find(log: Log) -> list[Found]:
    """Every such pair of lines."""
    found: list[Found] = []
    for at, line in enumerate(log.lines[:-1]):
        head = _HEAD.match(line) if "While executing gem" in line else None
        if head:
            found.append(Found("ruby", (Draft(head[1], log.lines[at + 1].strip(), []).failure(),), at))
    return found
