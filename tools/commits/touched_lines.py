"""Where in a file, as deployed, each commit of the window added or removed lines.

The line numbers of a commit's diff are those at that commit. From the newest commit to the oldest, the numbers are
mapped back through each diff of the file (and through its renames), so that every added line gets its number at the
deployed revision, or counts as overwritten, and every removed line gets the number of the line that now follows.
The cost is that of the diffs that touch this one file; history outside the window is never read.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeAlias

from tools.commits.analysis import ReadCommit
from tools.commits.line_novelty import Novelty
from tools.git.diff import FileChange, Hunk

_FURTHER_ON: Final = 200

Between: TypeAlias = Callable[[str, str, str], FileChange | None]
"""(older sha, newer sha or "" for the deployed revision, path) -> what was changed in the file between two commits that
do not follow each other; None when nothing was."""


@dataclass(frozen=True, slots=True)
class TouchedLine:
    """One line a commit added or removed. `line` is 1-based at the deployed revision: the line itself when it
    `survives`, else the nearest line that came after it. `novelty` (0..1): see line_novelty.py. `shown`: of a trace's
    function, it only sets a text that is only shown (`tools.impact.shown_texts`)."""

    line: int
    added: bool
    survives: bool
    text: str
    novelty: float = 1.0
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Touch:
    """What one commit did to one file of the deployed revision. `old_path` differs from `path` before a rename.

    `unread`: it changed the file, and not one line of that could be read.
    """

    sha: str
    path: str
    old_path: str | None
    lines: tuple[TouchedLine, ...]
    created: bool
    unread: bool


def touches_of(
    commits: Sequence[ReadCommit], path: str, length: int, *, judge: bool = True, between: Between | None = None
) -> tuple[Touch, ...]:
    """The touches of the file `path` of `length` lines, newest first; `commits` are the window's, oldest first.

    Without `judge`, novelty is not computed (all 1). With `between`, commits may be missing from `commits`.
    """
    found: list[Touch] = []
    mapping: list[int] = list(range(length + 2))
    current, newer = path, ""
    for commit in reversed(commits):
        change = commit.by_new_path.get(current)
        if change is None:
            continue
        gap = between(commit.diff.sha, newer, current) if between is not None else None
        newer = commit.diff.sha
        if gap is not None:
            mapping = _mapping_before(gap, mapping)
            if gap.old_path is None:
                break
        rows = _touched(change, mapping, length, commit.novelty if judge else None)
        mapping = _mapping_before(change, mapping)
        lines = tuple(replace(row, text=commit.clean(row.text)) if row.text in commit.masked else row for row in rows)
        found.append(Touch(commit.diff.sha, path, change.old_path, lines, change.old_path is None, is_unread(change)))
        if change.old_path is None:
            break
        current = change.old_path
    return tuple(found)


def changes_of(commits: Sequence[ReadCommit], path: str) -> tuple[FileChange, ...]:
    """The changes that `touches_of` reads when no commits are missing, newest first."""
    found: list[FileChange] = []
    current: str | None = path
    for commit in reversed(commits):
        change = commit.by_new_path.get(current) if current is not None else None
        if change is not None:
            found.append(change)
            current = change.old_path
    return tuple(found)


def is_unread(change: FileChange) -> bool:
    """Whether nothing of what changed can be read: a binary version, one that is too large or not there."""
    return not change.hunks and (change.truncated or change.binary)


def _touched(change: FileChange, mapping: list[int], length: int, novelty: Novelty | None) -> tuple[TouchedLine, ...]:
    """The lines of `change` with their numbers at the deployed revision; `mapping` (line -> deployed line, 0: gone) is
    that after it."""
    lines: list[TouchedLine] = []
    nearest = _Nearest(mapping, length)
    for hunk in change.hunks:
        new = hunk.new_start + (hunk.new_lines == 0)  # a side without lines is numbered by git as the line before it
        lines.extend(_added(hunk, new, mapping, nearest, novelty.added(hunk) if novelty else (1.0,) * len(hunk.added)))
        after = nearest.to(new + hunk.new_lines)
        fresh = novelty.removed(hunk) if novelty else (1.0,) * len(hunk.removed)
        lines.extend(TouchedLine(after, False, False, text, n) for text, n in zip(hunk.removed, fresh, strict=True))
    return tuple(lines)


def _mapping_before(change: FileChange, mapping: list[int]) -> list[int]:
    """The mapping before `change`, from that after it."""
    before: list[int] = [0]
    position = 1
    for hunk in change.hunks:
        old, new = hunk.old_start + (hunk.old_lines == 0), hunk.new_start + (hunk.new_lines == 0)
        before.extend(mapping[position : position + old - len(before)])
        position = new + hunk.new_lines
        before.extend([0] * hunk.old_lines)
    before.extend(mapping[position:])
    return before


def _added(
    hunk: Hunk, new: int, mapping: list[int], nearest: "_Nearest", novelty: Sequence[float]
) -> Iterator[TouchedLine]:
    for offset in range(hunk.new_lines):
        shown = offset < len(hunk.added)
        at = mapping[new + offset] if new + offset < len(mapping) else 0
        if not shown and not at:  # neither read nor there any more: a file of a million such lines tells nothing
            continue
        yield TouchedLine(
            line=at or nearest.to(new + offset),
            added=True,
            survives=at > 0,
            text=hunk.added[offset] if shown else "",
            novelty=novelty[offset] if shown else 1.0,
        )


class _Nearest:
    """Where a line that is gone would stand at the deployed revision. Found in two passes: a hunk may be the file."""

    def __init__(self, mapping: Sequence[int], length: int) -> None:
        self._last = max(length, 1)
        self._mapping = mapping

    @cached_property
    def _there(self) -> list[int]:
        return [place for place in range(1, len(self._mapping)) if self._mapping[place]]

    def to(self, line: int) -> int:
        """Before the next line that is still there, at most 200 further on; else after the last one before it."""
        if line < len(self._mapping) and self._mapping[line]:  # as of nearly all lines: nothing to search for
            return min(self._mapping[line], self._last)
        index = bisect_left(self._there, line)
        if index < len(self._there) and self._there[index] < line + _FURTHER_ON:
            return min(self._mapping[self._there[index]], self._last)
        return min(self._mapping[self._there[index - 1]] + 1, self._last) if index else 1
