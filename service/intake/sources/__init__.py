"""One file for each kind of sender, holding `SOURCE`; a new file here is a new source at POST /alerts/{its name}."""

import importlib
import pkgutil

from service.intake.adapter import Source


def _found() -> dict[str, Source]:
    sources = {}
    for module in pkgutil.iter_modules(__path__):
        source = importlib.import_module(f"{__name__}.{module.name}").SOURCE
        assert isinstance(source, Source), module.name
        sources[source.name] = source
    return sources


SOURCES = _found()
"""Name -> source."""
