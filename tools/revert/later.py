"""The commits of the main line after a commit: those that a revert can collide with, or leave broken."""

from collections.abc import Sequence
from itertools import islice
from typing import Final, NamedTuple

from incidents.evidence import Commit
from tools.git.commit_objects import CommitObject, undescribed
from tools.git.first_parents import first_parents
from tools.git.repository import Repository

MOST: Final = 500


class Later(NamedTuple):
    """The first-parent commits after a commit up to the head, oldest first, of which only the ids are known.

    `merge` is the merge that brought the commit, when it was made on a branch; it is not among `commits`. `whole` is False
    when there are more than `MOST`: `commits` are then the newest of them.
    """

    commits: tuple[Commit, ...]
    merge: str | None = None
    whole: bool = True

    def position(self, sha: str) -> int:
        """Where a commit stands; -1 for the reverted one, and for the merge that brought it."""
        return next((number for number, commit in enumerate(self.commits) if commit.sha == sha), -1)

    def after(self, sha: str) -> "Later":
        """Return the commits after one of them, or all of them after the reverted commit."""
        return Later(self.commits[self.position(sha) + 1 :], self.merge, self.whole)


def later_commits(repository: Repository, commit: str, head: str) -> Later | None:
    """Return the commits after `commit`; None when it is not an ancestor of `head`."""
    line: list[CommitObject] = []
    for each in islice(first_parents(repository, head), MOST + 1):
        if str(each.id) == commit:
            return Later(_window(line))
        line.append(each)
    if len(line) > MOST and repository.is_ancestor(commit, str(line[-1].id)):
        return Later(_window(line[:MOST]), whole=False)
    return _after_its_merge(repository, commit, line) if repository.is_ancestor(commit, head) else None


def _after_its_merge(repository: Repository, commit: str, line: Sequence[CommitObject]) -> Later:
    """Find, by bisection, the oldest commit of the line that contains `commit`."""
    low, high = 0, len(line) - 1  # line[low] contains it; what follows line[high] does not
    while low < high:
        middle = (low + high + 1) // 2
        if repository.is_ancestor(commit, str(line[middle].id)):
            low = middle
        else:
            high = middle - 1
    return Later(_window(line[:low]), merge=str(line[low].id))


def _window(newest_first: Sequence[CommitObject]) -> tuple[Commit, ...]:
    return tuple(undescribed(each.id) for each in reversed(newest_first))
