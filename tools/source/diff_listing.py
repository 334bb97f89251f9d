"""A commit's diff as text for a reader with little room: what is nearest to the trace is shown, the rest is counted."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from posixpath import basename
from typing import Final, NamedTuple

from incidents.errors import IncompleteRepository, ToolError
from tools.git.diff import CommitDiff, FileChange, Hunk, commit_diff
from tools.git.hunk_groups import groups, line_after
from tools.source.change_rows import CONTEXT, LONG, Row, stretches
from tools.source.deployed import Deployed
from tools.source.enclosing import enclosing, names_around
from tools.source.file_kinds import HARMLESS, Kind, kind_of
from tools.source.line_numbers import LineNumbers, Renumber
from tools.source.listing import SHA_CHARACTERS, printable
from tools.source.minor_lines import all_minor
from tools.source.outline import Outline
from tools.source.outline_cache import outline_at
from tools.text.comments import is_comment_line

_FILES: Final = 25
_NAMES: Final = 6
_CHANGED_ROW: Final = re.compile(r"[+-] *\d+ ")
_NOTE: Final = 250  # characters for the note of what was left out


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The part of a diff that is asked for; what is empty or 0 does not narrow it. Lines are as deployed."""

    path: str = ""
    class_name: str = ""
    name: str = ""
    first_line: int = 0
    last_line: int = 0


def diff_text(deployed: Deployed, sha: str, narrowed: Narrowed) -> str:
    """What a commit of the window changed, with two lines of context and the function around each change."""
    commit = deployed.commit(sha)
    try:
        diff = commit_diff(deployed.repository, commit.sha, wanted=(narrowed.path,) if narrowed.path else None)
    except IncompleteRepository as error:
        raise ToolError(f"the diff of {commit.sha[:SHA_CHARACTERS]} cannot be read: {error}") from error
    pieces = [piece for file in _files(diff, narrowed.path) for piece in _pieces(deployed, commit.sha, file)]
    wanted = [piece for piece in pieces if piece.matches(narrowed)]
    if pieces and not wanted:
        raise ToolError(_nothing(commit.sha, narrowed, pieces))
    part = narrowed.name or narrowed.class_name or narrowed.first_line
    head = [f"commit {deployed.title(commit.sha)}", *([] if part else _heading(diff, narrowed.path))]
    room = deployed.room - sum(len(row) + 1 for row in head)
    named = not part and len(diff.files) == 1
    return "\n".join([*head, *_rows(wanted, deployed, narrowed, room, named=named)])


@dataclass(frozen=True, slots=True)
class _Piece:
    """Hunks that stand close together, with the outlines of their file before and after; `now` numbers its lines."""

    file: FileChange
    hunks: tuple[Hunk, ...]
    old: Outline | None
    new: Outline | None
    now: Renumber

    @property
    def at(self) -> str:
        """The file, and the first of its lines that still stands, as deployed; of a deleted file the old line."""
        line = next(self._standing(), None)
        return f"{self.file.path}:{line}" if line else self.file.path

    def _standing(self) -> Iterator[int]:
        """The numbers, as deployed, of its lines that are still there; of a deleted file those of its old lines."""
        if self.file.new_path is None:
            return (line for hunk in self.hunks for line in hunk.removed_at)
        start = max(self.hunks[0].new_start, 1)
        return (line for line in map(self.now, range(start, max(line_after(self.hunks[-1]), start + 1))) if line)

    @property
    def within(self) -> str:
        """The definition that the change stands in."""
        for hunk in self.hunks:
            if hunk.added_at:
                return enclosing(self.new, hunk.added_at[0])
        return next((enclosing(self.old, hunk.removed_at[0]) for hunk in self.hunks if hunk.removed_at), "")

    def matches(self, narrowed: Narrowed) -> bool:
        names = {part for part in (narrowed.class_name, narrowed.name) if part}
        first, last = narrowed.first_line, max(narrowed.last_line, narrowed.first_line)
        return (not first or any(first <= line <= last for line in self._standing())) and names <= self._names()

    def _names(self) -> set[str]:
        new = (names_around(self.new, line) for hunk in self.hunks for line in hunk.added_at)
        old = (names_around(self.old, line) for hunk in self.hunks for line in hunk.removed_at)
        return set().union(*new, *old)

    def rows(self, narrowed: Narrowed, *, named: bool = False) -> list[str]:
        """The hunks with their context and what stands between them, as lines of text; only the lines asked for. `named`: the
        file is the only one, and stands above."""
        within = f" in {printable(self.within)}" if self.within else ""
        shown: list[_Shown] = []
        for each in stretches(self.hunks, self.new):
            shown += map(self._shown, (*each.before, *each.removed))
            shown += [_Shown(None, f"+ … lines 1-{each.licence[-1].number} are a comment")] if each.licence else []
            shown += map(self._shown, each.added)
        at = self.at.removeprefix(self.file.path).replace(":", "line ") if named else self.at
        return [f"@@ {printable(at)}{within}".rstrip(), *_asked(shown, narrowed)]

    def _shown(self, row: Row) -> "_Shown":
        """A removed line has the number that it had; one that a later commit took away has none."""
        number = None if row.sign == "-" else self.now(row.number)
        told = row.number if row.sign == "-" else number
        return _Shown(number, f"{row.sign}{'' if told is None else told:>5} {printable(row.text)}")


