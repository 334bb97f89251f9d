"""Checks the steps that an agent states between a commit's change and the failing line.

A line of prose can be made up. What cannot be faked is that the commit's diff holds the line, that each step stands in
the function it names, and that one function calls the other or is the same.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from incidents.errors import IncompleteRepository, UnknownRevision
from incidents.opinion import ChangedLine, Proof, ProofStep
from tools.commits.diff_facts import is_comment
from tools.git.diff import FileChange, Hunk, commit_diff
from tools.git.repository import Repository
from tools.impact.code_links import Place, linked, names_file
from tools.source.line_numbers import LineNumbers, Renumber
from tools.source.outline import Outline
from tools.source.outline_cache import outline_at

_NEAR: Final = 3  # lines by which a stated line number may be wrong
_SHORT: Final = 6  # a line with fewer letters and digits stands anywhere
_TELLING: Final = 40  # so much of a line is that line wherever it stands: a reply has room for only its beginning


def _unknown(path: str, line: int) -> bool:
    return False


def _by_nobody(sha: str, path: str, line: int) -> bool:
    return False


@dataclass(frozen=True)
class ProofCheck:
    """What can be checked of a proof in one repository at the deployed revision.

    `ran` tells whether the failing execution is known to have come through the function of a line: the trace holds it;
    `wrote` whether a commit newly wrote a deployed line.
    """

    repository: Repository
    deployed: str
    ran: Callable[[str, int], bool] = _unknown
    wrote: Callable[[str, str, int], bool] = _by_nobody

    def checked(self, sha: str, proof: Proof) -> Proof:
        """Return the proof of what `sha` caused with every part marked as found or not.

        A step may follow from any that was found before it: one that was not found breaks no way around it. A line that the
        commit itself wrote is where a way may begin too, once the changed line was found.
        """
        row = self._row(sha, proof.change) if proof.change else None
        change = proof.change.model_copy(update={"checked": row is not None}) if proof.change else None
        begin = self._of_row(sha, row) if row else None
        found = [begin] if begin else []
        steps: list[ProofStep] = []
        for step in proof.steps:
            place = self.place(step)
            began = not steps and (change is None or self._names_removed(row, place))
            began = began or (row is not None and place is not None and self.wrote(sha, place.path, place.line))
            follows = place is not None and (began or any(self._linked(before, place) for before in found))
            steps.append(step.model_copy(update={"checked": follows}))
            found += [place] if place and follows else []
        return Proof(change=change, steps=tuple(steps))

    def _linked(self, before: Place, place: Place) -> bool:
        """Code leads from one to the other, or the trace does: it shows calls that are made by name at run time."""
        return linked(before, place) or (self.ran(before.path, before.line) and self.ran(place.path, place.line))

    def _row(self, sha: str, change: ChangedLine) -> "_Row | None":
        """The line of the commit's diff that is meant: the same text in the same file, nearest to the stated number.

        A comment is none: it changes nothing, and anybody can write there whom to blame.
        """
        try:
            diff = commit_diff(self.repository, sha, wanted=(change.path,))
        except (IncompleteRepository, UnknownRevision):
            return None
        files = [file for file in diff.files if change.path in (file.old_path, file.new_path)]
        numbers = LineNumbers(self.repository, self.deployed)
        found = (
            row
            for file in files
            for hunk in file.hunks
            for row in _rows(file, hunk, numbers.of(sha, file.new_path))
            if _is(change, row)
        )
        rows = [row for row in found if not is_comment(row.text, change.path)]
        return min(rows, key=lambda row: row.away(change.line), default=None)

    def _of_row(self, sha: str, row: "_Row") -> Place | None:
        """Where the line stands, or stood, in the file as the commit left it."""
        if row.path_after is None:
            return None
        outline = self._outline(row.path_after, sha)
        return Place(outline, min(row.line_after, len(outline.lines))) if outline else None

    def _names_removed(self, row: "_Row | None", place: Place | None) -> bool:
        """Whether the code names a file that the commit removed."""
        if row is None or place is None or row.path_after is not None or row.path_before is None:
            return False
        return names_file(place, row.path_before)

    def place(self, step: ProofStep) -> Place | None:
        """Return the step's place, when its line exists and stands in the function that it names."""
        outline = self._outline(step.path)
        if outline is None or step.line > len(outline.lines) or not outline.lines[step.line - 1].strip():
            return None
        place = Place(outline, step.line)
        names = {each.name for each in place.around}
        said = re.split(r"[.:>#\\]+", step.function.rstrip("()"))[-1]
        return None if names and said and said not in names else place

    def _outline(self, path: str, revision: str | None = None) -> Outline | None:
        try:
            return outline_at(self.repository, revision or self.deployed, path)
        except IncompleteRepository:
            return None


class _Row(NamedTuple):
    """A line that a commit added or removed. `line_after` is where it stands, or stood, in the file after the commit; `now`
    the number of an added line as deployed, None when it is gone."""

    path_before: str | None
    path_after: str | None
    number: int
    line_after: int
    text: str
    now: int | None = None

    def away(self, line: int) -> int:
        """How far a stated number is off, as the commit numbered the line or as deployed."""
        return min(abs(line - number) for number in (self.number, self.now) if number is not None)


def _rows(file: FileChange, hunk: Hunk, now: Renumber) -> Iterator[_Row]:
    for number, text in zip(hunk.added_at, hunk.added, strict=True):
        yield _Row(file.old_path, file.new_path, number, number, text, now(number))
    for number, text in zip(hunk.removed_at, hunk.removed, strict=True):
        yield _Row(file.old_path, file.new_path, number, max(hunk.new_start, 1), text)


def _is(change: ChangedLine, row: _Row) -> bool:
    """Whether the row is the line that is meant: the whole line, or a telling part of one at about that number."""
    wanted, found = _ink(change.text), _ink(row.text)
    near = row.away(change.line) <= _NEAR
    if len(wanted) < _SHORT:
        return wanted == found and near
    return wanted == found or (wanted in found and (near or len(wanted) >= _TELLING))


def _ink(text: str) -> str:
    return "".join(text.split())
