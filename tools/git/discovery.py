"""Finds what a person means in a repository: the one around a folder, and the names near a mistyped one."""

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import pygit2

from incidents.errors import RepositoryNotFound
from tools.git.repository import Repository
from tools.git.trees import UNREADABLE

_MOST_NAMES: Final = 5_000
_SHOWN: Final = 4
_KINDS: Final = ("refs/tags/", "refs/heads/", "refs/remotes/")


def repository_around(folder: Path) -> Repository:
    """The repository that `folder` lies in, also from a subfolder. Raises RepositoryNotFound."""
    try:
        found = pygit2.discover_repository(str(folder))
    except (pygit2.GitError, KeyError, OSError, ValueError):
        found = None
    if found is None:
        raise RepositoryNotFound(f"no git repository around {folder}; give its path")
    return Repository.open(found)


def near_names(repository: Repository, name: str) -> tuple[str, ...]:
    """Tags and branches whose names look like `name`, the nearest first; at most four."""
    known = _names(repository)
    wanted = _folded(name)
    inside = [each for each in known if len(wanted) > 1 and wanted in _folded(each)]
    # Without its dots a version is too short to be close to another one (149 and 141), so it is also compared with them.
    close = (*_close(known, name, _folded, 0.7), *_close(known, name, str.lower, 0.6))
    return tuple(dict.fromkeys((*close, *inside)))[:_SHOWN]


def _close(known: Sequence[str], name: str, form: Callable[[str], str], cutoff: float) -> list[str]:
    """The names that are like `name` when both are written in this form, the most alike first."""
    by_form = {form(each): each for each in reversed(known)}
    return [by_form[each] for each in get_close_matches(form(name), by_form, n=_SHOWN, cutoff=cutoff)]


def branch_names(repository: Repository) -> list[str]:
    """The short names of branches, those of remotes behind the local ones; none when the list is damaged."""
    return _of_kinds(repository, _KINDS[1:])


def _names(repository: Repository) -> list[str]:
    """The short names of tags and branches, tags first; those written last in their order come first."""
    return _of_kinds(repository, _KINDS)


def _of_kinds(repository: Repository, kinds: Sequence[str]) -> list[str]:
    try:
        references = sorted(repository.raw.references, reverse=True)[-_MOST_NAMES:]
    except UNREADABLE:  # the list is damaged: nothing can be proposed
        return []
    return [each.removeprefix(kind) for kind in kinds for each in references if each.startswith(kind)]


def _folded(name: str) -> str:
    """Without what people leave out or write otherwise: `Release-1.4`, `v1.4`, `1_4`."""
    return re.sub(r"^(?:release|version|rel|ver|v)(?=\d)", "", re.sub(r"[^a-z0-9]+", "", name.lower()))
