"""The source that a failing execution runs through, as deployed, with the commit of the deploy beside each line.

Shown in this order: the innermost function around its failing line, what that line calls, the callers, then what else the
innermost function calls, in any file. Cuts are
centred on the failing lines; documentation strings are left out; what was cut is said.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import dirname
from typing import Final

from agents.excerpts import frame_lines
from incidents.errors import IncompleteRepository
from incidents.evidence import Commit, Evidence
from tools.git.blame import window_blame
from tools.git.repository import Repository
from tools.impact.site_text import calls_in, docstring_of, statement_at
from tools.source.file_kinds import HARMLESS, kind_of
from tools.source.index import SourceIndex
from tools.source.outline import Definition, Outline
from tools.source.outline_cache import outline_at
from tools.text.identifiers import IDENTIFIER

_WIDTH: Final = 160
_FRAMES: Final = 6
_INNERMOST: Final = (14, 5)  # lines before and after the failing one
_CALLER: Final = (4, 2)
_CALLEE_LINES: Final = 14
_CALLEES: Final = 3
_TELLING: Final = 8  # letters of a name that is looked for in other folders
_LOOKED_UP: Final = 6  # further names that are looked for in the whole revision
_STATEMENT: Final = 4  # lines
_HEAD_LINES: Final = 400
_HEAD_SHOWN: Final = 4
_BETWEEN: Final = "\n\n"  # two blocks


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of one file under a title; `failing` are pointed at."""

    path: str
    title: str
    lines: tuple[int, ...]
    failing: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SourceReader:
    """Reads the source around the frames of one incident. `marks` says how a commit of the deploy is named: sha -> text."""

    repository: Repository
    evidence: Evidence
    window: Sequence[Commit]
    marks: Mapping[str, str]
    index: SourceIndex
    _blamed: dict[str, dict[int, str]] = field(default_factory=dict, repr=False)

    def excerpt(self, characters: int) -> str:
        """Return the blocks that fit; an empty string when no frame's file can be read."""
        parts: list[str] = []
        left = characters
        for block in self._blocks():
            shown = self._shown(block)
            if len(shown) <= left:
                parts.append(shown)
                left -= len(shown) + len(_BETWEEN)
        return _BETWEEN.join(parts)

    @property
    def names(self) -> frozenset[str]:
        """The names in the failing statements of the innermost frames."""
        found: set[str] = set()
        for path, line in list(dict.fromkeys(frame_lines(self.evidence.trace)))[:_FRAMES]:
            outline = self._outline(path)
            if outline is not None and line <= len(outline.lines):
                found.update(IDENTIFIER.findall(statement_at(outline, line, line + _STATEMENT)))
        return frozenset(found)

    def _blocks(self) -> Iterator[_Block]:
        """The blocks in the order of their worth."""
        frames = dict.fromkeys(frame_lines(self.evidence.trace))
        seen: set[tuple[str, int]] = set()
        for depth, (path, line) in enumerate(list(frames)[:_FRAMES]):
            outline = self._outline(path)
            if outline is None or not 1 <= line <= len(outline.lines):
                continue
            around = outline.function(line)
            if (path, around.start if around else line) in seen and depth:
                continue
            seen.add((path, around.start if around else line))
            also = {other for there, other in frames if there == path and other}
            yield _around(outline, line, around, also, _INNERMOST if depth == 0 else _CALLER)
            if depth == 0:
                yield from self._callees(outline, line, around)
        yield from self._further()

    def _further(self) -> Iterator[_Block]:
        """What else the innermost function calls, what is nearest above the failing line first: each name that stands for one
        definition, here or in another file."""
        path, line = next(iter(frame_lines(self.evidence.trace)), ("", 0))
        outline = self._outline(path) if path else None
        around = outline.function(line) if outline is not None and 1 <= line <= len(outline.lines) else None
        if outline is None or around is None:
            return
        told = calls_in(statement_at(outline, line, around.end))
        shown = {name for name in told if outline.named(name)} | {around.name}
        rows = sorted(range(around.start, around.end + 1), key=lambda row: (row > line, abs(row - line)))
        called = dict.fromkeys(name for row in rows for name in sorted(calls_in(outline.text(row, row))))
        for name in [name for name in called if name not in shown][:_LOOKED_UP]:
            yield from self._definition(name, path)

    def _definition(self, name: str, near: str) -> Iterator[_Block]:
        try:
            found = [each for each in self.index.find(name, near=near) if kind_of(each.path) not in HARMLESS]
        except IncompleteRepository:
            return
        if len(found) != 1 or found[0].kind == "class" or not _is_meant(name, near, found[0].path):
            return
        if (outline := self._outline(found[0].path)) is None:
            return
        lines = _without_docstring(outline, found[0].start, found[0].end)[:_CALLEE_LINES]
        title = f"{found[0].kind} {found[0].qualified_name}, lines {found[0].start}-{found[0].end}, called there"
        yield _Block(outline.path, title, lines)

    def _callees(self, outline: Outline, line: int, around: Definition | None) -> Iterator[_Block]:
        """The functions of the same file that the failing statement calls."""
        statement = statement_at(outline, line, around.end if around else line)
        for name in sorted(calls_in(statement))[:_CALLEES]:
            for found in outline.named(name)[:1]:
                if found.start != (around.start if around else 0):
                    lines = _without_docstring(outline, found.start, found.end)[:_CALLEE_LINES]
                    yield _Block(outline.path, f"{_name(found)}, called there", lines)

    def _outline(self, path: str) -> Outline | None:
        try:
            return outline_at(self.repository, self.evidence.deployed, path)
        except IncompleteRepository:  # an object that a partial clone lacks is not shown
            return None

    def _shown(self, block: _Block) -> str:
        outline = self._outline(block.path)
        if outline is None:
            return ""
        blamed = self._blame(block.path, len(outline.lines))
        rows = [f"{block.path}, {block.title}"]
        previous = block.lines[0] - 1 if block.lines else 0
        for line in block.lines:
            if line > previous + 2:  # one line is not worth a line
                rows.append(f"         … {line - previous - 1} lines left out")
            mark = ">" if line in block.failing else " "
            rows.append(f"{mark}{line:5} {blamed.get(line, ''):3} {outline.lines[line - 1][:_WIDTH]}".rstrip())
            previous = line
        return "\n".join(rows)

    def _blame(self, path: str, count: int) -> dict[int, str]:
        """line -> the mark of the commit of the deploy that last wrote it."""
        if path not in self._blamed:
            try:
                found = window_blame(self.repository, self.window, self.evidence.deployed, path, range(1, count + 1))
            except IncompleteRepository:
                found = {}
            self._blamed[path] = {line: self.marks.get(each.sha, f"#{each.sha[:7]}") for line, each in found.items()}
        return self._blamed[path]


