"""A commit's diff as text for a reader with little room: what is nearest to the trace is shown, the rest is counted."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from incidents.errors import IncompleteRepository, ToolError
from tools.git.diff import CommitDiff, FileChange, Hunk, commit_diff
from tools.source.deployed import Deployed
from tools.source.enclosing import enclosing, names_around
from tools.source.file_kinds import HARMLESS, Kind, kind_of
from tools.source.listing import SHA_CHARACTERS, printable
from tools.source.outline import Outline
from tools.source.outline_cache import outline_at

_FILES: Final = 25
_CONTEXT: Final = 2
_NAMES: Final = 6
_HEADER: Final = 5  # lines of remarks at the head of a file that are not shown
_REMARK: Final = re.compile(r"\s*(?:#(?!!|include|define)|//|/\*|\*|--|<!--|<\?php\s*$|$)")
_NOTE: Final = 250  # characters for the note of what was left out


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The part of a diff that is asked for; what is empty or 0 does not narrow it. Lines are of the new side."""

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
    return "\n".join([*head, *_rows(wanted, deployed, room)])


@dataclass(frozen=True, slots=True)
class _Piece:
    """One hunk with the outlines of its file before and after."""

    file: FileChange
    hunk: Hunk
    old: Outline | None
    new: Outline | None

    @property
    def within(self) -> str:
        """The definition that the change stands in."""
        if self.hunk.added_at:
            return enclosing(self.new, self.hunk.added_at[0])
        return enclosing(self.old, self.hunk.removed_at[0]) if self.hunk.removed_at else ""

    def matches(self, narrowed: Narrowed) -> bool:
        names = {part for part in (narrowed.class_name, narrowed.name) if part}
        first, last = narrowed.first_line, max(narrowed.last_line, narrowed.first_line)
        end = self.hunk.new_start + max(self.hunk.new_lines, 1) - 1
        return (not first or (self.hunk.new_start <= last and end >= first)) and names <= self._names()

    def _names(self) -> set[str]:
        new = (names_around(self.new, line) for line in self.hunk.added_at)
        old = (names_around(self.old, line) for line in self.hunk.removed_at)
        return set().union(*new, *old)

    def rows(self) -> list[str]:
        """The hunk with its context, as lines of text."""
        hunk = self.hunk
        before, after = self._context()
        within = f" in {printable(self.within)}" if self.within else ""
        removed = zip(hunk.removed_at, hunk.removed, strict=True)
        head, added = _without_header(list(zip(hunk.added_at, hunk.added, strict=True)))
        return [
            f"@@ {printable(self.file.path)}:{hunk.new_start or hunk.old_start}{within}",
            *before,
            *(f"-{number:>5} {printable(text)}" for number, text in removed),
            *head,
            *(f"+{number:>5} {printable(text)}" for number, text in added),
            *after,
        ]

    def _context(self) -> tuple[list[str], list[str]]:
        """The lines of the new side before and after the hunk; none for a deleted file."""
        if self.new is None:
            return [], []
        hunk, lines = self.hunk, self.new.lines
        last = hunk.new_start - 1 if hunk.new_lines else hunk.new_start
        before = range(max(1, last - _CONTEXT + 1), last + 1)
        after = range(last + hunk.new_lines + 1, min(len(lines), last + hunk.new_lines + _CONTEXT) + 1)
        numbered = [[f" {line:>5} {printable(lines[line - 1])}" for line in span] for span in (before, after)]
        return numbered[0], numbered[1]


def _without_header(added: list[tuple[int, str]]) -> tuple[list[str], list[tuple[int, str]]]:
    """The added lines of a file without the remarks that it begins with (a licence), and a note of these."""
    if not added or added[0][0] != 1:
        return [], added
    remarks = list(takewhile(lambda row: _REMARK.match(row[1]), added))
    if len(remarks) < _HEADER or len(remarks) == len(added):
        return [], added
    return [f"+ … lines 1-{remarks[-1][0]} are remarks"], added[len(remarks) :]


def _files(diff: CommitDiff, path: str) -> list[FileChange]:
    """The files that are meant, code before tests and documents."""
    folder = f"{path.rstrip('/')}/"
    named = [(file, [each for each in (file.old_path, file.new_path) if each]) for file in diff.files]
    shown = [file for file, paths in named if not path or path in paths or any(p.startswith(folder) for p in paths)]
    if path and not shown:
        changed = ", ".join(printable(file.path) for file in diff.files[:20])
        raise ToolError(f"{diff.sha[:SHA_CHARACTERS]} did not change {printable(path)}; it changed {changed}")
    return sorted(shown, key=lambda file: (kind_of(file.path) in HARMLESS, file.path))


def _pieces(deployed: Deployed, sha: str, file: FileChange) -> Iterator[_Piece]:
    parents = deployed.commit(sha).parents
    old = _outline(deployed, parents[0], file.old_path) if parents else None
    new = _outline(deployed, sha, file.new_path)
    return (_Piece(file, hunk, old, new) for hunk in file.hunks)


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


def _rows(pieces: Sequence[_Piece], deployed: Deployed, room: int) -> list[str]:
    """The hunks nearest to the trace that there is room for, in the order of the file, and what was left out."""
    room -= _NOTE if len(pieces) > 1 and room > 4 * _NOTE else 0
    nearest = sorted(range(len(pieces)), key=lambda at: (*_distance(pieces[at], deployed), at))
    chosen: dict[int, list[str]] = {}
    left_out: list[_Piece] = []
    for at in nearest:
        rows = pieces[at].rows()
        if not chosen:
            rows = _cut(rows, room)
        size = sum(len(row) + 1 for row in rows)
        if size > room:
            left_out.append(pieces[at])
            continue
        room -= size
        chosen[at] = rows
    return [*(row for at in sorted(chosen) for row in chosen[at]), *_left_out(left_out)]


def _distance(piece: _Piece, deployed: Deployed) -> tuple[bool, int, bool]:
    kind = kind_of(piece.file.path)
    return kind in HARMLESS, deployed.distance(piece.file.path, piece.hunk.new_start), kind is not Kind.CODE


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
    counted = Counter(piece.file.path for piece in pieces)
    if not counted:
        return []
    named = ", ".join(f"{printable(path)} ({number})" for path, number in counted.most_common(_NAMES))
    more = f" and {len(counted) - _NAMES} more files" if len(counted) > _NAMES else ""
    return [f"… {sum(counted.values())} changes left out for room, in {named}{more}; narrow by path, name or lines"]


def _nothing(sha: str, narrowed: Narrowed, pieces: Sequence[_Piece]) -> str:
    """What to ask instead when no change is in the part that was asked for."""
    places = dict.fromkeys(
        f"{piece.within or 'top level'} at {piece.file.path}:{piece.hunk.new_start}" for piece in pieces
    )
    asked = narrowed.name or narrowed.class_name or f"lines {narrowed.first_line}-{narrowed.last_line}"
    listed = "; ".join(printable(place) for place in list(places)[:_NAMES])
    return f"{sha[:SHA_CHARACTERS]} changed nothing in {printable(asked)}; it changed {listed}"
