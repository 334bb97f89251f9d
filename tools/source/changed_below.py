"""Which commits of the window changed files of a folder, and which files."""

from collections.abc import Iterator

from incidents.errors import IncompleteRepository, ToolError
from tools.git.changed_files import changed_files
from tools.source.deployed import Deployed
from tools.source.listing import bounded, printable

_FILES = 6


def changed_below(deployed: Deployed, path: str) -> str:
    """The commits that changed the file or something in the folder `path`, newest first. Raises ToolError without one."""
    folder = path.strip("/")
    if not folder:
        raise ToolError("give a pattern to search for, or a path to list which commits changed files there")
    rows = list(_rows(deployed, folder))
    head = f"{len(rows)} of {len(deployed.window)} commits of the deploy changed files below {printable(folder)}"
    return bounded([head, *rows], "give a longer path", deployed.room)


def _rows(deployed: Deployed, folder: str) -> Iterator[str]:
    for commit in reversed(deployed.window):
        try:
            files = changed_files(deployed.repository, deployed.repository.raw_commit(commit.sha))
        except IncompleteRepository:
            yield f"{deployed.title(commit.sha)}: its files cannot be read"
            continue
        named = dict.fromkeys(path for file in files for path in (file.new_path, file.old_path) if path)
        inside = [path.removeprefix(f"{folder}/") for path in named if path == folder or path.startswith(f"{folder}/")]
        if inside:
            more = f" and {len(inside) - _FILES} more" if len(inside) > _FILES else ""
            yield f"{deployed.title(commit.sha)}: {', '.join(map(printable, inside[:_FILES]))}{more}"
