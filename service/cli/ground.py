"""The repository of a command: the one that is named, or the one around the current folder."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from service.cli.option_errors import about

if TYPE_CHECKING:
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
        return Repository.open(Path(repo).expanduser()) if repo is not None else repository_around(Path.cwd())


def name_of(repository: "Repository") -> str:
    """The name of the repository: its folder without `.git`."""
    path = repository.folder.resolve()
    folder = path.parent if path.name == ".git" else path
    return folder.name.removesuffix(".git") or "service"
