"""How libgit2 is configured, and how a repository is opened with it."""

from pathlib import Path

import pygit2
from pygit2.enums import ConfigLevel, ObjectType, RepositoryOpenFlag

from incidents.errors import RepositoryNotFound

_NONE_THERE = (pygit2.GitError, KeyError, OSError, ValueError)


def _configure_libgit2() -> None:
    """Make results independent of the account that runs this; these switches of libgit2 are per process.

    The owner check protects people from configuration that *runs* programs (hooks, filters, fsmonitor). libgit2 reads
    objects without running any, and a service reads mirrors that another account fetched. The user's own configuration
    is ignored because it changes diffs and merges (renames, attributes). By default libgit2 refuses a partial clone.
    """
    pygit2.settings.owner_validation = False
    for level in (ConfigLevel.GLOBAL, ConfigLevel.XDG, ConfigLevel.SYSTEM, ConfigLevel.PROGRAMDATA):
        pygit2.settings.search_path[level] = ""
    pygit2.settings.set_extensions(["partialclone"])
    # Blobs are not cached by default, but a file's new version is the next commit's old one: blame takes a third.
    pygit2.settings.cache_object_limit(ObjectType.BLOB, 500_000)
    pygit2.settings.cache_max_size(96 * 1024 * 1024)


_configure_libgit2()


def opened(path: Path | str) -> pygit2.Repository:
    """Open the repository at exactly this path. Raises RepositoryNotFound."""
    try:
        # Do not search upwards: a missing mirror must not become the repository of a parent folder.
        return pygit2.Repository(str(path), RepositoryOpenFlag.NO_SEARCH)
    except _NONE_THERE as error:
        raise RepositoryNotFound(_not_found(path, error)) from error


def _not_found(path: Path | str, error: Exception) -> str:
    if not Path(path).exists():
        return f"no git repository at {path}: there is no such path"
    try:
        around = pygit2.discover_repository(str(path))
    except _NONE_THERE:
        around = None
    hint = f"; the repository around it is {around}" if around else ""
    return f"no git repository at {path} ({error}){hint}"


def shared_folder(raw: pygit2.Repository) -> Path:
    """Return the git directory; for a linked worktree, the one it shares with the others."""
    own = Path(raw.path)
    pointer = own / "commondir"
    return (own / pointer.read_text().strip()).resolve() if pointer.is_file() else own


def shallow_commits(folder: Path) -> frozenset[str]:
    """Return the commits whose parents were not cloned."""
    listed = folder / "shallow"
    return frozenset(listed.read_text().split()) if listed.is_file() else frozenset()
