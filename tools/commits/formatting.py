"""Whether a commit changes formatting or comments alone. What is not certain counts as a change: such a commit is ruled out."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from tools.commits.diff_facts import counted, may_be_cosmetic
from tools.git.diff import CommitDiff, FileChange, Hunk
from tools.git.repository import Repository
from tools.source.same_code import same_code
from tools.text.comments import is_comment_line

_FREE: Final = frozenset(
    ["c", "h", "cc", "cpp", "cxx", "hpp", "m", "mm", "swift", "dart", "scala", "groovy", "java", "cs", "kt", "go", "rs"]
)
"""Endings of languages without a meaning of indentation and line ends, or hardly any."""
_QUOTES: Final = re.compile(r"[\"'`\\]|^\s*#", re.MULTILINE)
_TOKEN: Final = re.compile(r"\w+|[^\w\s]+")


def is_cosmetic(repository: Repository, diff: CommitDiff) -> bool:
    """Whether the code of every file is the same before and after but for comments and formatting."""
    if not may_be_cosmetic(diff):
        return False
    parent = repository.first_parent(repository.raw_commit(diff.sha))
    before = str(parent.id) if parent is not None else ""
    return all(_is_same(repository, before, diff.sha, change) for change in diff.files if counted(change))


def _is_same(repository: Repository, before: str, after: str, change: FileChange) -> bool:
    old = repository.text(before, change.old_path) if before and change.old_path else ""
    new = repository.text(after, change.new_path) if change.new_path else ""
    if old is None or new is None:
        return False
    same = same_code(change.path, old, new)
    return all(_same_rows(change.path, hunk) for hunk in change.hunks) if same is None else same


def _same_rows(path: str, hunk: Hunk) -> bool:
    """Whether the lines are the same without a grammar: as they stand, comments and blank lines aside; of a language of free
    form by what stands between the blanks, where no quote, backslash or directive is near."""
    old, new = _code(hunk.removed, path), _code(hunk.added, path)
    free = PurePosixPath(path).suffix[1:].lower() in _FREE and not _QUOTES.search("\n".join((*old, *new)))
    return _TOKEN.findall("\n".join(old)) == _TOKEN.findall("\n".join(new)) if free else old == new


def _code(rows: Sequence[str], path: str) -> list[str]:
    return [row for row in rows if row.strip() and not is_comment_line(row, path)]
