"""The commits that one commit of the main line brings in: itself, and for a merge those of the merged branch."""

from itertools import islice

import pygit2
from pygit2.enums import SortMode

from tools.git.repository import Repository


def brought_in(repository: Repository, commit: str, most: int) -> tuple[str, ...]:
    """Return at most `most` commits, newest first: what is in `commit`'s history and not in its first parent's.

    Raises IncompleteRepository when some of them are missing.
    """
    found = repository.raw_commit(commit)
    parent = repository.first_parent(found)
    if len(found.parent_ids) < 2 or parent is None:
        return (str(found.id),)
    with repository.reading(f"the commits that {found.id} merges"):
        walk = repository.raw.walk(found.id, SortMode.TOPOLOGICAL)
        walk.hide(pygit2.Oid(hex=str(parent.id)))
        return tuple(str(each.id) for each in islice(walk, most))
