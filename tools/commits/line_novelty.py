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
    """The novelty of one commit's lines: 1 new, 0.25 moved, 0.1 changed only by a renaming, 0 reformatted or comment."""

    def __init__(self, diff: CommitDiff) -> None:
        hunks = [(hunk, change.path) for change in diff.files for hunk in change.hunks]
        self._gone = _texts(hunk.removed for hunk, _ in hunks)
        self._come = _texts(hunk.added for hunk, _ in hunks)
        self._swaps = _swaps(hunks)
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
        wrapped = _wrapped(list(map(_spoken, mine)), list(map(_spoken, near)))
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


def _tokens(line: str, comment: Trailing) -> list[str]:
    return _TOKEN.findall(comment.sub("", line) if comment else line)


def _says_nothing(line: str, path: str) -> bool:
    return not line.strip() or is_comment_line(line, path) or bool(_NO_CODE.match(line))


def _spoken(tokens: Sequence[str]) -> str:
    return " ".join(token for token in tokens if token not in "\"',;()")
