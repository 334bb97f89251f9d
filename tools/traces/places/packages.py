"""Source files that stand outside the folders of their package, as Kotlin's own convention has it: found by what they declare."""

import re
from collections.abc import Iterable
from typing import Final

from tools.traces.places.installed import Read

_DECLARED: Final = re.compile(r"^[ \t]*+package[ \t]++([\w.`]{1,300}+)", re.MULTILINE)
_HEAD: Final = 20_000  # characters: licences and annotations stand above it
_FREE: Final = (".kt", ".scala", ".groovy")
"""Files of languages in which the package and the folder may differ."""


def declaring(printed: str, named: Iterable[str], read: Read | None) -> str | None:
    """Of the files `named` like the printed path (`shop/Page.kt`), the one that declares its package (`package shop`); None
    where none or several do."""
    folder = printed.rpartition("/")[0]
    if read is None or not folder or not printed.endswith(_FREE):
        return None
    found = [path for path in named if _package(read(path)) == folder.replace("/", ".")]
    return found[0] if len(found) == 1 else None


def _package(text: str | None) -> str | None:
    declared = _DECLARED.search(text[:_HEAD]) if text else None
    return declared[1].replace("`", "") if declared else None
