"""Find which commits of the window last touched given lines: a blame that does not go back before the window.

Own algorithm: walk the window from the newest commit to the oldest, first parents only, and map line numbers back
through each commit's diff of that one file. A commit that did not change the file costs one look-up in its tree, so the
cost grows with the window and not with the history. Same attribution as `git blame --first-parent base..deployed`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from incidents.evidence import Commit
from tools.git.file_history import FileSteps, file_steps
from tools.git.repository import Repository


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


def _existing(steps: FileSteps, lines: Iterable[int]) -> list[int]:
    return sorted({line for line in lines if 1 <= line <= steps.line_count})
