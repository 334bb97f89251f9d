"""The definitions that an error names where no frame of its trace lies in the repository: found by their names."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from incidents.errors import IncompleteRepository
from incidents.trace import StackTrace
from tools.source.file_kinds import HARMLESS, kind_of
from tools.source.index import SourceIndex
from tools.source.syntax import Symbol

_FRAMES: Final = 3
_NAMES: Final = 4  # that are looked for
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


def definitions_named(index: SourceIndex, trace: StackTrace, text: str) -> Sequence[Symbol]:
    """Return the definitions that the innermost frames name, then the qualified names in `text`, then those that can only be
    a class's; only of a name that stands for one definition: anything else would be a guess."""
    names = list(dict.fromkeys(_names(trace, text[:_READ])))[:_NAMES]
    return [found for name in names if (found := _meant(index, name)) is not None]


def _meant(index: SourceIndex, name: _Named) -> Symbol | None:
    """The only definition of the name in the class; without the class, the only one of a long name."""
    try:
        every = index.find(name.function, name.owner)
    except IncompleteRepository:  # what cannot be read is not known
        return None
    found = [each for each in every if kind_of(each.path) not in HARMLESS]
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
