"""The functions that an error names where no frame of its trace lies in the repository: found by their names."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from incidents.errors import IncompleteRepository, ToolError
from incidents.trace import StackTrace
from tools.source.code import CodeTools
from tools.source.file_kinds import HARMLESS, kind_of
from tools.source.file_parts import file_lines
from tools.source.index import SourceIndex
from tools.source.syntax import Symbol

_FRAMES: Final = 3
_NAMES: Final = 4  # that are looked for
_SHOWN: Final = 2
_LINES: Final = 30  # of one definition
_TELLING: Final = 4  # letters of a function's name
_ALONE: Final = 8  # letters of a name that means one definition without its class
_READ: Final = 4_000  # characters of the text
_PARTS: Final = re.compile(r"[.:#\\$>-]+")
_QUALIFIED: Final = re.compile(r"(?<!\w)[A-Za-z_]\w{0,60}(?:(?:\.|::|#|->)[A-Za-z_]\w{0,60}){1,8}")


_CLASS: Final = re.compile(r"(?<![\w.])(?:[A-Z][a-z0-9]{1,30}){3,8}\b")
"""Three words or more in one: an error's own type is only found where the repository defines it."""


class _Named(NamedTuple):
    owner: str
    function: str


def named_source(code: CodeTools, index: SourceIndex, trace: StackTrace, text: str, characters: int) -> str:
    """Return the source of the named functions within `characters`, each line with the commit that last touched it.

    Names are those of the innermost frames, then the qualified ones in `text`, then those that can only be a class's;
    only of a name that stands for one definition: anything else would be a guess.
    """
    parts: list[str] = []
    left = characters
    for name in list(dict.fromkeys(_names(trace, text[:_READ])))[:_NAMES]:
        shown = _source(code, index, name)
        if shown and shown not in parts and len(shown) <= left:
            parts.append(shown)
            left -= len(shown) + 2
        if len(parts) == _SHOWN:
            break
    return "\n\n".join(parts)


def _source(code: CodeTools, index: SourceIndex, name: _Named) -> str:
    try:
        found = _meant(index, name)
        if found is None:
            return ""
        return file_lines(code.deployed, found.path, found.start, min(found.end, found.start + _LINES - 1))
    except (ToolError, IncompleteRepository):  # what cannot be read is not shown
        return ""


def _meant(index: SourceIndex, name: _Named) -> Symbol | None:
    """The only definition of the name in the class; without the class, the only one of a long name."""
    found = [each for each in index.find(name.function, name.owner) if kind_of(each.path) not in HARMLESS]
    inside = [each for each in found if name.owner in (each.class_name, *each.scope)]
    if not inside and len(name.function) >= _ALONE:
        inside = found
    return inside[0] if len(inside) == 1 else None


def _names(trace: StackTrace, text: str) -> Iterator[_Named]:
    """Class and function of the innermost frames, then of the text's qualified names."""
    for frame in trace.frames[:_FRAMES]:
        if frame.function:
            yield from _named(f"{frame.class_name or ''}.{frame.function}")
    for found in _QUALIFIED.findall(text):
        yield from _named(found)
    for name in _CLASS.findall(text):
        yield _Named("", name)


def _named(text: str) -> Iterator[_Named]:
    parts = [part for part in _PARTS.split(text) if part]
    if len(parts) > 1 and len(parts[-1]) >= _TELLING:
        yield _Named(parts[-2], parts[-1])
