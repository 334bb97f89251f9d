"""Whether a changed line is really new, or was only moved, changed by a renaming, re-quoted or re-wrapped.

A commit that renames a variable or moves a function owns lines whose behaviour it did not change; plain blame would
name it as their author.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from tools.commits.annotations import only_annotated
from tools.git.diff import CommitDiff, Hunk
from tools.text.comments import Trailing, comment_behind, is_comment_line

_TOKEN = re.compile(r"\w+|[^\w\s]")
_SAID: Final = re.compile(r"\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|\(\)|\w+|[^\w\s]")
"""A text between quotes is one token: what stands in it is not formatting. So is a call without arguments."""
_PLAIN: Final = re.compile(r"['\"][^'\"\\${}#]*+['\"]")
_TUPLE: Final = re.compile(r"\s*+(?:return\b|[\w.\[\]]++\s++[-+*/|&]?=\s)[^(\[{]*+(?<=,)$")
_PYTHON: Final = (".py", ".pyi", ".pyx")
_INDENTED: Final = (*_PYTHON, ".yaml", ".yml", ".haml", ".slim", ".pug", ".coffee", ".sass")
"""Endings of files in which indentation says what belongs to what."""
_FEW: Final = 2
_WORD = re.compile(r"[A-Za-z_$][\w$]*\Z")
_NO_CODE = re.compile(r"\s*+(?:\"\"\"|'''|[)\]}({\[;,]*+\s*+$)")  # docstrings, and brackets alone
_ANNOTATED: Final = (".py", ".pyi", ".pyx", ".ts", ".tsx", ".mts", ".cts")
"""Files in which a type does nothing when the code runs."""
MOVED: Final = 0.25
RENAMED: Final = 0.1
EDITED: Final = 0.15
"""Of a line that fails: it was changed, and not the expression that fails (`tools.impact.kept_expression`)."""
_MOST_LINES = 20_000
_COMPARED = 60


class Novelty:
    """The novelty of one commit's lines: 1 new, 0.25 moved, 0.1 changed only by a renaming, 0 reformatted or comment. What a text says is no
    formatting, nor is indentation where it alone changed and has a meaning."""

    def __init__(self, diff: CommitDiff) -> None:
        hunks = [(hunk, change.path) for change in diff.files for hunk in change.hunks]
        self._gone = _texts(hunk.removed for hunk, _ in hunks)
        self._come = _texts(hunk.added for hunk, _ in hunks)
        self._swaps = _swaps(hunks)
        self._shifted = {
            id(hunk) for change in diff.files if change.path.endswith(_INDENTED) for hunk in _shifted(change.hunks)
        }
        self._hunks = {id(hunk): (hunk, path) for hunk, path in hunks}  # kept alive: their ids are keys
        self._judged: dict[tuple[int, bool], tuple[float, ...]] = {}

    def added(self, hunk: Hunk) -> tuple[float, ...]:
        """The novelty of each added line of `hunk`."""
        return self._cached(hunk, forward=True)

    def removed(self, hunk: Hunk) -> tuple[float, ...]:
        """The novelty of the absence of each removed line."""
        return self._cached(hunk, forward=False)

    def of(self, text: str) -> float:
        """The novelty of the first added line that says `text`; 1 when none does."""
        for hunk, _ in self._hunks.values():
            for line, novelty in zip(hunk.added, self.added(hunk), strict=True):
                if line.strip() == text.strip():
                    return novelty
        return 1.0

    def _cached(self, hunk: Hunk, *, forward: bool) -> tuple[float, ...]:
        key = id(hunk), forward
        if id(hunk) in self._shifted:
            rows, path = hunk.added if forward else hunk.removed, self._hunks[id(hunk)][1]
            return tuple(0.0 if _says_nothing(row, path) else 1.0 for row in rows)
        if key not in self._judged:
            sides = (hunk.added, hunk.removed, self._gone) if forward else (hunk.removed, hunk.added, self._come)
            self._judged[key] = self._judge(*sides, self._hunks[id(hunk)][1], forward)
        return self._judged[key]

    def _judge(
        self, lines: Sequence[str], others: Sequence[str], elsewhere: frozenset[str], path: str, forward: bool
    ) -> tuple[float, ...]:
        comment = comment_behind(path)
        mine = [_tokens(line, comment) for line in lines]
        near = [_tokens(other, comment) for other in others[:_COMPARED]]
        said, said_near = ([_spoken(_bare(row, comment), path) for row in rows] for rows in (lines, others[:_COMPARED]))
        wrapped = _wrapped(said, said_near)
        if comment is not None and path.endswith(_ANNOTATED):
            wrapped |= only_annotated([comment.sub("", line) for line in lines], others[:_COMPARED])
        return tuple(
            0.0 if number in wrapped or _says_nothing(line, path) else self._of(line, tokens, near, elsewhere, forward)
            for number, (line, tokens) in enumerate(zip(lines, mine, strict=True))
        )

    def _of(
        self, line: str, tokens: list[str], near: Sequence[list[str]], elsewhere: frozenset[str], forward: bool
    ) -> float:
        if any(self._renamed(*((other, tokens) if forward else (tokens, other))) for other in near):
            return RENAMED
        text = line.strip()
        return MOVED if len(text) > 8 and text in elsewhere else 1.0

    def _renamed(self, old: Sequence[str], new: Sequence[str]) -> bool:
        swaps = _difference(old, new)
        return bool(swaps) and all(self._swaps[swap] > 1 for swap in swaps or ())


def _texts(groups: Iterator[Sequence[str]]) -> frozenset[str]:
    found: set[str] = set()
    for lines in groups:
        found.update(line.strip() for line in lines)
        if len(found) > _MOST_LINES:
            break
    return frozenset(found)


def _swaps(hunks: Sequence[tuple[Hunk, str]]) -> Counter[tuple[str, str]]:
    """How often one identifier replaced another, over pairs of lines that are otherwise equal."""
    found: Counter[tuple[str, str]] = Counter()
    lines = 0
    for hunk, path in hunks:
        lines += len(hunk.removed)
        if lines > _MOST_LINES:
            break
        if len(hunk.removed) == len(hunk.added):
            comment = comment_behind(path)
            for old, new in zip(hunk.removed, hunk.added, strict=True):
                found.update(set(_difference(_tokens(old, comment), _tokens(new, comment)) or ()))
    return found


def _wrapped(lines: Sequence[str], others: Sequence[str]) -> set[int]:
    """The numbers of `lines` that a formatter may have made by keeping, joining or splitting whole lines of `others`."""
    joined = set(_runs(others, max(map(len, lines), default=0)))
    found = {number for number, line in enumerate(lines) if line in joined}
    saying = [number for number, line in enumerate(lines) if line]
    single, longest = set(others) - {""}, max(map(len, others), default=0)
    for place in range(len(saying)):
        near = saying[place : place + _COMPARED]
        for last, run in zip(near, _runs([lines[number] for number in near], longest, starts=1), strict=False):
            if run in single:
                found.update(range(saying[place], last + 1))
    return found


def _runs(lines: Sequence[str], longest: int, starts: int | None = None) -> Iterator[str]:
    """Consecutive lines joined, from each of the first `starts` lines on, up to `longest` characters."""
    for start in range(len(lines) if starts is None else min(starts, len(lines))):
        run = ""
        for line in lines[start:]:
            run = f"{run} {line}".strip()
            if len(run) > longest:
                break
            yield run


def _difference(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]] | None:
    """The identifiers that differ between two token rows of the same shape; None when the shape differs too."""
    if len(old) != len(new):
        return None
    pairs = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    return pairs if all(_WORD.match(a) and _WORD.match(b) for a, b in pairs) else None


def _bare(line: str, comment: Trailing) -> str:
    return comment.sub("", line) if comment else line


def _tokens(line: str, comment: Trailing) -> list[str]:
    return _TOKEN.findall(_bare(line, comment))


def _says_nothing(line: str, path: str) -> bool:
    return not line.strip() or is_comment_line(line, path) or bool(_NO_CODE.match(line))


def _spoken(line: str, path: str) -> str:
    """The line as a formatter may leave it: without brackets and commas, which it moves, and with one sort of quotes around
    plain texts. In Python a comma behind a whole value makes another value of it."""
    tokens = [token for token in _SAID.findall(line) if token not in ("(", ")", ",")]
    tokens = tokens[:-1] if tokens[-1:] == [";"] else tokens
    more = [","] if path.endswith(_PYTHON) and _TUPLE.match(line.rstrip()) else []
    return " ".join([*(token.replace("'", '"') if _PLAIN.fullmatch(token) else token for token in tokens), *more])


def _shifted(hunks: Sequence[Hunk]) -> list[Hunk]:
    """Of one file in which indentation has a meaning: the blocks of which only the indentation changed, so that they belong
    to something else. Many such blocks are a formatter's work."""
    found = [each for each in hunks if _is_shifted(each)]
    return found if len(found) <= _FEW else []


def _is_shifted(hunk: Hunk) -> bool:
    same = [row.split() for row in hunk.removed] == [row.split() for row in hunk.added]
    return same and any(_indent(a) != _indent(b) for a, b in zip(hunk.removed, hunk.added, strict=True) if a.strip())


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())
