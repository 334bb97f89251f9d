"""The repository of a command: the one that is named, or the one around the current folder."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from incidents.errors import UnknownRevision
from service.cli.option_errors import about, path_of

if TYPE_CHECKING:
    from tools.deploys.revision_range import Named
    from tools.git.repository import Repository


def add_option(parser: argparse.ArgumentParser) -> None:
    """Add --repo."""
    parser.add_argument(
        "--repo", metavar="PATH", help="the git repository, bare or not (default: the one around this folder)"
    )


def opened(repo: str | None) -> "Repository":
    """The repository of --repo, or around the current folder. Raises InputError."""
    from tools.git.discovery import repository_around
    from tools.git.repository import Repository

    with about("--repo"):
        return Repository.open(path_of(repo, "--repo")) if repo is not None else repository_around(Path.cwd())


def deployed(repository: "Repository", revision: str | None) -> "Named":
    """The failing revision: the one that is named, else HEAD, or the newest tag without a HEAD. Raises InputError."""
    from tools.deploys.revision_range import Named

    with about("--deployed"):
        if revision is None:
            return _by_default(repository)
        return Named(resolved(repository, "--deployed", revision), revision)


def _by_default(repository: "Repository") -> "Named":
    from tools.deploys.revision_range import deployed_by_default
    from tools.git.discovery import branch_names

    try:
        return deployed_by_default(repository)
    except UnknownRevision as error:
        branches = branch_names(repository)
        if branches:
            raise UnknownRevision(f"HEAD names no commit; give the failing revision, such as {branches[0]}") from error
        raise UnknownRevision(
            f"missing, and {str(repository.folder)!r} has no commit yet; give another repository with --repo"
        ) from error


def resolved(repository: "Repository", option: str, revision: str) -> str:
    """The full id of a revision. Raises UnknownRevision with the names near it."""
    from tools.git.discovery import near_names

    with about(option):
        try:
            return repository.resolve(revision)
        except UnknownRevision as error:
            near = near_names(repository, revision)
            hint = f"; did you mean {' or '.join(near)}?" if near else "; `git fetch --tags` brings what is missing"
            raise UnknownRevision(f"{error}{hint}") from error


def name_of(repository: "Repository", repo: str | None = None) -> str:
    """The name of the repository: its folder without `.git`. Where --repo is a link, it is called by the link's name."""
    link = Path(repo).expanduser() if repo else None
    path = link.absolute() if link is not None and link.is_symlink() else repository.folder.resolve()
    folder = path.parent if path.name == ".git" else path
    return folder.name.removesuffix(".git") or "service"
