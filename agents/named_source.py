"""The functions that an error names where no frame of its trace lies in the repository: found by their names."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from incidents.errors import IncompleteRepository, ToolError
from incidents.trace import StackTrace
from tools.source.code import CodeTools
from tools.source.index import SourceIndex

_FRAMES: Final = 4
_NAMES: Final = 6  # that are looked for
_SHOWN: Final = 2
_TELLING: Final = 4  # letters of a function's name
_PARTS: Final = re.compile(r"[.:#\\$>-]+")
_QUALIFIED: Final = re.compile(r"[A-Za-z_]\w{0,60}(?:(?:\.|::|#|->)[A-Za-z_]\w{0,60}){1,8}")


class _Named(NamedTuple):
    owner: str
    function: str


def named_source(code: CodeTools, index: SourceIndex, trace: StackTrace, characters: int) -> str:
    """Return the source of the named functions within `characters`, each line with the commit that last touched it.

    Only of a name that stands for one definition, in one class: anything else would be a guess.
    """
    parts: list[str] = []
    left = characters
    for name in list(dict.fromkeys(_names(trace)))[:_NAMES]:
        shown = _source(code, index, name)
        if shown and shown not in parts and len(shown) <= left:
            parts.append(shown)
            left -= len(shown) + 2
        if len(parts) == _SHOWN:
            break
    return "\n\n".join(parts)


def _source(code: CodeTools, index: SourceIndex, name: _Named) -> str:
    try:
        found = index.find(name.function, name.owner)
        if len(found) != 1:
            return ""
        return code.class_function_definition_blame(name.owner, name.function, found[0].path)
    except (ToolError, IncompleteRepository):  # what cannot be read is not shown
        return ""


def _names(trace: StackTrace) -> Iterator[_Named]:
    """Class and function of the innermost frames, then of the message's qualified names."""
    for frame in trace.frames[:_FRAMES]:
        if frame.function:
            yield from _named(f"{frame.class_name or ''}.{frame.function}")
    for failure in trace.failures:
        for found in _QUALIFIED.findall(failure.message):
            yield from _named(found)


def _named(text: str) -> Iterator[_Named]:
    parts = [part for part in _PARTS.split(text) if part]
    if len(parts) > 1 and len(parts[-1]) >= _TELLING:
        yield _Named(parts[-2], parts[-1])
