"""Lines of the deployed code in which the error's own words stand: where its message is made, or what it names."""

import re
from collections.abc import Iterator
from typing import Final

from incidents.errors import IncompleteRepository, ToolError
from incidents.trace import StackTrace
from tools.source.code import CodeTools
from tools.source.code_search import matching
from tools.source.enclosing import enclosing
from tools.source.file_kinds import HARMLESS, kind_of
from tools.source.listing import printable
from tools.source.outline_cache import outline_at
from tools.text.identifiers import STOCK
from tools.text.pattern import LinePattern

_SEARCHES: Final = 4
_RARE: Final = 6  # lines in all: what stands oftener says little
_MOST: Final = 3  # lines shown
_BESIDE: Final = 1  # lines shown around one
_LONGEST: Final = 80
_PART: Final = 12  # characters of a part of the message
_QUOTED: Final = re.compile(r"[\"'`«]([^\"'`«»\n]{5,80})[\"'`»]")
_BETWEEN: Final = re.compile(r"[:;,()\[\]<>\"'`«»\n]+|\s-\s|\d+")
_WORD: Final = re.compile(r"[^\W\d_]{5,}")
# A name of two words or more; a single word stands anywhere.
_TELLING: Final = re.compile(r"(?<![\w.-])(?=[\w-]{8})[A-Za-z]\w*(?:_\w+|[a-z0-9][A-Z]\w*|-\w+)(?:-\w+)*(?![\w-])")


def said_source(code: CodeTools, trace: StackTrace, characters: int) -> str:
    """Return up to three such lines within `characters`, with what stands beside them; of words that stand in few lines."""
    shown: list[str] = []
    places = set[tuple[str, int]]()
    for words in list(dict.fromkeys(_words(trace)))[:_SEARCHES]:
        for path, line in _lines(code, words):
            part = _shown(code, path, line)
            if (path, line) not in places and part and len(shown) < _MOST and len(part) + 2 <= characters:
                places.update((path, line + near) for near in range(-_BESIDE, _BESIDE + 1))
                shown.append(part)
                characters -= len(part) + 2
    return "\n\n".join(shown)


def _words(trace: StackTrace) -> Iterator[str]:
    """What the message quotes, the names in it, and the parts of it that code may print, the longest first."""
    message = trace.spoken[:1_000]
    yield from (text.strip() for text in _QUOTED.findall(message) if _tells(text))
    yield from sorted(_TELLING.findall(message), key=len, reverse=True)
    parts = (part.strip(" .") for part in _BETWEEN.split(message))
    yield from sorted(
        (part for part in parts if _PART <= len(part) <= _LONGEST and _tells(part)), key=len, reverse=True
    )


def _tells(text: str) -> bool:
    """Whether a word stands in it that runtimes do not say."""
    return any(word.casefold() not in STOCK for word in _WORD.findall(text))


def _lines(code: CodeTools, words: str) -> list[tuple[str, int]]:
    """Where the words stand in code; nothing where they stand in many lines, or cannot be looked for."""
    try:
        found = matching(code.deployed, LinePattern(words)).found
    except (ToolError, IncompleteRepository):
        return []
    lines = [(path, line) for path, each in found.items() if kind_of(path) not in HARMLESS for line in each]
    return lines if len(lines) <= _RARE else []


def _shown(code: CodeTools, path: str, line: int) -> str:
    try:
        outline = outline_at(code.deployed.repository, code.deployed.revision, path)
    except IncompleteRepository:
        return ""
    if outline is None or line > len(outline.lines):
        return ""
    within = enclosing(outline, line)
    near = range(max(1, line - _BESIDE), min(len(outline.lines), line + _BESIDE) + 1)
    rows = [f"{'>' if each == line else ' '}{each:5} {printable(outline.lines[each - 1])}".rstrip() for each in near]
    return "\n".join([f"{printable(path)}{f', in {printable(within)}' if within else ''}", *rows])
