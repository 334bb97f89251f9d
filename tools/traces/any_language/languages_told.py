"""The language that the places of a text tell, or the words that only one language's run time prints."""

import re
from collections.abc import Sequence
from typing import Final

from incidents.trace import Frame
from tools.traces.announced import Announced
from tools.traces.messages.runtime_words import language_of
from tools.traces.places.locations import LANGUAGES

_PATH_ALONE: Final = re.compile(
    r"(?:\s*+[-*] (?:\*\*[\w ]{1,20}:?\*\*:? )?)?((?:/|[A-Za-z]:\\|\.{1,2}/)[\w./\\@+ -]{3,400}\.\w{1,8})\s*$"
)
"""A line that is nothing but a path, as trackers print one beside the function."""
_MODULE: Final = re.compile(r"\bnode_modules[/\\]|[\w$-]\.(?:[mc]?[jt]sx?|vue|svelte)(?=[\s'\")\].,:]|$)")


def names_module(said: Announced) -> bool:
    """Whether a bare `Error` is one of JavaScript's: its message names a module of it."""
    return said.type == "Error" and _MODULE.search(said.message) is not None


def of_endings(frames: Sequence[Frame]) -> str | None:
    """The language that the endings of all places tell."""
    tongues = {LANGUAGES.get(frame.path.rpartition(".")[2].lower(), "") for frame in frames}
    return next(iter(tongues)) or None if len(tongues) == 1 else None


def of_words(message: str, frames: Sequence[Frame]) -> str | None:
    """The language whose run time has such words; where it only repeats what another program said, that of the places."""
    language = language_of(None, message)
    return language and (of_endings(frames) or language)


def paths_alone(lines: Sequence[str]) -> Sequence[Frame]:
    """The files that lines name which hold nothing else."""
    return [Frame(path=found[1]) for line in lines if (found := _PATH_ALONE.match(line)) is not None]
