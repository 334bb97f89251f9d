"""The commits between two states of a submodule, where its own repository is at hand."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pygit2
from pygit2.enums import SortMode

from tools.git.repository import Repository, decoded
from tools.text.redaction import redact

_MOST: Final = 20
_TITLE: Final = 80


def titles_between(repository: Repository, path: str, before: str, after: str) -> tuple[str, ...]:
    """The titles of the submodule's commits after `before` up to `after` (full ids), newest first, at most 20.

    None when its repository was never fetched (`git submodule update`), or holds one of the two not.
    """
    inner = _opened(Path(repository.raw.path), path)
    return () if inner is None else tuple(islice(_titles(inner, before, after), _MOST))


def _opened(folder: Path, path: str) -> pygit2.Repository | None:
    """The submodule's repository below `.git/modules`, never outside of it."""
    modules = (folder / "modules").resolve()
    place = (modules / path).resolve()
    if not place.is_relative_to(modules) or not place.is_dir():
        return None
    try:
        return pygit2.Repository(str(place), pygit2.enums.RepositoryOpenFlag.NO_SEARCH)
    except pygit2.GitError:
        return None


def _titles(inner: pygit2.Repository, before: str, after: str) -> Iterator[str]:
    try:
        walk = inner.walk(pygit2.Oid(hex=after), SortMode.TOPOLOGICAL)
        walk.hide(pygit2.Oid(hex=before))
        for commit in walk:
            yield redact(decoded(commit.raw_message).strip().partition("\n")[0])[:_TITLE]
    except (KeyError, ValueError, pygit2.GitError):  # one of the two was never fetched
        return
