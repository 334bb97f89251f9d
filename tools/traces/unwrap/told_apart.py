"""A message that its sender tells apart from the stack that repeats it: what stands in it are words, whatever they look like."""

import re
from typing import Final

from tools.traces.announced import announced
from tools.traces.unwrap.fences import fences
from tools.traces.unwrap.prefixes import shows_row

LONGEST: Final = 2_000
"""Characters of the message that are left where it is put on one line."""
_SIGNS: Final = str.maketrans(dict.fromkeys("()[]:`~#\"'", " "))
"""Without these no row, no place and no header of any language can be read."""
_PLACE: Final = re.compile(r"\bin \S{1,1000}:(?:line )?\d{1,9}\b")
"""As PHP and C# write it on the line of the message."""
_HEAD: Final = re.compile(r"\s*(?:Caused by\b|Traceback \(|Stack trace:|panic: |goroutine \d|---)|.*\bin \S{1,1000}:\d")


def on_one_line(stack: str, message: str) -> str:
    """The stack, its message on one line and without the signs of rows if parts of it look like parts of a trace."""
    return told_apart(stack, message)[0]


def told_apart(stack: str, message: str) -> tuple[str, str]:
    """The same, and the message as it then stands there. Whoever wrote the value could have drawn the rows in it.

    What remains must show rows of its own: some send the whole stack as the message.
    """
    said = message.replace("\r\n", "\n").strip()
    text = stack.replace("\r\n", "\n")
    if not said or said not in text or not _draws(said) or not any(map(shows_row, text.replace(said, "").split("\n"))):
        return stack, message
    words = _words(said)[:LONGEST]
    return text.replace(said, words), words


def _words(message: str) -> str:
    """Its first line as it is as far as it draws nothing, for a type may stand before it (`TypeError: x`); the rest without signs."""
    first = message.partition("\n")[0]
    place = _PLACE.search(first)
    kept = (first[: place.start()] if place else first).rstrip()
    return " ".join([kept, *message[len(kept) :].translate(_SIGNS).split()])


def _draws(message: str) -> bool:
    """Whether a line below the first looks like a row, a header or the beginning of a trace, or a place stands in the first."""
    first, *below = message.split("\n")
    return _PLACE.search(first) is not None or any(
        shows_row(line) or fences(line) or _HEAD.match(line) is not None or announced(line) is not None
        for line in below
    )
