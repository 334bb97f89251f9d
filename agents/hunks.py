"""What a commit changed, as text for a prompt: the hunks that touch the trace, in file order, with their context.

Documents and tests are only counted. A long hunk is cut around the lines that touch the trace.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname
from typing import Final, NamedTuple

from agents.excerpts import places
from agents.hunk_rows import SLACK, fitting, rows_of
from agents.named_places import NamedPlace
from incidents.errors import IncompleteRepository
from incidents.trace import StackTrace
from tools.git.diff import CommitDiff, FileChange, Hunk, commit_diff
from tools.git.hunk_groups import first_line, groups, line_after
from tools.git.repository import Repository
from tools.source.change_rows import CONTEXT, Row
from tools.source.file_kinds import HARMLESS, Kind, kind_of
from tools.source.line_numbers import LineNumbers, as_written
from tools.source.minor_lines import all_minor
from tools.source.outline import Outline
from tools.source.outline_cache import outline_at
from tools.text.identifiers import IDENTIFIER, KEYWORDS, STOCK, parts

_FAR: Final = 10**6
_LEAST: Final = 120  # characters: for less, no hunk is shown
_TRIED: Final = 8  # hunks of one commit that are laid out, to see whether they fit
_FILES: Final = 4
_SHARE: Final = 0.6  # of the room, for one hunk while others wait


class _Ranked(NamedTuple):
    """Hunks that stand close together, with their place in the commit. `rank`: lower is nearer to the trace; `touches`:
    a fact tells of it, it is in a file of the trace, or names what the trace names."""

    rank: tuple[int, bool, int, int, int, bool, int]
    touches: bool
    file: int
    hunks: tuple[Hunk, ...]
    change: FileChange


@dataclass(frozen=True)
class ChangeReader:
    """Reads the commits of one incident."""

    repository: Repository
    trace: StackTrace
    names: frozenset[str] = frozenset()  # in the failing statements
    deployed: str = ""  # the revision at which lines are numbered; empty: as the commit left them

    def excerpt(self, sha: str, characters: int, told: Collection[NamedPlace] = ()) -> str:
        """Return what the commit changed within about `characters`, or why it cannot be read.

        What the facts about the commit tell of (`told`) is shown first.
        """
        try:
            diff = commit_diff(self.repository, sha, wanted=(*self._places, *(place.path for place in told)))
        except IncompleteRepository as error:  # the evidence and the agents can work without this diff
            return f"(this diff cannot be read: {error})"
        every = sorted(self._ranked(sha, diff, told), key=lambda each: each.rank)
        ranked = [each for each in every if each.touches] or every[:1]
        chosen = self._chosen(sha, ranked[:_TRIED], characters, told)
        rest = len(every) - len(chosen)
        return "\n".join([_files(diff), *(chosen[place] for place in sorted(chosen)), *_more(rest, diff)])

    def _chosen(
        self, sha: str, ranked: Sequence[_Ranked], characters: int, told: Collection[NamedPlace]
    ) -> dict[tuple[int, int], str]:
        """The best hunks that there is room for, by their place. A long one leaves room for the next."""
        chosen = dict[tuple[int, int], str]()
        left = characters
        for place, each in enumerate(ranked):
            if left < _LEAST:
                break
            alone = place == len(ranked) - 1 or left < 4 * _LEAST  # two fragments tell less than one change
            room = left if alone else int(left * _SHARE)
            shown = self._shown(sha, each, room, {place.line for place in told if place.path == each.change.path})
            if len(shown) <= left + SLACK or not chosen:
                chosen[each.file, each.hunks[0].new_start] = shown
                left -= len(shown)
        return chosen

    @cached_property
    def _places(self) -> dict[str, tuple[int, ...]]:
        return places(self.trace)

    @cached_property
    def _words(self) -> frozenset[str]:
        """Names of the trace: its functions, what its lines quote, and the words of the message."""
        frames = self.trace.frames
        quoted = {word for frame in frames[:8] for word in IDENTIFIER.findall(frame.source or "")}
        names = {frame.function.rsplit(".", 1)[-1] for frame in frames if frame.function}
        every = (*self.names, *quoted, *names, *self.trace.tokens)
        return frozenset(word for word in every if len(word) > 3 and word not in KEYWORDS)

    @cached_property
    def _parts(self) -> frozenset[str]:
        """The words that the message's names consist of: a fact about a commit may rest on one of them."""
        return frozenset(
            part for token in self.trace.tokens for part in parts(token) if len(part) > 3 and part not in STOCK
        )

    def _names(self, lines: Iterable[str]) -> tuple[int, int]:
        """How many names of the trace the lines hold, and how many of the message's words in other names."""
        found = {word for line in lines for word in IDENTIFIER.findall(line)}
        return len(found & self._words), len({part for word in found for part in parts(word)} & self._parts)

    def _ranked(self, sha: str, diff: CommitDiff, told: Collection[NamedPlace]) -> Iterator[_Ranked]:
        for order, change in enumerate(diff.files):
            if kind_of(change.path) not in HARMLESS:
                for together in groups(change.hunks, 2 * CONTEXT):
                    named = max((self._tells(sha, change, together, place) for place in told), default=0)
                    yield self._placed(order, change, together, named)

    def _placed(self, order: int, change: FileChange, hunks: tuple[Hunk, ...], named: int) -> _Ranked:
        lines = [line for hunk in hunks for line in (*hunk.removed, *hunk.added)]
        whole, in_parts = self._names(lines)
        distance = min(_distance(change, hunk, self._places) for hunk in hunks)
        kind = kind_of(change.path)
        minor = kind is Kind.DEPENDENCY or all_minor(lines, change.path)
        rank = (-named, minor, distance, -whole, -in_parts, kind is not Kind.CODE, order)
        touches = bool(named) or distance < _FAR - 1 or bool(whole or in_parts)
        return _Ranked(rank, touches, order, hunks, change)

    def _tells(self, sha: str, change: FileChange, hunks: Sequence[Hunk], told: NamedPlace) -> int:
        """How clearly a fact tells of these hunks: 2 when they hold its line or stand in the definition that it names, 1
        when it names their file."""
        if told.path != change.path:
            return 0
        if not told.line:
            return 1
        if first_line(hunks[0]) <= told.line < max(line_after(hunks[-1]), first_line(hunks[-1]) + 1):
            return 2
        outline = self._outline(sha, change) if told.name else None
        around = (each for hunk in hunks for each in (outline.around(max(hunk.new_start, 1)) if outline else ()))
        return 2 if any(each.name == told.name for each in around) else 0

    def _shown(self, sha: str, ranked: _Ranked, room: int, told: Collection[int]) -> str:
        """The hunks with the function around them; of too many lines, those that fit and tell most."""
        change, outline = ranked.change, self._outline(sha, ranked.change)
        around = outline.around(max(ranked.hunks[0].new_start, 1)) if outline else ()
        name = ".".join(each.name for each in reversed(around[:2]))
        rows = rows_of(ranked.hunks, outline)
        title = f"@@ {change.path} {f'in {name}' if name else ''}".rstrip()
        now = LineNumbers(self.repository, self.deployed).of(sha, change.new_path) if self.deployed else as_written
        return fitting(title, rows, self._best(rows, told, change.path), room, now)

    def _best(self, rows: Sequence[Row], told: Collection[int], path: str) -> list[int]:
        """The places of the rows that tell something: lines that a fact names, then those with most names of the trace."""
        worth = [(row.sign != "-" and row.number in told, self._telling(row.text, path)) for row in rows]
        telling = [place for place, value in enumerate(worth) if any(value)]
        return sorted(
            telling, key=lambda place: (not worth[place][0], rows[place].sign == " ", -worth[place][1], place)
        )

    def _telling(self, text: str, path: str) -> int:
        """How many names of the trace stand in a line of code, or words of the message inside of other names."""
        if all_minor([text], path):  # a comment may speak of everything
            return 0
        found = IDENTIFIER.findall(text)
        inside = {part for word in found for part in parts(word)} & self._parts
        return len(self._words.intersection(found)) or int(bool(inside))

    def _outline(self, sha: str, change: FileChange) -> Outline | None:
        try:
            return outline_at(self.repository, sha, change.new_path) if change.new_path else None
        except IncompleteRepository:
            return None


def _distance(change: FileChange, hunk: Hunk, named: dict[str, tuple[int, ...]]) -> int:
    """Return the lines between the hunk and the nearest named line; about _FAR for files the trace does not name."""
    lines = named.get(change.path)
    if lines is None:
        return _FAR - any(dirname(path) == dirname(change.path) for path in named)  # beside a file of the trace
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
