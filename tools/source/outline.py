"""Which function and class a line is in, read from indentation and the keywords that begin a definition.

To parse every file a window touches would cost seconds; this costs about a millisecond a file and is right wherever
code is indented, in every language of the tables below. The agents' code tools use a real parser.
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal

from tools.text.lazy_pattern import LazyPattern

_NAME = r"(?P<name>[A-Za-z_$][\w$]*)"
_PYTHON = rf"^(?P<indent>[ \t]*+)(?:(?:async[ ]++)?(?P<function>def)|class)[ ]++{_NAME}"
_RUBY = rf"^(?P<indent>[ \t]*+)(?:(?P<function>def)[ ]++(?:self\.)?|(?:class|module)[ ]++(?:\w++::)*){_NAME}"
_PHP = (
    rf"^(?P<indent>[ \t]*+)(?:(?:abstract|final|public|protected|private|static|readonly)[ ]++)*"
    rf"(?:(?P<function>function)[ ]++(?:&[ ]*+)?|(?:class|interface|trait|enum)[ ]++){_NAME}"
)
_GO = rf"^(?P<indent>[ \t]*+)(?:(?P<function>func)[ ]++(?:\([^)\n]*+\)[ ]*+)?|type[ ]++){_NAME}"
_SCRIPT = (
    r"^(?P<indent>[ \t]*+)(?:export[ ]++)?(?:default[ ]++)?(?:declare[ ]++)?(?:abstract[ ]++)?"
    r"(?:(?:class|interface|enum|namespace)[ ]++(?P<class>[\w$]+)"
    r"|(?:async[ ]++)?function\*?[ ]++(?P<a>[\w$]+)"
    r"|(?:const|let|var)[ ]++(?P<b>[\w$]++)(?:[ ]*:[^=\n]{0,120})?[ ]*=[ ]*+(?:async[ ]*+)?"
    r"(?:function\b|\([^\n]*=>|[\w$]++[ ]*+=>|\($)"
    r"|(?:[\w$.]+\.)?(?P<c>[\w$]++)[ ]*+=[ ]*+(?:async[ ]*+)?(?:function\b|\([^()\n]*+\)[ ]*+=>)"
    r"|[\"']?(?P<d>[\w$:.-]+)[\"']?[ ]*:[ ]*+(?:async[ ]*+)?(?:function\b|\([^()\n]*+\)[ ]*+=>)"
    r"|(?:(?:public|private|protected|static|async|override|readonly|get|set)[ ]++)*\*?[#]?"
    r"(?P<e>(?!(?:if|for|while|switch|catch|with|function|return|do|else)\b)[\w$]++)[ ]*+(?:<[^>\n]*+>)?"
    r"\((?:(?!function|=>)[^\n;])*\)[ ]*(?::[^\n{;]{1,120})?\{[ ]*$)"
)
_JAVA = (
    r"^(?P<indent>[ \t]*+)(?:@\w++(?:\([^)\n]*+\))?[ ]++)*"
    r"(?:(?:(?:public|protected|private|static|final|abstract|sealed|data|open|inner|internal|partial)[ ]++)*"
    r"(?:class|interface|enum|record|object|trait)[ ]++(?P<class>[\w$]+)"
    r"|(?:(?:\w++[ ]++)*)fun[ ]++(?:<[^>\n]*+>[ ]*+)?(?:[\w<>?]+\.)?(?P<a>[\w$]+)"
    r"|(?:(?:public|protected|private|static|final|abstract|synchronized|native|default|override|virtual|async|"
    r"internal)[ ]++)+"
    r"(?:<[^>\n]*+>[ ]*+)?(?:[\w$.<>\[\],?& ]+[ ])?(?P<b>[\w$]++)[ ]*+\([^;\n]*$"
    r"|(?:[\w$.<>\[\],?]++)[ ]++(?P<c>(?<!return )(?<!new )(?<!throw )(?<!else )[\w$]++)[ ]*+"
    r"\([^;=\n]*\)[ ]*+(?:throws[^{\n]*+)?\{[ ]*$)"
)
_RUST = (
    rf"^(?P<indent>[ \t]*+)(?:pub(?:\([^)\n]*+\))?[ ]++)?(?:(?:async|const|unsafe)[ ]++)*"
    rf"(?:(?P<function>fn)|struct|enum|trait|impl)[ ]++{_NAME}"
)

_PHP_OPENERS = "abstract final public protected private static readonly function class interface trait enum"
_RUST_OPENERS = "pub async const unsafe fn struct enum trait impl"
# The words a line that opens a definition begins with, where the language has such: most lines need no regex then.
_LANGUAGES: dict[str, tuple[LazyPattern, tuple[str, ...]]] = {
    extension: (LazyPattern(pattern), tuple(openers.split()) or ("",))
    for extensions, pattern, openers in (
        ("py pyi pyx", _PYTHON, "def class async"),
        ("rb rake", _RUBY, "def class module"),
        ("php phtml inc module install", _PHP, _PHP_OPENERS),
        ("go", _GO, "func type"),
        ("js mjs cjs jsx ts mts cts tsx vue svelte", _SCRIPT, ""),
        ("java kt kts scala groovy cs swift", _JAVA, ""),
        ("rs", _RUST, _RUST_OPENERS),
    )
    for extension in extensions.split()
}
_LIMIT = 1_500_000
_LONG: Final = 400  # no definition a person could read opens on a longer line, and a regex may be slow on one


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class, or a constant outside functions, as its first line shows it. `start` and `end` are 1-based;
    `owner` is the class around it."""

    name: str
    kind: Literal["function", "class", "constant"]
    start: int
    end: int
    indent: int
    owner: str | None = None


