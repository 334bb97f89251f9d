"""Whether one place in code leads to another: one definition, a call, a name in code, an attribute of one object that both
lines use, a directive of the whole file, or a file that code reads by name.

Names come from the syntax tree, so a word in a comment, a docstring or a sentence is no link. A file without a grammar
(a template, a script of a database) is read as text without its comment lines.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from tools.source.dataflow import flows, names_on
from tools.source.languages import language_of
from tools.source.outline import Outline
from tools.source.parsed import Parsed, parse
from tools.text.comments import is_comment_line, is_directive

_BESIDE: Final = 8  # lines read around a line outside of every definition
_SHORTEST: Final = 3  # letters of a folder or file that count as named
# Every class has them, so who calls one of that name need not call this one: the name of the class counts.
_MAKERS: Final = frozenset({"__init__", "__new__", "__construct", "constructor", "initialize"})


# `self.carts` of Python, `this.carts`, `$this->carts`, `self::$carts` and `@carts`; not a method that is called.
_STATE: Final = re.compile(r"(?:\b(?:self|this|cls)(?:\.|->|::\$)|(?<!\w)@{1,2})([A-Za-z_]\w{2,})\b(?!\s*\()")


# A name of two words or more: `setter_type`, `setterType`. Two objects seldom have such an attribute by chance.
_TELLING: Final = re.compile(r"(?=.{8})[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+|(?=.{8})[A-Za-z]?[a-z0-9]+(?:[A-Z][a-z0-9]+)+")


class Span(NamedTuple):
    """A definition: its name, and its first and last line."""

    name: str
    start: int
    end: int


class _Used(NamedTuple):
    """What a piece of code uses: names that it does not bind itself, and the parts of its string literals."""

    names: frozenset[str]
    literals: frozenset[str]


@dataclass(frozen=True)
class Place:
    """A line of a file, with the definitions that it stands in."""

    outline: Outline
    line: int

    @property
    def path(self) -> str:
        """The file."""
        return self.outline.path

    @cached_property
    def around(self) -> tuple[Span, ...]:
        """The functions, classes and constants around the line, innermost first."""
        spans = {Span(each.name, each.start, each.end) for each in self.outline.around(self.line)}
        if constant := self.outline.constant(self.line):
            spans.add(Span(constant.name, constant.start, max(constant.end, self.line)))
        if self._parsed is not None:
            inside = (each for each in self._parsed.outline if each.start <= self.line <= each.end)
            spans.update(Span(each.name, each.start, each.end) for each in inside)
        return tuple(sorted(spans, key=lambda span: (-span.start, span.end)))

    @property
    def path_of_names(self) -> tuple[str, ...]:
        """The names of the definitions around it, outermost first."""
        return tuple(span.name for span in reversed(self.around))

    @property
    def names(self) -> frozenset[str]:
        """The names by which other code reaches the place."""
        return frozenset(span.name for span in self.around if len(span.name) > 1) - _MAKERS

    @property
    def state(self) -> frozenset[str]:
        """The attributes of its own object that the code of the line reads or sets."""
        if self._parsed is None or self.line > len(self.outline.lines):
            return frozenset()
        code = {name.text.lstrip("@$") for name in self._parsed.names(self.line, self.line)}
        return frozenset(code.intersection(_STATE.findall(self.outline.lines[self.line - 1])))

    @cached_property
    def sets(self) -> frozenset[str]:
        """The attributes of any object that the line sets, those with a telling name."""
        found = flows(self._parsed, self.line, self.line) if self._parsed is not None else ()
        return frozenset(name for flow in found for name in flow.targets.attributes if _TELLING.fullmatch(name))

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The attributes of any object that stand on the line."""
        found = self._parsed.names(self.line, self.line) if self._parsed is not None else ()
        return frozenset(name.text for name in found if name.kind == "attribute")

    @property
    def is_directive(self) -> bool:
        """Whether the line makes the whole file be read or run in another way."""
        lines = self.outline.lines[self.line - 1 : self.line]
        return not self.around and any(is_directive(line, self.path) for line in lines)

    @cached_property
    def uses(self) -> _Used:
        """What the innermost definition uses."""
        first, last = self.around[0][1:] if self.around else (max(1, self.line - _BESIDE), self.line + _BESIDE)
        if self._parsed is None:
            return _of_text(self.outline.lines[first - 1 : last], self.path)
        return _of_code(self._parsed, first, last, self.around[0].name if self.around else "")

    @cached_property
    def _parsed(self) -> Parsed | None:
        return parse(self.path, self.outline.source)


