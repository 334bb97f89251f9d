"""Which of an agent's citations exist: file and line at the deployed revision, commit in the window."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from incidents.opinion import Citation, Opinion

LinesOf = Callable[[str], int | None]
"""Repository path -> number of lines at the deployed revision, None when there is no such text file."""


class Checked(NamedTuple):
    """An opinion with only the citations that exist, and how many it had claimed."""

    opinion: Opinion
    claimed: int


def check(opinion: Opinion, window: Collection[str], lines_of: LinesOf) -> Checked:
    """Discard what does not exist; nothing else of the opinion changes."""
    real = tuple(dict.fromkeys(each for each in opinion.citations if _exists(each, window, lines_of)))
    return Checked(opinion.model_copy(update={"citations": real}), len(opinion.citations))


def _exists(citation: Citation, window: Collection[str], lines_of: LinesOf) -> bool:
    if citation.commit is not None and citation.commit not in window:
        return False
    lines = lines_of(citation.path)
    return lines is not None and citation.line <= lines
