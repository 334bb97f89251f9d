"""Where the values of the failing line come from: a backward slice by text, the same for all languages, bounded.

From the innermost frame's statement upwards: what sets a name it uses, and the names used for that in turn; a parameter
leads on to the statement of the calling frame. What these statements call *produces* the failing value.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tools.impact.site_text import calls_in, statement_at
from tools.source.outline import Outline

_FRAMES: Final = 4
_LINES: Final = 200
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_NAMES: Final = r"(?P<names>[$@&*]?[A-Za-z_]\w*(?:\s*+,\s*+[$@&*]?[A-Za-z_]\w*){0,6})"
_SETTERS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^\s*+(?:(?:const|let|var|val|final|auto|my|public|private|readonly|static)\s++)*(?:[\w.]+(?:<[^=;\n]*>)?(?:\[\])?\s++)?[\[({{]?\s*+{_NAMES}\s*+[\])}}]?"
        r"(?:\[[^\]\n]*\])*(?:\s*+:[^=\n]{1,60})?\s*+(?:\|\||\?\?|[-+*/|&.])?:?=(?![=>~])(?P<value>.*)",
        rf"^\s*+for\s*+\(?\s*+(?:(?:const|let|var|final)\s++)?(?:[\w<>\[\]]+\s++)?{_NAMES}\s*+(?:in|of|:=\s*+range|:)\s(?P<value>.*)",
        r"^\s*foreach\s*\((?P<value>.*?)\s+as\s+(?P<names>\$\w+(?:\s*=>\s*\$\w+)?)",
        rf"^\s*(?:async\s+)?with\s+(?P<value>.*)\s+as\s+{_NAMES}",
        r"^(?P<value>.*)\.each\w*\s*(?:do|\{)\s*\|(?P<names>[\w, ]+)\|",
    )
)


class Producer(NamedTuple):
    """What produces a value of the failing line: `variable` is the name set with it (empty: the line calls it itself),
    in the function of the frame number `depth`, `steps` assignments away."""

    variable: str
    depth: int
    steps: int


class _Site(NamedTuple):
    outline: Outline
    line: int
    start: int
    end: int


def producers(sites: Sequence[tuple[Outline, int, int, int]]) -> Mapping[str, Producer]:
    """By the name that is called; `sites` are the innermost frames' (file, line, first and last line of the function)."""
    found: dict[str, Producer] = {}
    wanted: set[str] = set()
    for depth, site in enumerate(map(_Site._make, sites[:_FRAMES])):
        statement = statement_at(site.outline, site.line, site.end)
        if depth and not wanted:
            break
        for name in calls_in(statement):
            found.setdefault(name, Producer("", depth, 0))
        names = {word: 0 for word in _NAME.findall(statement)}
        wanted = _parameters(site) & _above(site, names, depth, found)
    return found


def _above(site: _Site, names: dict[str, int], depth: int, found: dict[str, Producer]) -> set[str]:
    """All names on which the statement depends inside its function; what they are set with is added to `found`."""
    for number in range(site.line - 1, max(site.start, site.line - _LINES), -1):
        for set_names, value in _set_on(site.outline.lines[number - 1]):
            steps = min((names[name] for name in set_names if name in names), default=None)
            if steps is None:
                continue
            statement = value + statement_at(site.outline, number, site.end).partition("\n")[2]
            variable = next(name for name in set_names if name in names)
            for call in calls_in(statement):
                found.setdefault(call, Producer(variable, depth, steps + 1))
            for word in _NAME.findall(statement):
                names.setdefault(word, steps + 1)
    return set(names)


def _set_on(line: str) -> Iterator[tuple[list[str], str]]:
    if len(line) < _LINES * 2:
        for setter in _SETTERS:
            if row := setter.match(line):
                yield _NAME.findall(row["names"]), row["value"]
                return


def _parameters(site: _Site) -> set[str]:
    return set(_NAME.findall(statement_at(site.outline, site.start, site.end).partition("(")[2]))
