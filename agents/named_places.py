"""The places of code that the facts about a commit name: what its diff must show."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

_PATH: Final = r"[\w@.+-]{1,100}(?:/[\w@.+-]{1,100}){0,12}\.\w{1,8}"
# In brackets of its own a path may be called anything: `app/(shop)/[id] page.tsx`.
IN_BRACKETS: Final = r"\(((?:[^()`:\n]|\([^()`:\n]{0,60}\)){1,200}):(\d{1,6})\)"
_LINE: Final = re.compile(
    rf"(?:`([^`]{{1,80}})`[^`()]{{0,20}}(?=\())?(?:{IN_BRACKETS}|\(?(?<![\w@.+-])({_PATH}):(\d{{1,6}})\b)"
)
_FILE: Final = re.compile(rf"(?<![\w@.+/:-]){_PATH}(?![\w/:])")


class NamedPlace(NamedTuple):
    """File, line (0: only the file is named), and the name of the definition where the fact says one."""

    path: str
    line: int = 0
    name: str = ""


def places_in(facts: Iterable[str]) -> tuple[NamedPlace, ...]:
    """Return the places that sentences name."""
    named: list[NamedPlace] = []
    for fact in facts:
        found = [
            NamedPlace(bracketed or path, int(at or line), name.rpartition(".")[2])
            for name, bracketed, at, path, line in _LINE.findall(fact)
        ]
        named += found or [NamedPlace(path) for path in _FILE.findall(fact) if "/" in path]
    return tuple(named)
