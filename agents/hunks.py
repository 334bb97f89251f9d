"""What a commit changed, as text for a prompt: the hunks that touch the trace, in file order, with their context.

Documents and tests are only counted. A long hunk is cut around the lines that touch the trace.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import dropwhile
from typing import Final, NamedTuple

from agents.excerpts import places
from incidents.errors import IncompleteRepository
from incidents.trace import StackTrace
from tools.git.diff import CommitDiff, FileChange, Hunk, commit_diff
from tools.git.repository import Repository
from tools.source.file_kinds import HARMLESS, Kind, kind_of
from tools.source.outline import Outline
from tools.source.outline_cache import outline_at
from tools.text.identifiers import IDENTIFIER, STOCK, parts

_FAR: Final = 10**6
_CONTEXT: Final = 2
_LONGEST: Final = 18  # rows of one hunk
_WIDTH: Final = 160
_LEAST: Final = 80  # characters: no hunk is shorter
_TRIED: Final = 8  # hunks of one commit that are laid out, to see whether they fit
_FILES: Final = 4
_HEADER: Final = re.compile(r"\s*(?:#(?!include|define)|//|/\*|\*|--|<!--|<\?php\s*$|$)")
_LONG_HEADER: Final = 5  # lines
_MINOR: Final = re.compile(r"\s*(?:|[#*].*|//.*|\w+,?|[(){}]+|(?:import|from|use|using)\b.*)")
"""A line that seldom breaks anything: blank, a comment, an import. A hunk of such lines is shown after the others."""


class _Row(NamedTuple):
    sign: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.sign}{self.number:5} {self.text[:_WIDTH]}".rstrip()


class _Ranked(NamedTuple):
    """A hunk with its place in the commit. `rank`: lower is nearer to the trace; `touches`: it is in one of its files, or
    names what it names."""

    rank: tuple[bool, int, int, int, int]
    touches: bool
    file: int
    hunk: Hunk
    change: FileChange


@dataclass(frozen=True)
class ChangeReader:
    """Reads the commits of one incident."""

    repository: Repository
    trace: StackTrace
    names: frozenset[str] = frozenset()  # in the failing statements

    def excerpt(self, sha: str, characters: int) -> str:
        """Return what the commit changed within about `characters`, or why it cannot be read."""
        try:
            diff = commit_diff(self.repository, sha, wanted=tuple(self._places))
        except IncompleteRepository as error:  # the evidence and the agents can work without this diff
            return f"(this diff cannot be read: {error})"
        every = sorted(self._ranked(diff), key=lambda each: each.rank)
        ranked = [each for each in every if each.touches] or every[:1]
        chosen, left = dict[tuple[int, int], str](), characters
        for each in ranked[:_TRIED]:
            if left < _LEAST:
                break
            shown = self._shown(sha, each)
            if len(shown) <= left or not chosen:
                chosen[each.file, each.hunk.new_start] = _whole_lines(shown, characters)
                left -= len(shown)
        rest = len(every) - len(chosen)
        return "\n".join([_files(diff), *(chosen[place] for place in sorted(chosen)), *_more(rest, diff)])

    @cached_property
    def _places(self) -> dict[str, tuple[int, ...]]:
        return places(self.trace)

    @cached_property
    def _words(self) -> frozenset[str]:
        """Names of the trace: its functions, what its lines quote, and the words of the message."""
        frames = self.trace.frames
        quoted = {word for frame in frames[:8] for word in IDENTIFIER.findall(frame.source or "")}
        names = {frame.function.rsplit(".", 1)[-1] for frame in frames if frame.function}
        return frozenset(word for word in (*self.names, *quoted, *names, *self.trace.tokens) if len(word) > 3)

    @cached_property
    def _parts(self) -> frozenset[str]:
        """The words that the message's names consist of: a fact about a commit may rest on one of them."""
        return frozenset(
            part for token in self.trace.tokens for part in parts(token) if len(part) > 3 and part not in STOCK
        )

    def _names(self, hunk: Hunk) -> tuple[int, int]:
        """How many names of the trace the changed lines hold, and how many of the message's words in other names."""
        found = {word for line in (*hunk.removed, *hunk.added) for word in IDENTIFIER.findall(line)}
        return len(found & self._words), len({part for word in found for part in parts(word)} & self._parts)

    def _ranked(self, diff: CommitDiff) -> Iterator[_Ranked]:
        for order, change in enumerate(diff.files):
            if kind_of(change.path) in HARMLESS:
                continue
            for hunk in change.hunks:
                whole, in_parts = self._names(hunk)
                distance = _distance(change, hunk, self._places)
                minor = kind_of(change.path) is Kind.DEPENDENCY or all(
                    map(_MINOR.fullmatch, (*hunk.removed, *hunk.added))
                )
                rank = (minor, distance, -whole, -in_parts, order)
                yield _Ranked(rank, distance < _FAR or bool(whole or in_parts), order, hunk, change)

    def _shown(self, sha: str, ranked: _Ranked) -> str:
        change, hunk = ranked.change, ranked.hunk
        outline = self._outline(sha, change)
        around = outline.around(max(hunk.new_start, 1)) if outline else ()
        name = ".".join(each.name for each in reversed(around[:2]))
        rows = _rows(hunk, outline)
        wanted = [place for place, row in enumerate(rows) if self._telling(row.text)]
        return "\n".join([f"@@ {change.path} {f'in {name}' if name else ''}".rstrip(), *_cut(rows, wanted)])

    def _telling(self, text: str) -> bool:
        found = IDENTIFIER.findall(text)
        return bool(self._words.intersection(found)) or any(
            part in self._parts for word in found for part in parts(word)
        )

    def _outline(self, sha: str, change: FileChange) -> Outline | None:
        try:
            return outline_at(self.repository, sha, change.new_path) if change.new_path else None
        except IncompleteRepository:
            return None


