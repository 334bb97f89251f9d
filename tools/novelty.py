"""Whether a changed line really says something new, or was only moved, renamed along, re-quoted or re-wrapped.

A commit that renames a variable or moves a function owns lines it never thought about; blame then accuses it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from tools.diff import CommitDiff, Hunk

_TOKEN = re.compile(r"\w+|[^\w\s]")
_WORD = re.compile(r"[A-Za-z_$][\w$]*\Z")
_COMMENT = re.compile(r"^\s*(#(?!\[)|//|/?\*|<!--|--\s|\"\"\"|''')|^\s*[)\]}({\[;,]*\s*$")
_REMARK = re.compile(r"\s(?:#|//)\s[^\"'`]*$")
_MOVED, _RENAMED = 0.25, 0.1
_MOST_LINES = 20_000
_COMPARED = 60


class Novelty:
    """Judges the lines of one commit: 1 new, 0.25 moved, 0.1 changed only by a renaming, 0 reformatted or comment."""

    def __init__(self, diff: CommitDiff) -> None:
        hunks = [hunk for change in diff.files for hunk in change.hunks]
        self._gone = _texts(hunk.removed for hunk in hunks)
        self._come = _texts(hunk.added for hunk in hunks)
        self._swaps = _swaps(hunks)
        self._hunks = hunks  # kept alive: their ids are the keys of what was judged
        self._judged: dict[tuple[int, bool], tuple[float, ...]] = {}

    def added(self, hunk: Hunk) -> tuple[float, ...]:
        """The novelty of each added line of `hunk`."""
        return self._kept(hunk, forward=True)

    def removed(self, hunk: Hunk) -> tuple[float, ...]:
        """The novelty of the absence of each removed line."""
        return self._kept(hunk, forward=False)

    def _kept(self, hunk: Hunk, *, forward: bool) -> tuple[float, ...]:
        key = id(hunk), forward
        if key not in self._judged:
            sides = (hunk.added, hunk.removed, self._gone) if forward else (hunk.removed, hunk.added, self._come)
            self._judged[key] = self._judge(*sides, forward)
        return self._judged[key]

    def _judge(
        self, lines: Sequence[str], others: Sequence[str], elsewhere: frozenset[str], forward: bool
    ) -> tuple[float, ...]:
        near = [_tokens(other) for other in others[:_COMPARED]]
        spoken = " ".join(["", *(token for tokens in near for token in _spoken(tokens)), ""])
        return tuple(self._of(line, near, spoken, elsewhere, forward) for line in lines)

    def _of(self, line: str, near: Sequence[list[str]], spoken: str, elsewhere: frozenset[str], forward: bool) -> float:
        if not line.strip() or _COMMENT.match(line):
            return 0.0
        tokens = _tokens(line)
        if " ".join(["", *_spoken(tokens), ""]) in spoken:  # on one line or over several: a formatter's choice
            return 0.0
        if any(self._renamed(*((other, tokens) if forward else (tokens, other))) for other in near):
            return _RENAMED
        text = line.strip()
        return _MOVED if len(text) > 8 and text in elsewhere else 1.0

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


def _swaps(hunks: Sequence[Hunk]) -> Counter[tuple[str, str]]:
    """How often one identifier stands in the place of another, over lines that are otherwise alike."""
    found: Counter[tuple[str, str]] = Counter()
    lines = 0
    for hunk in hunks:
        lines += len(hunk.removed)
        if lines > _MOST_LINES:
            break
        if len(hunk.removed) == len(hunk.added):
            for old, new in zip(hunk.removed, hunk.added, strict=True):
                found.update(set(_difference(_tokens(old), _tokens(new)) or ()))
    return found


def _difference(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]] | None:
    """The identifiers that differ between two token rows of the same shape; None when the shape differs too."""
    if len(old) != len(new):
        return None
    pairs = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    return pairs if all(_WORD.match(a) and _WORD.match(b) for a, b in pairs) else None


def _tokens(line: str) -> list[str]:
    return _TOKEN.findall(_REMARK.sub("", line))


def _spoken(tokens: Sequence[str]) -> list[str]:
    return [token for token in tokens if token not in "\"',;()"]
