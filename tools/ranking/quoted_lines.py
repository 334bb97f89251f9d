"""Commits that a trace proves to be innocent: it quotes a line of code as it was before them."""

from collections.abc import Sequence
from typing import Final

from incidents.evidence import Commit
from incidents.trace import Frame, StackTrace
from tools.commits.analysis import read_commit
from tools.git.diff import FileChange
from tools.git.repository import Repository
from tools.source.outline import Outline
from tools.source.outline_cache import outline_at
from tools.text.rule import places

_SHORTEST: Final = 12  # shorter lines (`return x`, `pass`) stand in many places
_MOST_LINES: Final = 20


def rewritten_since(
    repository: Repository, commits: Sequence[Commit], deployed: str, mapped: StackTrace
) -> dict[str, str]:
    """sha -> why it cannot be the cause, of those of `commits` (oldest first) that took away a line which the trace quotes.

    The failing program had the line, so it did not have the commit. Commits after it are not proven: the trace may come
    from a release branch that got some of them alone.
    """
    found: dict[str, str] = {}
    for path, line in list(dict.fromkeys(filter(None, map(_quoted, mapped.frames))))[:_MOST_LINES]:
        outline = outline_at(repository, deployed, path)
        if outline is None or _holds(outline, line):
            continue
        last = _last_to_remove(repository, commits, path, line)
        if last is not None:
            found.setdefault(last, f"the trace quotes the line as it was before this commit: {path}")
    return found


def _holds(outline: Outline, line: str) -> bool:
    """Whether a line of the file says just this."""
    source = outline.source
    starts = ((source.rfind("\n", 0, at) + 1, source.find("\n", at)) for at in places((line,), source))
    return any(source[start : end if end >= 0 else None].strip() == line for start, end in starts)


def _quoted(frame: Frame) -> tuple[str, str] | None:
    line = (frame.source or "").strip()
    return (frame.repo_path, line) if frame.repo_path is not None and len(line) >= _SHORTEST else None


def _last_to_remove(repository: Repository, commits: Sequence[Commit], path: str, line: str) -> str | None:
    """The newest commit that took the line out of the file, followed back through renames. Before an earlier one that
    did, the line may have been added again."""
    for commit in reversed(commits):
        change = read_commit(repository, commit.sha, (path,)).by_new_path.get(path)
        if change is None:
            continue
        if _removes(change, line):
            return commit.sha
        if change.old_path is None:
            return None
        path = change.old_path
    return None


def _removes(change: FileChange, line: str) -> bool:
    removed = any(row.strip() == line for hunk in change.hunks for row in hunk.removed)
    return removed and not any(row.strip() == line for hunk in change.hunks for row in hunk.added)
