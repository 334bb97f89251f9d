"""Lines that a search found, as text: grouped by file and function, so that neither is repeated."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tools.source.listing import printable
from tools.text.pattern import LinePattern


class Hit(NamedTuple):
    """One line that matches. `sign` is `+` or `-` for a changed line, blank otherwise; `line` is None for one that is gone."""

    path: str
    within: str
    sign: str
    line: int | None
    text: str


def hit_rows(hits: Iterable[Hit], pattern: LinePattern) -> Iterator[str]:
    """The hits in their order: a row for each file and function, and below it the lines, cut around the match."""
    place = ("", "")
    for hit in hits:
        if (hit.path, hit.within) != place:
            within = f" in {printable(hit.within)}" if hit.within else ""
            same_file = hit.path == place[0]
            yield f"  {within or ' at the top level'}" if same_file else f" {printable(hit.path)}{within}"
            place = hit.path, hit.within
        text = hit.text.strip()
        yield f" {hit.sign}{hit.line or '':>5} | {printable(text, pattern.at(text) or 0)}"
