"""Places the frames for which a trace names a class and a function, but no file (.NET without symbols)."""

import re
from collections.abc import Sequence
from typing import Final

from incidents.trace import Frame
from tools.git.repository import Repository
from tools.source.file_kinds import Kind, kind_of
from tools.source.outline import Definition, Outline
from tools.source.outline_cache import outline_at

_SUFFIX: Final = re.compile(r"[`<\[].*")
_LONGEST: Final = 400  # lines


class ClassFiles:
    """The files of one revision by the class they are named after; listed at the first question."""

    def __init__(self, repository: Repository, revision: str) -> None:
        self._repository, self._revision = repository, revision
        self._by_stem: dict[str, list[str]] | None = None

    def place(self, frame: Frame) -> tuple[Outline, Definition] | None:
        """The file and the definition of a frame that names no file; None when there is none, or more than one fits."""
        if frame.path or not frame.class_name or not frame.function:
            return None
        names = [_SUFFIX.sub("", name) for name in re.split(r"[.+$\\]+", frame.class_name)]
        for path in _best(self._named(names), names):
            outline = outline_at(self._repository, self._revision, path)
            definition = outline and definition_of(outline, frame.function)
            if outline and definition:
                return outline, definition
        return None

    def _named(self, names: Sequence[str]) -> list[str]:
        if self._by_stem is None:
            self._by_stem = {}
            for path in self._repository.paths(self._revision):
                self._by_stem.setdefault(path.rsplit("/", 1)[-1].partition(".")[0], []).append(path)
        return next((found for name in reversed(names[-2:]) if (found := self._by_stem.get(name))), [])


def _best(paths: Sequence[str], names: Sequence[str]) -> list[str]:
    """Of files with the class's name, the one whose folders hold most of its namespace; none when two are equal."""
    code = [path for path in paths[:200] if kind_of(path) is Kind.CODE]
    fits = sorted(code, key=lambda path: -_agreement(path, names))
    if len(fits) > 1 and _agreement(fits[0], names) == _agreement(fits[1], names):
        return []
    return fits[:1]


def _agreement(path: str, names: Sequence[str]) -> int:
    folders = set(re.split(r"[/.]", path))
    return sum(1 for name in names if name in folders)


def definition_of(outline: Outline, name: str) -> Definition | None:
    """The function called `name`; a property, or a method whose brace stands on the next line, by its declaration."""
    found = [each for each in outline.named(name) if each.kind == "function"]
    if found:
        return found[0] if len(found) == 1 else None
    declared = re.compile(
        rf"^\s*(?:[\w<>\[\],?.]+\s+)+{re.escape(name)}\s*(?:<[^>\n]*>)?(?:\([^;\n]*\))?\s*(?:=>|\{{|$)"
    )
    for number, line in enumerate(outline.lines, 1):
        if declared.match(line):
            return Definition(name, "function", number, _end_of_member(outline, number), 0)
    return None


def _end_of_member(outline: Outline, start: int) -> int:
    depth = 0
    for number in range(start, min(start + _LONGEST, len(outline.lines)) + 1):
        row = outline.lines[number - 1]
        depth += row.count("{") - row.count("}")
        if depth <= 0 and (";" in row or "}" in row):
            return number
    return start