def _rows(hunk: Hunk, outline: Outline | None) -> list[_Row]:
    """The hunk's lines between two lines of context on each side. Numbers: `-` before the commit, others after it."""
    removed = [_Row("-", number, text) for number, text in zip(hunk.removed_at, hunk.removed, strict=True)]
    added = _without_header([_Row("+", *row) for row in zip(hunk.added_at, hunk.added, strict=True)])
    if outline is None:
        return [*removed, *added]
    first = hunk.new_start if hunk.new_lines else hunk.new_start + 1
    after = first + hunk.new_lines
    before = range(max(1, first - _CONTEXT), first)
    behind = range(after, min(len(outline.lines), after + _CONTEXT - 1) + 1)
    return [*_context(outline, before), *removed, *added, *_context(outline, behind)]


def _without_header(added: list[_Row]) -> list[_Row]:
    """The added rows without the remarks that a file begins with: a licence tells nothing."""
    if not added or added[0].number != 1:
        return added
    code = list(dropwhile(lambda row: _HEADER.match(row.text), added))
    return code if code and len(added) - len(code) >= _LONG_HEADER else added


def _context(outline: Outline, lines: Iterable[int]) -> list[_Row]:
    return [_Row(" ", number, text) for number in lines if (text := outline.lines[number - 1]).strip()]


def _cut(rows: Sequence[_Row], wanted: Sequence[int]) -> list[str]:
    """The rows; of too many, the first ones and those near the `wanted` places, and how many are left out."""
    if len(rows) <= _LONGEST:
        return [str(row) for row in rows]
    near = sorted(wanted, key=lambda place: (rows[place].sign == " ", place))[:3] or [_LONGEST // 2]
    reach = max(1, (_LONGEST - 4) // (2 * len(near)))
    chosen = {*range(4), *(place for one in near for place in range(one - reach, one + reach + 1))}
    shown: list[str] = []
    skipped = 0
    for place, row in enumerate(rows):
        if place not in chosen:
            skipped += 1
            continue
        shown += [f"      … {skipped} lines left out"] * bool(skipped)
        shown.append(str(row))
        skipped = 0
    return [*shown, *[f"      … {skipped} lines left out"] * bool(skipped)]


def _distance(change: FileChange, hunk: Hunk, named: dict[str, tuple[int, ...]]) -> int:
    """Return the lines between the hunk and the nearest named line; _FAR for files the trace does not name."""
    lines = named.get(change.path)
    if lines is None:
        return _FAR
    end = hunk.new_start + max(hunk.new_lines, 1)
    return min((max(hunk.new_start - line, line - end, 0) for line in lines), default=_FAR // 2)


def _files(diff: CommitDiff) -> str:
    """The changed files in one line: code by name, the rest counted by kind."""
    code = [change for change in diff.files if kind_of(change.path) not in HARMLESS]
    kinds = Counter(str(kind_of(change.path)) for change in diff.files if kind_of(change.path) in HARMLESS)
    named = [f"{each.path} +{each.added_lines} -{each.removed_lines}{_was(each)}" for each in code[:_FILES]]
    more = [f"{len(code) - _FILES} more"] if len(code) > _FILES else []
    return "Files: " + ", ".join([*named, *more, *(f"{count} {kind}" for kind, count in sorted(kinds.items()))])


def _was(change: FileChange) -> str:
    if change.binary:
        return " binary"
    renamed = change.old_path and change.new_path and change.old_path != change.new_path
    return f" (was {change.old_path})" if renamed else ""


def _more(rest: int, diff: CommitDiff) -> list[str]:
    if rest <= 0 and not diff.truncated:
        return []
    several = "some more hunks" if rest <= 0 else f"{rest} more hunk{'s' if rest > 1 else ''}"
    return [f"[{several}, further from the trace, {'is' if rest == 1 else 'are'} left out]"]


def _whole_lines(text: str, characters: int) -> str:
    """The beginning of a text, up to the end of a line, and a note of what is cut."""
    if len(text) <= characters:
        return text
    shown = text[:characters].rpartition("\n")[0] or text[:characters]
    return f"{shown}\n      … {text.count(chr(10)) - shown.count(chr(10))} lines left out"
