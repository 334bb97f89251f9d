"""Checks the steps that an agent states between a commit's change and the failing line.

A line of prose can be made up. What cannot be faked is that the commit's diff holds the line, that each step stands in
the function it names, and that one function calls the other or is the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from incidents.errors import IncompleteRepository, UnknownRevision
from incidents.opinion import ChangedLine, Proof, ProofStep
from tools.git.diff import FileChange, Hunk, commit_diff
from tools.git.repository import Repository
from tools.source.outline import Definition, Outline
from tools.source.outline_cache import outline_at

_NEAR: Final = 3  # lines by which a stated line number may be wrong
_SHORT: Final = 6  # a line with fewer letters and digits stands anywhere


@dataclass(frozen=True)
class ProofCheck:
    """What can be checked of a proof in one repository at the deployed revision."""

    repository: Repository
    deployed: str

    def checked(self, sha: str, proof: Proof) -> Proof:
        """Return the proof of what `sha` caused with every part marked as found or not."""
        row = self._row(sha, proof.change) if proof.change else None
        change = proof.change.model_copy(update={"checked": row is not None}) if proof.change else None
        before = self._of_row(sha, row) if row else None
        steps: list[ProofStep] = []
        for step in proof.steps:
            place = self._place(step)
            began = not steps and (change is None or self._names_file(row, place))
            linked = place is not None and (began or (before is not None and linked_places(before, place)))
            steps.append(step.model_copy(update={"checked": linked}))
            before = place or before
        return Proof(change=change, steps=tuple(steps))

    def _row(self, sha: str, change: ChangedLine) -> "_Row | None":
        """The line of the commit's diff that is meant: the same text in the same file, nearest to the stated number."""
        try:
            diff = commit_diff(self.repository, sha, wanted=(change.path,))
        except (IncompleteRepository, UnknownRevision):
            return None
        files = [file for file in diff.files if change.path in (file.old_path, file.new_path)]
        rows = [row for file in files for hunk in file.hunks for row in _rows(file, hunk) if _is(change, row)]
        return min(rows, key=lambda row: abs(row.number - change.line), default=None)

    def _of_row(self, sha: str, row: "_Row") -> "Place | None":
        """Where the line stands, or stood, in the file as the commit left it."""
        if row.path_after is None:
            return None
        outline = self._outline(row.path_after, sha)
        return Place(outline, min(row.line_after, len(outline.lines))) if outline else None

    def _names_file(self, row: "_Row | None", place: "Place | None") -> bool:
        """Whether the code names a file that the commit removed."""
        if row is None or place is None or row.path_after is not None:
            return False
        return bool(_word(PurePosixPath(row.path_before or "").stem).search(place.text))

    def _place(self, step: ProofStep) -> "Place | None":
        """The step's place, when its line exists and stands in the function that it names."""
        outline = self._outline(step.path)
        if outline is None or step.line > len(outline.lines) or not outline.lines[step.line - 1].strip():
            return None
        around = outline.around(step.line)
        names = {each.name for each in around}
        said = re.split(r"[.:>#\\]+", step.function.rstrip("()"))[-1]
        if names and said and said not in names:
            return None
        return Place(outline, step.line)

    def _outline(self, path: str, revision: str | None = None) -> Outline | None:
        try:
            return outline_at(self.repository, revision or self.deployed, path)
        except IncompleteRepository:
            return None


class _Row(NamedTuple):
    """A line that a commit added or removed. `line_after` is where it stands, or stood, in the file after the commit."""

    path_before: str | None
    path_after: str | None
    number: int
    line_after: int
    text: str


def _rows(file: FileChange, hunk: Hunk) -> Iterator[_Row]:
    for number, text in zip(hunk.added_at, hunk.added, strict=True):
        yield _Row(file.old_path, file.new_path, number, number, text)
    for number, text in zip(hunk.removed_at, hunk.removed, strict=True):
        yield _Row(file.old_path, file.new_path, number, max(hunk.new_start, 1), text)


@dataclass(frozen=True)
class Place:
    """A line of a file, with what it stands in."""

    outline: Outline
    line: int

    @property
    def around(self) -> Definition | None:
        """The innermost function, class or constant."""
        inside = next(iter(self.outline.around(self.line)), None)
        return inside or self.outline.constant(self.line)

    @property
    def text(self) -> str:
        """The source of what it stands in; some lines around it outside of every definition."""
        inside = self.around
        first, last = (inside.start, inside.end) if inside else (max(1, self.line - 8), self.line + 8)
        return self.outline.text(first, last)


def linked_places(one: Place, other: Place) -> bool:
    """Return whether two places stand in the same definition, or one names the other's: calls it, makes it, reads it."""
    if one.outline.path == other.outline.path and one.around == other.around:
        return True
    return _names(one, other) or _names(other, one)


def _names(user: Place, used: Place) -> bool:
    """Whether the code around `user` names the function, class or constant of `used`."""
    inside = used.outline.around(used.line)
    names = {each.name for each in inside} | ({used.around.name} if used.around else set())
    return any(_word(name).search(user.text) for name in names if len(name) > 1)


@cache
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")


def _is(change: ChangedLine, row: _Row) -> bool:
    """Whether the row is the line that is meant. A short line, such as a bracket, must also have that number."""
    wanted, found = _ink(change.text), _ink(row.text)
    if len(wanted) < _SHORT:
        return wanted == found and abs(row.number - change.line) <= _NEAR
    return wanted in found


def _ink(text: str) -> str:
    return "".join(text.split())
