"""The first-parent line of a revision: the commits as the main branch saw them, newest first."""

from collections.abc import Iterator
from itertools import islice

from pygit2.enums import SortMode

from incidents.errors import IncompleteRepository
from tools.git.commit_objects import CommitObject
from tools.git.repository import Repository
from tools.git.trees import UNREADABLE


class FirstParents:
    """The first-parent line of a revision, newest first, read as far as it is asked for."""

    def __init__(self, repository: Repository, revision: str) -> None:
        self._found: list[CommitObject] = []
        self._rest = first_parents(repository, revision)

    def at(self, back: int) -> CommitObject | None:
        """The commit `back` commits before the revision; None before the first one that is there."""
        if len(self._found) <= back:
            self._found += islice(self._rest, back + 1 - len(self._found))
        return self._found[back] if back < len(self._found) else None


def first_parents(repository: Repository, revision: str) -> Iterator[CommitObject]:
    """Return the revision's commit, its first parent, that one's first parent, and so on, as far as they can be read.

    Raises UnknownRevision and IncompleteRepository at once, when the revision itself cannot be read.
    """
    return _walk(repository, repository.raw_commit(revision))


def _walk(repository: Repository, commit: CommitObject) -> Iterator[CommitObject]:
    """By libgit2's walk, three times as fast; where damage or the edge of a clone ends it, commit by commit."""
    last: CommitObject | None = None
    try:
        walk = repository.raw.walk(commit.id, SortMode.NONE)
        walk.simplify_first_parent()
        for each in walk:
            last = CommitObject(each.id, each.tree_id, tuple(each.parent_ids))
            yield last
        return
    except UNREADABLE:
        pass  # from here on commits are parsed one by one
    following = commit if last is None else _before(repository, last)
    while following is not None:
        yield following
        following = _before(repository, following)


def _before(repository: Repository, commit: CommitObject) -> CommitObject | None:
    try:
        return repository.first_parent(commit)
    except IncompleteRepository:
        return None
