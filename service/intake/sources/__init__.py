"""One file for each kind of sender, holding `SOURCE`; a new file here is a new source at POST /alerts/{its name}."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache

from service.intake.adapter import Source


@cache
def _found() -> dict[str, Source]:
    sources = {}
    for module in pkgutil.iter_modules(__path__):
        source = importlib.import_module(f"{__name__}.{module.name}").SOURCE
        assert isinstance(source, Source), module.name
        sources[source.name] = source
    return sources


class _Sources(Mapping[str, Source]):
    """Loaded with the first question: `generic` asks for the others, and any of them may be imported first."""

    def __getitem__(self, name: str) -> Source:
        return _found()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_found())

    def __len__(self) -> int:
        return len(_found())


SOURCES: Mapping[str, Source] = _Sources()
"""Name -> source."""
