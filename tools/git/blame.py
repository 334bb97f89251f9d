"""Find which commits of the window last touched given lines: a blame that does not go back before the window.

Own algorithm: walk the window from the newest commit to the oldest, first parents only, and map line numbers back
through each commit's diff of that one file. A commit that did not change the file costs one look-up in its tree, so the
cost grows with the window and not with the history. Same attribution as `git blame --first-parent base..deployed`.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from incidents.evidence import Commit
from tools.git.file_history import Edit, FileSteps, Step, file_steps
from tools.git.repository import Repository

_ALL_OF: Final = 8  # a replaced block of at most this many lines is followed as a whole
_AROUND: Final = 4  # of a larger block, this many lines above and below the same relative position
_REMEMBERED: Final = 20  # commits in one line's history, at most


class BlamedLine(NamedTuple):
    """The commit that wrote a line, with the file's path and the line's 1-based number right after that commit."""

    sha: str
    path: str
    line: int


def window_blame(
    repository: Repository, window: Sequence[Commit], deployed: str, path: str, lines: Iterable[int]
) -> dict[int, BlamedLine]:
    """Return the commit of `window` that last touched each of `lines` (1-based, of `path` at `deployed`).

    `window` is ordered oldest first and ends with `deployed`. Lines older than the window, and lines that do not exist,
    are absent. A file is followed through renames, but not through copies, binary versions or versions that are too
    large.
    """
    steps = file_steps(repository, window, deployed, path)
    blamed: dict[int, BlamedLine] = {}
    now = {line: line for line in _existing(steps, lines)}  # line at `deployed` -> its number after the step
    for step in steps.newest_first:
        before: dict[int, int] = {}
        for line, position in now.items():
            if step.wrote(position):
                blamed[line] = BlamedLine(step.sha, step.path, position)
            else:
                before[line] = step.before(position)
        now = before
    return dict(sorted(blamed.items()))


def lines_before(
    repository: Repository, window: Sequence[Commit], deployed: str, path: str, lines: Iterable[int]
) -> tuple[str, dict[int, int]]:
    """The file's name before the window, and of those lines that are older than the window: line at `deployed` -> its
    number there."""
    steps = file_steps(repository, window, deployed, path)
    now = {line: line for line in _existing(steps, lines)}
    for step in steps.newest_first:
        now = {line: step.before(position) for line, position in now.items() if not step.wrote(position)}
        path = step.path_before or path
    return path, now


def line_history(
    repository: Repository, window: Sequence[Commit], deployed: str, path: str, lines: Iterable[int]
) -> dict[int, tuple[BlamedLine, ...]]:
    """Return every commit of the window that touched each line, or the lines it replaced, newest first.

    Where a commit replaced lines, the replaced ones are followed further back: all lines of a small block, those at the
    same relative position of a large one. At most 20 commits per line; lines older than the window are absent.
    """
    steps = file_steps(repository, window, deployed, path)
    histories = {line: tuple(_touches(steps, line))[:_REMEMBERED] for line in _existing(steps, lines)}
    return {line: history for line, history in histories.items() if history}


def deletions_near(
    repository: Repository, window: Sequence[Commit], deployed: str, path: str, lines: Iterable[int], reach: int = 3
) -> dict[str, int]:
    """Return which commits of the window removed lines next to `lines`: a removed guard leaves no line to blame.

    The result maps sha -> distance in lines, at most `reach`: 0 when a given line replaced the removed lines, 1 when
    they were directly above or below it. Removed blank lines do not count.
    """
    steps = file_steps(repository, window, deployed, path)
    found: dict[str, int] = {}
    positions = set(_existing(steps, lines))
    for step in steps.newest_first:
        removals = [edit for edit in step.edits if edit.removes_text]
        gaps = [_gap(edit, position) for edit in removals for position in positions]
        if gaps and min(gaps) <= reach:
            found[step.sha] = min(gaps)
        positions = {old for position in positions for old in _carried(step, position)}
    return found


def _existing(steps: FileSteps, lines: Iterable[int]) -> list[int]:
    return sorted({line for line in lines if 1 <= line <= steps.line_count})


def _touches(steps: FileSteps, line: int) -> Iterator[BlamedLine]:
    positions = {line}
    for step in steps.newest_first:
        written = [position for position in positions if step.wrote(position)]
        if written:
            yield BlamedLine(step.sha, step.path, min(written))
        positions = {old for position in positions for old in _carried(step, position)}


def _carried(step: Step, position: int) -> range:
    """Return the position before the step of the line at `position`, or of the lines it replaced."""
    edit = step.writer(position)
    if edit is None:
        before = step.before(position)
        return range(before, before + 1)
    first, last = edit.old_start, edit.old_start + edit.old_lines - 1
    height = (position - edit.new_start) * edit.old_lines // edit.new_lines
    if edit.old_lines == edit.new_lines:
        return range(first + height, first + height + 1)
    if edit.old_lines <= _ALL_OF:
        return range(first, last + 1) if edit.old_lines else range(0)
    return range(max(first, first + height - _AROUND), min(last, first + height + _AROUND) + 1)


def _gap(edit: Edit, position: int) -> int:
    """Return the lines between `position` and the edit's removed lines, on the new side."""
    if edit.new_lines == 0:  # the removed lines were between new_start and the next line
        return max(edit.new_start - position + 1, position - edit.new_start)
    return max(edit.new_start - position, position - (edit.new_start + edit.new_lines - 1), 0)
