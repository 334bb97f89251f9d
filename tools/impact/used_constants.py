"""Which commits of a window changed a constant or table that the failing line's values come from.

It stands outside functions, in the failing file or in one that this imports: `from app.settings import ALGORITHM`. What a
constant holds decides how the line that names it fails, though that line is old.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tools.commits.analysis import ReadCommit
from tools.commits.diff_facts import is_comment
from tools.commits.touched_lines import Between, Touch, touches_of
from tools.git.repository import Repository
from tools.impact.changed_definitions import constant_of
from tools.impact.failure_site import FailureSite
from tools.impact.frame_site import FrameSite
from tools.impact.nearness import stem
from tools.impact.site_text import names_imported
from tools.impact.value_slice import ValueSlice
from tools.source.file_kinds import Kind, kind_of
from tools.source.outline import Definition, Outline, constant_opened
from tools.source.outline_cache import outline_at, outlines_beside
from tools.source.same_code import same_lines

_BESIDE: Final = 20  # files
_OWN_NAME: Final = re.compile(r"_*[A-Z]")
"""Begins a name that stands for one thing in a whole program by custom."""


def changed_constants(
    repository: Repository,
    site: FailureSite,
    imported: Mapping[str, Sequence[Outline]],
    values: ValueSlice,
    read: Sequence[ReadCommit],
    touches: Mapping[str, Sequence[Touch]],
    deployed: str,
    between: Between | None = None,
) -> dict[str, str]:
    """By commit sha, what it did to such a constant. `read` are the window's commits, `touches` what they did to files of the
    trace."""
    if not site.located or not site.frames[0].exact:
        return {}
    used, found = _Used(site, values), dict[str, str]()
    known = {each.path: each for each in (site.outlines[used.frame.path], *imported.get(used.frame.path, ()))}
    beside = (outline_at(repository, deployed, path) for path in _beside(site, used, read) if path not in known)
    for outline in (*known.values(), *(each for each in beside if each is not None)):
        path = outline.path
        mine = touches.get(path) or touches_of(read, path, len(outline.lines), judge=False, between=between)
        for touch in () if not used.may_name(outline) else mine:
            for constant, line in _changed(repository, outline, touch, used):
                where = f"{used.frame.path}:{used.frame.line}"
                found.setdefault(touch.sha, f"changed `{constant.name}` ({path}:{line}), which {where} uses")
    return found


def _beside(site: FailureSite, used: "_Used", read: Sequence[ReadCommit]) -> list[str]:
    """The changed files of code in the folder of the failing file that need no import there: those of a package of Go, and
    those called as a type that the function names."""
    folder = used.frame.path.rpartition("/")[0]
    changed = (file.new_path for commit in read for file in commit.diff.files if file.hunks)
    mine = [
        path for path in dict.fromkeys(changed) if path and path.rpartition("/")[0] == folder and site.can_hold(path)
    ]
    near = (path for path in mine if path.endswith(".go") or stem(path) in used.words)
    return [path for path in near if kind_of(path) is Kind.CODE and path != used.frame.path][:_BESIDE]


class _Used:
    """The names on which the failing line depends in its own function, and whose they can be."""

    def __init__(self, site: FailureSite, values: ValueSlice) -> None:
        self.frame: FrameSite = site.frames[0]
        outline = site.outlines[self.frame.path]
        span = (self.frame.path, self.frame.start, self.frame.end)
        read = {
            name for name, use in values.attributes.items() if use.path == span[0] and span[1] <= use.line <= span[2]
        }
        called = {name for name, use in values.calls.items() if use.path == span[0] and span[1] <= use.line <= span[2]}
        self._names = self.frame.line_names | values.variables.get(span, {}).keys() | read | called
        self._text = outline.text(self.frame.start, self.frame.end)
        self.words = frozenset(re.findall(r"\w+", self._text))
        self._imported = names_imported(outline)

    def may_name(self, outline: Outline) -> bool:
        """Whether one of the names stands in the file."""
        return any(name in outline.source for name in self._names)

    def names(self, outline: Outline, constant: Definition) -> bool:
        """Whether the failing line depends on this constant, as far as names tell."""
        name, owner = constant.name, constant.owner
        if name not in self._names or re.search(
            rf"^\s*(?:(?:const|let|var|val)\s+)?{re.escape(name)}\s*:?=(?!=)", self._text, re.M
        ):
            return False  # a variable of the function
        if owner is not None:
            return owner in self.words or owner == self.frame.owner
        if outline.path == self.frame.path or _OWN_NAME.match(name) or name in self._imported:
            return True
        return bool(re.search(rf"\b{re.escape(stem(outline.path))}\s*(?:\.|->|::)\s*{re.escape(name)}\b", self._text))


def _changed(repository: Repository, outline: Outline, touch: Touch, used: _Used) -> Iterator[tuple[Definition, int]]:
    """The constants used that the commit changed and that were there before, each with the first changed line."""
    come, gone = defaultdict[str, Counter[str]](Counter), defaultdict[str, Counter[str]](Counter)
    first: dict[str, tuple[Definition, int]] = {}
    for row in touch.lines:
        constant = None if is_comment(row.text, outline.path) or not row.text.strip() else constant_of(outline, row)
        if constant is not None:
            first.setdefault(constant.name, (constant, min(row.line, constant.end)))
            (come if row.added else gone)[constant.name][row.text.strip()] += 1
    for name, place in first.items():
        is_new = touch.created or (any(constant_opened(row) == name for row in come[name]) and not gone[name])
        if is_new or not used.names(outline, place[0]):
            continue
        same = _is_same(repository, touch, place[0])
        if not (come[name] == gone[name] if same is None else same):
            yield place


def _is_same(repository: Repository, touch: Touch, constant: Definition) -> bool | None:
    """Whether the language takes what the constant holds for the same before and after the commit; None where no grammar
    reads it."""
    sides = outlines_beside(repository, touch.sha, touch.path, touch.old_path)
    if sides is None:
        return None
    now, before = ((outline, _lines_of(outline, constant)) for outline in sides)
    if not now[1] or not before[1]:
        return None
    return same_lines(touch.path, before[0].source, now[0].source, before[1], now[1])


def _lines_of(outline: Outline, constant: Definition) -> frozenset[int]:
    """The lines of the constant in another version of its file."""
    around = ((line, outline.constant(line)) for line in range(1, len(outline.lines) + 1))
    return frozenset(
        line for line, it in around if it is not None and (it.name, it.owner) == (constant.name, constant.owner)
    )
