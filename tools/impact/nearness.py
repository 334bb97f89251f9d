"""How near a file is to the trace: which files of a large commit are read first, and which are outlined."""

from collections.abc import Callable

from tools.impact.failure_site import FailureSite

_TRACE_FILES = 6
_IMPORTED = 1_000


def nearness_to(site: FailureSite) -> Callable[[str], int]:
    """Path -> how near it is: what the innermost files seem to import, then what shares most folders with them."""
    innermost = site.paths[:_TRACE_FILES]
    imported = frozenset(name for path in innermost for name in site.imports.get(path, ()))
    folders = [path.split("/")[:-1] for path in innermost]

    def nearness(path: str) -> int:
        shared = max((shared_folders(path, folder) for folder in folders), default=0)
        return shared + (_IMPORTED if stem(path) in imported else 0)

    return nearness


def shared_folders(path: str, folder: list[str]) -> int:
    """How many leading folders a path has in common with a folder."""
    return sum(1 for mine, other in zip(path.split("/")[:-1], folder, strict=False) if mine == other)


def stem(path: str) -> str:
    """A file's name up to the first dot."""
    return path.rsplit("/", 1)[-1].partition(".")[0]
