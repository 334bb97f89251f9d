"""Whether lines that an agent cites for "none of these" are a way through older code that bears on the failure.

Two lines that exist are cheap to cite: the failing one and its neighbour say nothing of who made the failing value. What
counts are two lines that no commit of the deploy wrote, of which the later one is where it fails (of a failure without a
line in this code: one of them names what the error names), and the earlier one gives it its value: it calls or is called,
sets a name that the other uses, decides whether the other runs, or both use one key. Two places that each print a part of
the message are such a way too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

from incidents.errors import IncompleteRepository
from incidents.evidence import Commit
from tools.git.blame import window_blame
from tools.git.repository import Repository
from tools.impact.code_links import Place, linked
from tools.impact.failure_site import FailureSite
from tools.impact.site_text import statement_at
from tools.source.conditions import condition_on
from tools.source.dataflow import Names, flows, names_on
from tools.source.parsed import Parsed, parse
from tools.text.comments import is_comment_line
from tools.text.identifiers import IDENTIFIER, STOCK

_TELLING: Final = 5  # letters of a name of the failure
_SHORTEST: Final = 3  # letters of a name that two lines of one function share
_STATEMENT: Final = 12  # lines
_STRING: Final = re.compile(r"\"([^\"\n]{4,200})\"|'([^'\n]{4,200})'|`([^`\n]{4,200})`")
_FILLED_IN: Final = re.compile(r"%[-+#0-9.]*[a-zA-Z]|[$#]?\{[^{}\n]{0,80}\}")
# Who only calls a method of a value (`lock.acquire()`) is no more its maker than the next line.
_SETS: Final = re.compile(r"(?<![=!<>])=(?![=>])|\b(?:for|foreach|as|in)\b|<-")
_PART: Final = 8  # characters of a printed part of the message
# A key of two words or more: `firstPlayed`, `first_played`, `site-name`. Two places seldom share one by chance.
_KEY: Final = re.compile(r"(?=.{8})[A-Za-z][a-z0-9]*(?:[A-Z_.-][A-Za-z0-9]+)+")


@dataclass(frozen=True)
class OlderWay:
    """What can be said of cited lines in one repository at the deployed revision, whose `window` is that of the deploy."""

    repository: Repository
    deployed: str
    window: Sequence[Commit]
    site: FailureSite

    def leads(self, places: Sequence[Place]) -> bool:
        """Return whether two of the places, in the order in which the failure comes about, are such a way."""
        older = [place for place in dict.fromkeys(places) if _is_code(place) and self._is_older(place)]
        return any(self._is_way(one, other) for one, other in combinations(older, 2))

    def _is_way(self, one: Place, other: Place) -> bool:
        if (one.path, one.line) == (other.path, other.line):
            return False
        fails = self._fails(other) or (not self.site.located and self._fails(one))
        return (fails and self._gives(one, other)) or self._both_print(one, other)

    def _is_older(self, place: Place) -> bool:
        try:
            return not window_blame(self.repository, self.window, self.deployed, place.path, [place.line])
        except IncompleteRepository:
            return False

    def _fails(self, place: Place) -> bool:
        """Whether it fails there: in a function of the trace; without one in this code, where the error's names stand."""
        if self.site.located:
            return self._in_trace(place)
        line = _line(place)
        words = {word.casefold() for word in (*IDENTIFIER.findall(line), *(span.name for span in place.around[:1]))}
        return bool(words & self._named) or any(text in line for text in self.site.literals if len(text) >= _TELLING)

    def _in_trace(self, place: Place) -> bool:
        frames = self.site.frames
        return any(each.path == place.path and each.start <= place.line <= each.end for each in frames)

    @cached_property
    def _named(self) -> frozenset[str]:
        """What the error names: words of its message, functions and classes of its frames."""
        frames = self.site.trace.frames
        of_frames = (word for each in frames for word in IDENTIFIER.findall(f"{each.class_name} {each.function}"))
        words = {*self.site.message_words, *of_frames}
        return frozenset(word.casefold() for word in words if len(word) >= _TELLING and word.casefold() not in STOCK)

    def _gives(self, one: Place, other: Place) -> bool:
        if one.path != other.path or one.around[:1] != other.around[:1]:
            return linked(one, other) or bool(_keys(one) & _keys(other)) or self._both_ran(one, other)
        parsed = parse(one.path, one.outline.source)
        return parsed is not None and _passes(parsed, one, other)

    def _both_ran(self, one: Place, other: Place) -> bool:
        return self.site.located and self._in_trace(one) and self._in_trace(other)

    def _both_print(self, one: Place, other: Place) -> bool:
        """Whether each prints a part of the message that the other does not."""
        mine, others = _printed(one, self.site.message), _printed(other, self.site.message)
        return bool(mine - others) and bool(others - mine)


def _passes(parsed: Parsed, one: Place, other: Place) -> bool:
    """Whether a line sets a name that a later statement of its function uses, or decides by it whether that runs."""
    last = other.line + statement_at(other.outline, other.line, other.line + _STATEMENT).count("\n")
    used = _names(names_on(parsed, other.line, last))
    around = flows(parsed, max(1, one.line - _STATEMENT), one.line) if _SETS.search(_line(one)) else ()
    given = {name for flow in around if flow.line <= one.line <= flow.last for name in _names(flow.targets)}
    return bool((given | _names(condition_on(parsed, one.line, other.line))) & used)


def _names(names: Names) -> set[str]:
    return {name for name in (*names.variables, *names.attributes) if len(name.lstrip("$")) >= _SHORTEST} | {
        name for name in names.variables if len(name) == _SHORTEST - 1
    }


def _is_code(place: Place) -> bool:
    line = _line(place)
    return bool(IDENTIFIER.search(line)) and not is_comment_line(line, place.path)


def _line(place: Place) -> str:
    return place.outline.lines[place.line - 1]


def _strings(place: Place) -> list[str]:
    return ["".join(groups) for groups in _STRING.findall(_line(place))]


def _keys(place: Place) -> set[str]:
    return {text for text in _strings(place) if _KEY.fullmatch(text)}


def _printed(place: Place, message: str) -> set[str]:
    parts = (part.strip(" :.,") for text in _strings(place) for part in _FILLED_IN.split(text))
    return {part for part in parts if len(part) >= _PART and part in message}