class Outline:
    """The definitions of one file's text, and which of them a line is in."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.source = path, text
        self.lines: list[str] = text.split("\n")
        self.definitions: tuple[Definition, ...] = tuple(_definitions(path, self.lines))
        self._starts = [definition.start for definition in self.definitions]
        self._outer = _outer(self.definitions)
        self._anchors: dict[tuple[int, int], int] = {}
        self._members: dict[int, int] = {}

    def around(self, line: int) -> tuple[Definition, ...]:
        """The definitions that `line` is in, innermost first; a definition's own first line is in it."""
        found: list[Definition] = []
        number = bisect_right(self._starts, line) - 1
        while number >= 0:  # those are nested: what lies around the last one to open is all that can be open still
            if line <= self.definitions[number].end:
                found.append(self.definitions[number])
            number = self._outer[number]
        return tuple(found)

    def function(self, line: int) -> Definition | None:
        """The innermost function around `line`."""
        return next((d for d in self.around(line) if d.kind == "function"), None)

    def owner(self, line: int) -> Definition | None:
        """The innermost class around `line`."""
        return next((d for d in self.around(line) if d.kind == "class"), None)

    def constant(self, line: int) -> Definition | None:
        """The constant, table or class field, outside every function, whose value `line` is part of."""
        owner = next(iter(self.around(line)), None)
        if owner is not None and owner.kind == "function":
            return None
        number = self._anchor(min(line, len(self.lines)), owner)
        match = _ASSIGNED.match(self.lines[number - 1]) if number and line - number <= _LONGEST_VALUE else None
        return Definition(match[1], "constant", number, line, 0, owner.name if owner else None) if match else None

    def _anchor(self, line: int, owner: Definition | None) -> int:
        """The nearest line at or above `line` that has code and the indentation of the owner's members; 0: none.

        Cached for each owner, so that each line is visited once.
        """
        first, walked, anchor = owner.start + 1 if owner else 1, [], 0
        for number in range(line, first - 1, -1):
            if (first, number) in self._anchors:
                anchor = self._anchors[first, number]
                break
            walked.append(number)
            text = self.lines[number - 1]
            if len(text) > _LONG or (_opens(text) and _indent(text) <= self._margin(owner)):
                anchor = number
                break
        self._anchors.update(((first, number), anchor) for number in walked)
        return anchor

    def _margin(self, owner: Definition | None) -> int:
        """How far the members of a class are indented."""
        if owner is None:
            return 0
        if owner.start not in self._members:
            rows = (self.lines[number] for number in range(owner.start, min(owner.end, len(self.lines))))
            self._members[owner.start] = next((_indent(row) for row in rows if _opens(row)), owner.indent)
        return self._members[owner.start]

    def named(self, name: str) -> Sequence[Definition]:
        """The definitions called `name`."""
        return self._by_name.get(name, ())

    @cached_property
    def _by_name(self) -> dict[str, list[Definition]]:
        found: dict[str, list[Definition]] = {}
        for definition in self.definitions:
            found.setdefault(definition.name, []).append(definition)
        return found

    def text(self, start: int, end: int) -> str:
        """The source of the lines `start`..`end` (1-based, inclusive)."""
        return "\n".join(self.lines[start - 1 : end])


def _outer(definitions: Sequence[Definition]) -> list[int]:
    """For each definition the index of the one around it; -1 where there is none."""
    outer: list[int] = []
    for number, definition in enumerate(definitions):
        around = number - 1
        while around >= 0 and definitions[around].end < definition.start:
            around = outer[around]
        outer.append(around)
    return outer


