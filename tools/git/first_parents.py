"""The first-parent line of a revision: the states that its branch went through, without those of merged branches."""

from collections.abc import Iterator

from pygit2.enums import SortMode

from incidents.errors import IncompleteRepository
from tools.git.commit_objects import CommitObject
from tools.git.repository import Repository
from tools.git.trees import UNREADABLE


def first_parents(repository: Repository, revision: str) -> Iterator[CommitObject]:
    """Yield the revision's commit, its first parent, that one's first parent, and so on, as far as they can be read.

    By libgit2's walk, three times as fast; where damage or the edge of a clone ends it, commit by commit.
    """
    commit = repository.raw_commit(revision)
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
