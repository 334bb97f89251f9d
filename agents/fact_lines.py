"""The line numbers in facts about a commit, as deployed: the facts have those of the commit's own diff."""

import re
from collections.abc import Callable
from typing import Final

from agents.named_places import IN_BRACKETS
from tools.source.line_numbers import Renumber

_PLACE: Final = re.compile(IN_BRACKETS)
_OF_THE_TRACE: Final = " code of `"  # such a fact tells where a function of the trace begins, as deployed


def as_deployed(fact: str, numbers: Callable[[str], Renumber]) -> str:
    """Return the fact with the lines of its places as deployed, only the file of those that are gone.

    `numbers` gives the renumbering of a file, by its path.
    """
    if _OF_THE_TRACE in fact:
        return fact

    def place(found: re.Match[str]) -> str:
        line = numbers(found[1])(int(found[2]))
        return f"({found[1]}:{line})" if line else f"({found[1]})"

    return _PLACE.sub(place, fact)