def _definitions(path: str, lines: list[str]) -> list[Definition]:
    found = opened(path, lines)
    ends = _ends(lines, found, braces=not path.endswith(_INDENTED))
    finished: list[Definition] = []
    classes: list[Definition] = []
    for (name, kind, start, indent), end in zip(found, ends, strict=True):
        while classes and classes[-1].end < start:
            classes.pop()
        definition = Definition(name, kind, start, end, indent, classes[-1].name if classes else None)
        if kind == "class":
            classes.append(definition)
        finished.append(definition)
    return finished


def opened(path: str, lines: Sequence[str]) -> list[tuple[str, Literal["function", "class"], int, int]]:
    """(name, kind, 1-based line, indent) of every definition that opens on `lines`; also of a fragment of a file."""
    pattern, openers = _LANGUAGES.get(path.rsplit(".", 1)[-1].lower(), (None, ()))
    if pattern is None or sum(map(len, lines)) + len(lines) > _LIMIT:
        return []
    found: list[tuple[str, Literal["function", "class"], int, int]] = []
    matches = pattern.compiled.match
    for number, line in enumerate(lines, 1):
        if line.lstrip(" \t").startswith(openers) and len(line) <= _LONG and (match := matches(line)):
            name, kind = _read(match)
            if name:
                found.append((name, kind, number, _width(match["indent"])))
    return found


def _read(match: re.Match[str]) -> tuple[str | None, Literal["function", "class"]]:
    groups = match.groupdict()
    if "name" in groups:
        return groups["name"], "function" if groups.get("function") else "class"
    if groups.get("class"):
        return groups["class"], "class"
    return next((groups[key] for key in "abcde" if groups.get(key)), None), "function"


_LONGEST_VALUE: Final = 200  # lines
_ASSIGNED = re.compile(
    r"\s*(?!return\b)(?:(?:export|const|let|var|pub|public|private|protected|static|final|readonly|val)\s+)*"
    r"(?:[\w<>\[\]?.\\]+\s+)?(?:(?:module\.)?exports\.)?"
    r"\$?([A-Za-z_]\w*)\s*(?::[^=\n]{1,80})?=(?![=>])"
)


def constant_opened(line: str) -> str | None:
    """The constant, table or field that a line outside every function begins; None where it begins none."""
    found = _ASSIGNED.match(line[:_LONG])
    return found[1] if found else None


_CLOSER = re.compile(r"[)\]}{>]|end\b|else\b|rescue\b|ensure\b|\*/|EOF|#|//|\"\"\"|'''")


_INDENTED = (".py", ".pyi", ".pyx", ".rb", ".rake")


def _ends(lines: list[str], found: Sequence[tuple[str, str, int, int]], braces: bool) -> list[int]:
    """The last line of each definition: up to the next line that is indented no deeper and is not only a closing mark.

    With `braces` only a closing brace or the next definition ends one: heredocs and labels may be at any column.
    """
    ends = [start for _, _, start, _ in found]
    opening = {start: number for number, (_, _, start, _) in enumerate(found)}
    stack: list[tuple[int, int]] = []
    last, open_at = 0, sys.maxsize  # the indent of the innermost one that is open, and that lines alone can end
    for number, line in enumerate(lines, 1):
        if line[: open_at + 1].isspace() and number not in opening:  # deeper, as most are, or blank
            last = last if line.isspace() else number
            continue
        stripped = line.lstrip(" \t")
        if not stripped or stripped == "\r":
            continue
        if (stack and not braces) or stripped[0] == "}" or number in opening:
            depth = _width(line[: len(line) - len(stripped)])
            while stack and depth <= stack[-1][0]:
                indent, which = stack[-1]
                if depth == indent and _CLOSER.match(stripped):
                    if stripped[0] == "}" or stripped.startswith("end"):
                        ends[which] = number
                        stack.pop()
                    break
                ends[which] = last
                stack.pop()
            if number in opening:
                stack.append((depth, opening[number]))
            open_at = sys.maxsize if braces or not stack else stack[-1][0]
        last = number
    for _, which in stack:
        ends[which] = last
    return ends


def _opens(line: str) -> bool:
    """Whether a line has code of its own: it is neither blank nor only a closing mark."""
    return bool(line.strip()) and not _CLOSER.match(line.lstrip())


def _indent(line: str) -> int:
    return _width(line[: len(line) - len(line.lstrip(" \t"))])


@lru_cache(maxsize=16_384)
def _width(blanks: str) -> int:
    return len(blanks.expandtabs(4))
