"""The first-parent line of a revision: the commits as the main branch saw them, newest first."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from pygit2.enums import SortMode

from incidents.errors import IncompleteRepository
from tools.git.commit_objects import CommitObject
from tools.git.repository import Repository
from tools.git.trees import UNREADABLE
from tools.text.cache import Cache

# Walking 30,000 commits takes 0.4 s, and the next error of the same revision asks for them again.
_lines: Final = Cache[tuple[str, str], tuple[CommitObject, ...]](200_000, len)
_WORTH_CACHING: Final = 1_000


class FirstParents:
    """The first-parent line of a revision, newest first, read as far as it is asked for, and cached as far as it was."""

    def __init__(self, repository: Repository, revision: str) -> None:
        self._key = repository.raw.path, str(repository.raw_commit(revision).id)
        self._found: list[CommitObject] = list(_lines.get(self._key) or ())
        self._cached = len(self._found)
        following = str(self._found[-1].id) if self._found else revision
        self._rest = islice(first_parents(repository, following), min(self._cached, 1), None)

    def at(self, back: int) -> CommitObject | None:
        """The commit `back` commits before the revision; None before the first one that is there."""
        if len(self._found) <= back:
            self._found += islice(self._rest, back + 1 - len(self._found))
            self._cache()
        return self._found[back] if back < len(self._found) else None

    def _cache(self) -> None:
        if len(self._found) >= max(_WORTH_CACHING, 2 * self._cached):
            self._cached = len(_lines.put(self._key, tuple(self._found)))


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
