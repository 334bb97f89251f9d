"""Where in a file, as it is deployed, each commit of the window wrote or cut.

Line numbers of a commit's diff are those of its own day. Walking the window from the newest commit to the oldest, the
numbering is carried back through each diff of the file (and through its renames), so that every added line is known
at the place it has today, or as overwritten, and every removed line at the place where it is missing today.
The cost is that of the diffs that touch this one file; history outside the window is never read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tools.commits.analysis import ReadCommit
from tools.commits.line_novelty import Novelty
from tools.git.diff import FileChange, Hunk


@dataclass(frozen=True, slots=True)
class TouchedLine:
    """One line a commit added or removed. `line` is 1-based at the deployed revision: the line itself when it
    `survives`, else the nearest line that came after it. `novelty` tells (0..1) whether it says something new."""

    line: int
    added: bool
    survives: bool
    text: str
    novelty: float = 1.0


@dataclass(frozen=True, slots=True)
class Touch:
    """What one commit did to one file of the deployed revision. `old_path` differs from `path` before a rename."""

    sha: str
    path: str
    old_path: str | None
    lines: tuple[TouchedLine, ...]
    created: bool
    unread: bool


def touches_of(commits: Sequence[ReadCommit], path: str, length: int, *, judge: bool = True) -> tuple[Touch, ...]:
    """The touches of the file `path` of `length` lines, newest first; `commits` are the window's, oldest first.

    Without `judge`, novelty is not worked out (all 1).
    """
    found: list[Touch] = []
    mapping: list[int] = list(range(length + 2))
    current = path
    for commit in reversed(commits):
        change = commit.by_new_path.get(current)
        if change is None:
            continue
        lines, mapping = _carry_back(change, mapping, length, commit.novelty if judge else None)
        lines = tuple(replace(row, text=commit.clean(row.text)) if row.text in commit.masked else row for row in lines)
        found.append(Touch(commit.diff.sha, path, change.old_path, lines, change.old_path is None, change.truncated))
        if change.old_path is None:
            break
        current = change.old_path
    return tuple(found)


def _carry_back(
    change: FileChange, mapping: list[int], length: int, novelty: Novelty | None
) -> tuple[tuple[TouchedLine, ...], list[int]]:
    """The lines of `change` at deployed numbers, and the mapping (line -> deployed line, 0 when gone) before it."""
    lines: list[TouchedLine] = []
    before: list[int] = [0]
    position = 1
    for hunk in change.hunks:
        # A side without lines is numbered by git as the line before it.
        old, new = hunk.old_start + (hunk.old_lines == 0), hunk.new_start + (hunk.new_lines == 0)
        before.extend(mapping[position : position + old - len(before)])
        position = new + hunk.new_lines
        lines.extend(_added(hunk, new, mapping, length, novelty.added(hunk) if novelty else (1.0,) * len(hunk.added)))
        after = _nearest(mapping, position, length)
        fresh = novelty.removed(hunk) if novelty else (1.0,) * len(hunk.removed)
        lines.extend(TouchedLine(after, False, False, text, n) for text, n in zip(hunk.removed, fresh, strict=True))
        before.extend([0] * hunk.old_lines)
    before.extend(mapping[position:])
    return tuple(lines), before


def _added(hunk: Hunk, new: int, mapping: list[int], length: int, novelty: Sequence[float]) -> Iterator[TouchedLine]:
    for offset in range(hunk.new_lines):
        shown = offset < len(hunk.added)
        at = mapping[new + offset] if new + offset < len(mapping) else 0
        yield TouchedLine(
            line=at or _nearest(mapping, new + offset, length),
            added=True,
            survives=at > 0,
            text=hunk.added[offset] if shown else "",
            novelty=novelty[offset] if shown else 1.0,
        )


def _nearest(mapping: list[int], new: int, length: int) -> int:
    for at in range(max(new, 1), min(new + 200, len(mapping))):
        if mapping[at]:
            return min(mapping[at], max(length, 1))
    for at in range(min(new, len(mapping)) - 1, 0, -1):
        if mapping[at]:
            return min(mapping[at] + 1, max(length, 1))
    return 1