class _Shown(NamedTuple):
    """One line of text, with the number of the deployed line that it shows, where it does."""

    number: int | None
    text: str


def _asked(rows: Sequence[_Shown], narrowed: Narrowed) -> list[str]:
    """The texts of the lines asked for, and of what stands between them and just before."""
    last = max(narrowed.last_line, narrowed.first_line)
    inside = [at for at, row in enumerate(rows) if row.number and narrowed.first_line <= row.number <= last]
    if not narrowed.first_line or not inside:
        return [row.text for row in rows]
    start = inside[0]
    while start and rows[start - 1].number is None:
        start -= 1
    return [row.text for row in rows[start : inside[-1] + 1]]


def _without_comments(rows: Sequence[str], path: str) -> list[str]:
    """The rows without long comments of the code: of those only how many lines they have."""
    shown: list[str] = []
    for said, together in groupby(rows, key=lambda row: _is_comment(row, path)):
        lines = list(together)
        long = said and len(lines) >= LONG
        shown += [f"{lines[0][0]} … {len(lines)} lines of comments"] if long else lines
    return shown


def _is_comment(row: str, path: str) -> bool:
    at = _CHANGED_ROW.match(row)
    return at is not None and is_comment_line(row[at.end() :], path)


def _files(diff: CommitDiff, path: str) -> list[FileChange]:
    """The files that are meant, code before tests and documents. The end of a path names a file too."""
    shown = [file for file in diff.files if not path or _is_meant(file, path)]
    if not shown:
        shown = [file for file in diff.files if any(each.endswith(f"/{path}") for each in _paths(file))]
    if path and not shown:
        changed = ", ".join(printable(file.path) for file in diff.files[:20])
        raise ToolError(f"{diff.sha[:SHA_CHARACTERS]} did not change {printable(path)}; it changed {changed}")
    return sorted(shown, key=lambda file: (kind_of(file.path) in HARMLESS, file.path))


def _is_meant(file: FileChange, path: str) -> bool:
    return any(each == path or each.startswith(f"{path.rstrip('/')}/") for each in _paths(file))


def _paths(file: FileChange) -> list[str]:
    return [each for each in (file.old_path, file.new_path) if each]


def _pieces(deployed: Deployed, sha: str, file: FileChange) -> Iterator[_Piece]:
    parents = deployed.commit(sha).parents
    old = _outline(deployed, parents[0], file.old_path) if parents else None
    new = _outline(deployed, sha, file.new_path)
    now = LineNumbers(deployed.repository, deployed.revision).of(sha, file.new_path)
    return (_Piece(file, group, old, new, now) for group in groups(file.hunks, 2 * CONTEXT))


def _outline(deployed: Deployed, sha: str, path: str | None) -> Outline | None:
    try:
        return outline_at(deployed.repository, sha, path) if path else None
    except IncompleteRepository:
        return None


