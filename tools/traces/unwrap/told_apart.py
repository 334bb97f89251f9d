"""A message that its sender tells apart from the stack that repeats it: what stands in it are words, whatever they look like."""

import re
from typing import Final

from tools.traces.announced import announced
from tools.traces.unwrap.fences import fences
from tools.traces.unwrap.prefixes import shows_row

LONGEST: Final = 2_000
"""Characters of the message that are left where it is put on one line."""
_FENCE: Final = re.compile(r"`{3,}|~{3,}")
_HEAD: Final = re.compile(r"\s*(?:Caused by\b|Traceback \(|Stack trace:|panic: |goroutine \d|---)|.*\bin \S{1,1000}:\d")


def on_one_line(stack: str, message: str) -> str:
    """The stack, its message on one line if lines of it look like parts of a trace. Whoever wrote the value could have drawn them.

    What remains must show rows of its own: some send the whole stack as the message.
    """
    said = message.replace("\r\n", "\n").strip()
    if "\n" not in said or not _draws(said):
        return stack
    text = stack.replace("\r\n", "\n")
    if said not in text:
        return stack
    own = text.replace(said, " ".join(_FENCE.sub(" ", said).split())[:LONGEST])
    rest = text.replace(said, "")
    return own if any(map(shows_row, rest.split("\n"))) else stack


def _draws(message: str) -> bool:
    """Whether a line below the first looks like a row, a header or the beginning of a trace."""
    below = message.split("\n")[1:]
    return any(
        shows_row(line) or fences(line) or _HEAD.match(line) is not None or announced(line) is not None
        for line in below
    )
