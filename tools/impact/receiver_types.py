"""Of which types that can be from which a failing line reads an attribute: told by the names of what it is read from."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from tools.impact.value_slice import Use
from tools.source.constructed_fields import fields_of
from tools.source.outline import Outline
from tools.source.parsed import Parsed, parse
from tools.text.identifiers import parts, singular

_TYPE: Final = re.compile(r"(?<![A-Za-z])[A-Z]\w{3,79}")
"""A type that is looked for by its name alone."""


class AttributeRead(NamedTuple):
    """Where an attribute is read, and what it is read from there."""

    name: str
    use: Use
    receivers: frozenset[str]


class ReceiverTypes:
    """The types that what is read can be of: those called as its receivers, and those that the reading file names."""

    def __init__(self, reads: Iterable[AttributeRead], near: Mapping[str, Outline]) -> None:
        self._near = near
        self._kinds = {read: frozenset(map(last_word, read.receivers)) for read in reads}
        paths = {read.use.path for read in self._kinds}
        self._words = {path: frozenset(_TYPE.findall(near[path].source)) for path in paths if path in near}
        self._all = frozenset().union(*self._words.values()), frozenset().union(*self._kinds.values())
        self._fields: dict[str, tuple[str, ...]] = {}

    def __contains__(self, name: str) -> bool:
        words, kinds = self._all
        return name in words or last_word(name) in kinds

    def is_read(self, name: str, read: AttributeRead) -> bool:
        """Whether the attribute can be one of the type `name`."""
        return last_word(name) in self._kinds[read] or name in self._words.get(read.use.path, ())

    def fields(self, name: str, here: Parsed) -> tuple[str, ...]:
        """The attributes that the type takes by their place, from the file itself or one near the trace."""
        if name not in self._fields:
            made = re.compile(rf"\b(?:class|record|struct|type)\s+{re.escape(name)}\b|\b{re.escape(name)}\s*=\s*\w")

            def makes(source: str) -> bool:
                return name in source and made.search(source) is not None  # a plain text is found ten times faster

            own = [here] if makes(here.source.decode("utf-8", errors="replace")) else []
            others = (parse(path, each.source) for path, each in self._near.items() if makes(each.source))
            files = (each for each in (*own, *others) if each is not None)
            self._fields[name] = next((fields for each in files if (fields := fields_of(each, name))), ())
        return self._fields[name]


@lru_cache(maxsize=4_096)
def last_word(name: str) -> str:
    """The last word of a name, as one: `order` of `firstOrder`, `PurchaseOrder` and `orders`."""
    words = parts(name)
    return singular(words[-1]) if words else ""