def _heading(diff: CommitDiff, path: str) -> list[str]:
    """How many files, and which: tests and documents are only counted."""
    if path:
        return [f"  {_summary(file)}" for file in _files(diff, path)]
    code = [file for file in diff.files if kind_of(file.path) not in HARMLESS]
    others = Counter(kind_of(file.path).value for file in diff.files if kind_of(file.path) in HARMLESS)
    rows = [f"  {_summary(file)}" for file in code[:_FILES]]
    if len(code) > _FILES:
        rows.append(f"  and {len(code) - _FILES} more files of code")
    rows += [f"  and {number} of kind {kind}" for kind, number in sorted(others.items())]
    return [f"{diff.file_count} files changed:", *rows]


def _summary(file: FileChange) -> str:
    if file.old_path is None:
        what = "new"
    elif file.new_path is None:
        what = "deleted"
    else:
        what = "changed" if file.old_path == file.new_path else f"renamed from {printable(file.old_path)}"
    counts = "binary" if file.binary else f"+{file.added_lines} -{file.removed_lines}"
    return f"{printable(file.path)} ({what}, {counts}{', not read in full' if file.truncated else ''})"


def _rows(pieces: Sequence[_Piece], deployed: Deployed, narrowed: Narrowed, room: int, *, named: bool) -> list[str]:
    """The hunks nearest to the trace that there is room for, in the order of the file, and what was left out."""
    room -= _NOTE if len(pieces) > 1 and room > 4 * _NOTE else 0
    nearest = sorted(range(len(pieces)), key=lambda at: (*_distance(pieces[at], deployed), at))
    chosen: dict[int, list[str]] = {}
    left_out: list[_Piece] = []
    for at in nearest:
        rows = _without_comments(pieces[at].rows(narrowed, named=named), pieces[at].file.path)
        if not chosen:
            rows = _cut(rows, room)
        size = sum(len(row) + 1 for row in rows)
        if size > room:
            left_out.append(pieces[at])
            continue
        room -= size
        chosen[at] = rows
    return [*(row for at in sorted(chosen) for row in chosen[at]), *_left_out(left_out)]


def _distance(piece: _Piece, deployed: Deployed) -> tuple[bool, bool, int, bool]:
    kind = kind_of(piece.file.path)
    minor = all_minor((line for hunk in piece.hunks for line in (*hunk.removed, *hunk.added)), piece.file.path)
    nearest = min(deployed.distance(piece.file.path, hunk.new_start) for hunk in piece.hunks)
    return kind in HARMLESS, minor, nearest, kind is not Kind.CODE


def _cut(rows: Sequence[str], room: int) -> list[str]:
    """The rows of one hunk that there is room for."""
    shown: list[str] = []
    for row in rows:
        room -= len(row) + 1
        if room < 100:
            return [*shown, f"… {len(rows) - len(shown)} lines of this change left out; ask for them by their numbers"]
        shown.append(row)
    return shown


def _left_out(pieces: Iterable[_Piece]) -> list[str]:
    counted = Counter(basename(piece.file.path) for piece in pieces)  # the paths stand above
    if not counted:
        return []
    named = ", ".join(f"{printable(path)} ({number})" for path, number in counted.most_common(_NAMES))
    more = f" and {len(counted) - _NAMES} more files" if len(counted) > _NAMES else ""
    return [f"… {sum(counted.values())} changes left out for room, in {named}{more}; narrow by path, name or lines"]


def _nothing(sha: str, narrowed: Narrowed, pieces: Sequence[_Piece]) -> str:
    """What to ask instead when no change is in the part that was asked for."""
    places = dict.fromkeys(f"{piece.within or 'top level'} at {piece.at}" for piece in pieces)
    asked = narrowed.name or narrowed.class_name or f"lines {narrowed.first_line}-{narrowed.last_line}"
    listed = "; ".join(printable(place) for place in list(places)[:_NAMES])
    return f"{sha[:SHA_CHARACTERS]} changed nothing in {printable(asked)}; it changed {listed}"