def linked(one: Place, other: Place) -> bool:
    """Return whether two places stand in one definition, one contains the other, or one uses the other: calls it, makes
    it, reads it, opens its file, shares an attribute of their class with it, sets an attribute with a telling name that
    the other's line reads, or is a directive of the whole file."""
    if one.path == other.path and (_in_one_definition(one, other) or _share_state(one, other)):
        return True
    if one.path == other.path and (one.is_directive or other.is_directive):
        return True
    if one.sets & other.attributes or other.sets & one.attributes:
        return True
    return _uses(one, other) or _uses(other, one)


def names_file(user: Place, path: str) -> bool:
    """Return whether the code around a place names a file: by its name, without its ending or in a path."""
    file = PurePosixPath(path)
    return bool({file.name, file.stem} & (user.uses.names | user.uses.literals))


def _in_one_definition(one: Place, other: Place) -> bool:
    """By name, not by line: one place may be of an earlier revision of the file."""
    shorter, longer = sorted((one.path_of_names, other.path_of_names), key=len)
    return longer[: len(shorter)] == shorter and (bool(shorter) or not longer)


def _share_state(one: Place, other: Place) -> bool:
    """What a method leaves in an attribute reaches another method of the class without a call between them."""
    mine, others = one.path_of_names, other.path_of_names
    return len(mine) > 1 and mine[:1] == others[:1] and bool(one.state & other.state)


def _uses(user: Place, used: Place) -> bool:
    return bool(used.names & user.uses.names) or (_is_data(used.path) and _reads(user, used.path))


def _is_data(path: str) -> bool:
    return language_of(path) is None


def _reads(user: Place, path: str) -> bool:
    """Whether the code names a data file, or both the folder and the kind of file that it works through."""
    folders = {part for part in PurePosixPath(path).parts[:-1] if len(part) >= _SHORTEST}
    endings = set(PurePosixPath(path).suffixes)
    literals = user.uses.literals
    return names_file(user, path) or bool(folders & literals and endings & literals)


def _of_code(parsed: Parsed, first: int, last: int, own: str) -> _Used:
    flowing, found = names_on(parsed, first, last), parsed.names(first, last)
    called = {call.name for call in parsed.calls(first, last)} | flowing.calls
    attributes = {name.text for name in found if name.kind == "attribute"} | flowing.attributes
    plain = {name.text for name in found if name.kind in ("identifier", "constant")} | flowing.variables
    bound = {name for flow in flows(parsed, first, last) for name in flow.targets.variables}
    for symbol in parsed.outline:
        if symbol.start == first and symbol.end == last:
            bound.update(parameter.name for parameter in symbol.parameters)
    keys = frozenset(part for name in found if name.kind == "key" for part in _parts(name.text))
    return _Used(frozenset(called | attributes | (plain - bound - {own})), keys)


def _of_text(lines: list[str], path: str) -> _Used:
    text = "\n".join(line for line in lines if not is_comment_line(line, path))
    return _Used(frozenset(re.findall(r"[\w$]+", text)), frozenset(_parts(text)))


def _parts(text: str) -> list[str]:
    """A literal, and what stands between its slashes."""
    return [text, *re.split(r"[/\\\s]+", text)]