def _is_meant(name: str, near: str, path: str) -> bool:
    """Whether a call in one file means the only definition of the name in another: far away, a short name (`lock`) is more
    likely a library's."""
    return dirname(near) == dirname(path) or len(name) >= _TELLING


def _around(
    outline: Outline, line: int, around: Definition | None, also: Iterable[int], reach: tuple[int, int]
) -> _Block:
    """The function around a failing line: its first line, and the lines near the failing one."""
    first, last = (around.start, around.end) if around else (max(1, line - reach[0]), min(len(outline.lines), line + 1))
    inside = {each for each in also if first <= each <= last and outline.function(each) == around}
    failing = frozenset({line, *inside})
    near = range(max(first, min(failing) - reach[0]), min(last, max(failing) + reach[1]) + 1)
    every = _without_docstring(outline, first, last) if around else range(first, last + 1)
    kept = {each for each in every if outline.lines[each - 1].strip()}
    wanted = {each for each in near if any(-reach[0] <= each - one <= reach[1] for one in failing)}
    lines = sorted((wanted & kept) | failing | ({first} if around else set()))
    head = _head(outline, line, last) if reach == _INNERMOST else ()
    return _Block(outline.path, _name(around), tuple(sorted({*head, *lines})), failing)


def _head(outline: Outline, line: int, end: int) -> list[int]:
    """The lines at the top of the file that the failing statement depends on: directives, and imports of its names."""
    names = set(IDENTIFIER.findall(statement_at(outline, line, end)))
    rows = list(enumerate(outline.lines[: min(_HEAD_LINES, line - 1)], 1))
    found = [number for number, text in rows if _DIRECTIVE in text or _provides(text, names)]
    return found[:_HEAD_SHOWN]


_DIRECTIVE: Final = "strict_types"
_IMPORTING: Final = ("import", "from", "use ", "using ", "require", "include", "}")
_CONSTANT: Final = re.compile(
    r"(?:export |const |let |var |final |static )*\$?([A-Za-z_]\w*)(?:\s*+:[^=]*+)?\s*+=(?!=)"
)


def _provides(text: str, names: set[str]) -> bool:
    """Whether a line outside of everything imports one of the names, or is the constant of that name."""
    if text.startswith(_IMPORTING):
        return bool(names & set(IDENTIFIER.findall(text)))
    constant = _CONSTANT.match(text)
    return constant is not None and constant[1] in names


def _without_docstring(outline: Outline, start: int, end: int) -> tuple[int, ...]:
    first, last = docstring_of(outline, start, end)
    return tuple(line for line in range(start, end + 1) if not first <= line <= last)


def _name(definition: Definition | None) -> str:
    if definition is None:
        return "outside functions"
    name = f"{definition.owner}.{definition.name}" if definition.owner else definition.name
    return f"{definition.kind} {name}, lines {definition.start}-{definition.end}"
