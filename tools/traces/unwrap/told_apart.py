"""A message that its sender tells apart from the stack that repeats it: what stands in it are words, whatever they look like."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tools.traces.unwrap.prefixes import shows_row

LONGEST: Final = 2_000
"""Characters of the message that are left where it is put on one line."""
SIGNS: Final = str.maketrans(dict.fromkeys("()[]{}<>:`~#\"'\\", " "))
"""Without these no row, no place, no header of any language and no record can be read."""
_PLACE: Final = re.compile(
    r"\bin \S{1,1000}:(?:line )?\d{1,9}\b|\{\s{0,8}\"(?=[^\n]{0,2000}\\n)|<[\w:]{1,40} [\w:]{1,40}=\""
)
"""A place as PHP and C# write it on the line of the message, or a record whose text has lines, or an element."""
_HEADER: Final = re.compile(r"[^\n]*(?::|\([A-Z]\w{0,80}\))[ \t]{1,3}")
"""What stands before a message on its line: `TypeError: `, `** (KeyError) `."""
_CUT: Final = re.compile(r"\s*(?:\.{3}|\N{HORIZONTAL ELLIPSIS}|[\[(<]?truncated[\])>]?)$", re.IGNORECASE)
_MOST: Final = 200_000
"""Characters of a stack in which the message is looked for."""


class _Span(NamedTuple):
    start: int
    end: int


def on_one_line(stack: str, message: str) -> str:
    """The stack, its message on one line and without the signs of rows if it has several lines, a place or a record."""
    return told_apart(stack, message)[0]


def told_apart(stack: str, message: str) -> tuple[str, str]:
    """The same, and the message as it then stands there. Whoever wrote the value could have drawn the rows in it.

    Only where it is announced: the same text can stand in it as in rows of the trace. What remains must show rows of its
    own: some send the whole stack as the message.
    """
    said = message.replace("\r\n", "\n").strip()
    text = stack.replace("\r\n", "\n")
    spans = _announced(text, said) if said and _draws(said) else []
    if not spans or not any(map(shows_row, _replaced(text, spans, "").split("\n"))):
        return stack, message
    words = _words(said)[:LONGEST]
    return _replaced(text, spans, words), words


def _announced(text: str, said: str) -> list[_Span]:
    """Where the stack repeats the message, which may differ in blanks: behind its headers, else above all rows."""
    cut = _CUT.search(said)
    wanted = "".join((said[: cut.start()] if cut else said).split())
    found = list(_spans(text[:_MOST], wanted)) if wanted else []
    headed = [each for each in found if _HEADER.fullmatch(text, text.rfind("\n", 0, each.start) + 1, each.start)]
    if cut:  # how it goes on is not known
        return [each._replace(end=_end_of_line(text, each.end)) for each in headed]
    above = [each for each in found[:1] if not any(map(shows_row, text[: each.start].split("\n")))]
    return headed or [each for each in above if not shows_row(said.partition("\n")[0])]


def _spans(text: str, wanted: str) -> Iterator[_Span]:
    places = [at for at, letter in enumerate(text) if not letter.isspace()]
    ink = "".join(text[at] for at in places)
    start = ink.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        yield _Span(places[start], places[end - 1] + 1)
        start = ink.find(wanted, end)


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def _replaced(text: str, spans: Sequence[_Span], words: str) -> str:
    for span in reversed(spans):
        text = text[: span.start] + words + text[span.end :]
    return text


def _words(message: str) -> str:
    """Its first line as it is as far as it draws nothing, for a type may stand before it (`TypeError: x`); the rest without signs."""
    first = message.partition("\n")[0]
    place = _PLACE.search(first)
    kept = (first[: place.start()] if place else first).rstrip()
    return " ".join([kept, *message[len(kept) :].translate(SIGNS).split()])


def _draws(message: str) -> bool:
    """Whether a row, a header or a record can stand below its first line, or a place or a record in the first."""
    return "\n" in message or _PLACE.search(message) is not None
