"""Rewritten lines that compute the same as before: a variable that was taken out of an expression or put into it, a field that is
taken apart, a target that nobody reads under another name, a `try` around the line that fails.

No grammar is needed: both sides of a change are brought into one form and compared word by word. What differs is a change.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tools.commits.touched_lines import Touch, TouchedLine
from tools.impact.failure_site import FailureSite
from tools.impact.frame_site import FrameSite
from tools.text.rule import PLACEHOLDER

_TEXT: Final = r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|`(?:[^`\\]|\\.)*+`"
_TOKEN: Final = re.compile(rf"{_TEXT}|\w+|[^\w\s]")
_TEXTS: Final = re.compile(_TEXT)
_DECLARED: Final = r"(?:(?:const|let|var|val|final|my|auto|local)\s++)?+"
_SET: Final = re.compile(rf"^\s*+{_DECLARED}(\$?[A-Za-z_]\w{{0,79}})\s*:?=(?![=>~])\s*(\S.*?)\s*;?\s*$")
_TAKEN_APART: Final = re.compile(rf"^(\s*+{_DECLARED})\{{\s*+([A-Za-z_$]\w*+)\s*+\}}\s*+=\s*+([\w$.]++)\s*+;?\s*+$")
_TARGETS: Final = re.compile(r"^\s*+(\w++(?:\s*+,\s*+\w++)++)\s*+=(?![=>~])")
_TRY: Final = re.compile(r"^\s*+(?:try\s*+[:{]|begin\s*+$)")
_HANDLER: Final = re.compile(r"^\s*+(?:except\b.*:|\}?\s*+catch\b.*\{|rescue\b.*)\s*+$")
_END: Final = re.compile(r"^\s*+(?:\}|end)\s*+$")
_WHOLE: Final = re.compile(r"[\w$@.?!']+")
_BRACKETS: Final = re.compile(r"\([^()\[\]]*\)|\[[^()\[\]]*\]")
_DEEPEST: Final = 6  # brackets in brackets
_LONGEST: Final = 300  # characters of a line
_MOST_ROWS: Final = 12  # of one side
_PASSES: Final = 4


def without_same(site: FailureSite, touches: Mapping[str, Sequence[Touch]]) -> dict[str, tuple[Touch, ...]]:
    """The same touches; lines of the trace's functions that compute what they did before say nothing new."""
    return {path: tuple(_without(site, touch) for touch in rows) for path, rows in touches.items()}


def _without(site: FailureSite, touch: Touch) -> Touch:
    frames = [frame for frame in site.frames if frame.path == touch.path and frame.exact]
    same = {row for frame in frames for row in _same(site, frame, touch)}
    if not same:
        return touch
    return replace(
        touch, lines=tuple(replace(row, novelty=0.0, shown=True) if row in same else row for row in touch.lines)
    )


def _same(site: FailureSite, frame: FrameSite, touch: Touch) -> Iterator[TouchedLine]:
    code = _TEXTS.sub("''", site.outlines[frame.path].text(frame.start, frame.end))
    for added, removed in _changes(touch, frame):
        now = _unwrapped(added, frame)
        new, old = (_form([row.text for row in rows], code, added=rows is now) for rows in (now, removed))
        if new == old:
            yield from (*added, *removed)


def _changes(touch: Touch, frame: FrameSite) -> Iterator[tuple[list[TouchedLine], list[TouchedLine]]]:
    """The added lines of the function that follow each other, with the removed ones for which they stand."""
    added = sorted(
        (row for row in touch.lines if row.added and row.survives and frame.start <= row.line <= frame.end),
        key=lambda row: row.line,
    )
    runs: list[list[TouchedLine]] = []
    for row in added:
        if runs and runs[-1][-1].line == row.line - 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    for run in runs:
        gone = [row for row in touch.lines if not row.added and run[0].line <= row.line <= run[-1].line + 1]
        fits = max(len(run), len(gone)) <= _MOST_ROWS and all(_is_readable(row.text) for row in (*run, *gone))
        if gone and fits and any(row.novelty for row in (*run, *gone)):
            yield run, gone


def _is_readable(line: str) -> bool:
    """Whether all of the line is there to compare: two secrets look the same."""
    return len(line) <= _LONGEST and PLACEHOLDER not in line


def _unwrapped(rows: list[TouchedLine], frame: FrameSite) -> list[TouchedLine]:
    """The lines without a `try` around the failing one and its handler; what a handler sets below it was not set yet."""
    first = next((n for n, row in enumerate(rows) if _TRY.match(row.text)), None)
    handler = next((n for n, row in enumerate(rows) if _HANDLER.match(row.text)), None)
    if first is None or handler is None or not rows[first].line < frame.line < rows[handler].line:
        return rows
    margin = _indent(rows[handler].text)
    inside = [row for row in rows[handler + 1 :] if _indent(row.text) > margin or _END.match(row.text)]
    return [row for row in rows if row not in (rows[first], rows[handler], *inside)]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _form(rows: Sequence[str], code: str, *, added: bool) -> list[str]:
    """The words of the rows, with variables that are used once in place and unread targets without a name. `code` is the
    function as deployed."""
    lines = [_unread_unnamed(_TAKEN_APART.sub(r"\1\2 = \3.\2", row), code, 1 if added else 0) for row in rows]
    for _ in range(_PASSES):
        number = next((n for n in range(len(lines)) if _put_in(lines, n, code, added) is not None), None)
        if number is None:
            break
        lines = _put_in(lines, number, code, added) or lines
    return [token for line in lines for token in _TOKEN.findall(line) if token != ";"]


def _put_in(lines: Sequence[str], number: int, code: str, added: bool) -> list[str] | None:
    """The lines with the variable that the line sets put into the one line that uses it; None where that is not so."""
    found = _SET.match(lines[number])
    if found is None:
        return None
    name, value = found[1], found[2]
    word = re.compile(rf"(?<![\w$.]){re.escape(name)}(?!\w)")
    uses = [n for n, line in enumerate(lines) if n != number for _ in word.finditer(_TEXTS.sub("''", line))]
    if len(uses) != 1 or uses[0] < number or _count(word, code) != (2 if added else 0):
        return None
    if any(word.search(text) for text in _TEXTS.findall("\n".join(lines[number + 1 :]))):
        return None  # it fills a text
    line = lines[uses[0]]
    text = word.sub(lambda use: _placed(value, line[: use.start()], line[use.end() :]), line)
    return [text if n == uses[0] else row for n, row in enumerate(lines) if n != number]


def _placed(value: str, before: str, behind: str) -> str:
    alone = re.search(r"(?:^|[(,=\[]|\breturn)\s*$", before) and re.match(r"\s*(?:$|[),;\]])", behind)
    return value if alone or _is_whole(value) else f"({value})"


def _is_whole(value: str) -> bool:
    """Whether the expression needs no brackets wherever it stands: names, members, calls and elements."""
    blank = _TEXTS.sub("''", value)
    for _ in range(_DEEPEST):
        blank = _BRACKETS.sub("", blank)
    return _WHOLE.fullmatch(blank) is not None


def _unread_unnamed(line: str, code: str, count: int) -> str:
    """The line with `_` for each of several targets that nothing in the function reads."""
    found = _TARGETS.match(line)
    if found is None:
        return line
    names = (name.strip() for name in found[1].split(","))
    kept = ("_" if _count(re.compile(rf"\b{re.escape(name)}\b"), code) == count else name for name in names)
    return f"{', '.join(kept)} {line[found.end(1) :]}"


def _count(word: re.Pattern[str], code: str) -> int:
    return sum(1 for _ in word.finditer(code))
