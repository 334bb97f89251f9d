"""Files outside the trace that an error names by their path, and the commits that made, changed or mention them.

`/usr/libexec/shop/migrate.sh: No such file or directory`: whoever brought `migrate.sh` in is nearer to it than others.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tools.commits.analysis import ReadCommit
from tools.commits.diff_facts import is_comment
from tools.git.repository import Repository
from tools.impact.failure_site import FailureSite
from tools.source.rarity import rarity_in_files

_PATH: Final = re.compile(
    r"(?<![\w:/.@+-])(?:[A-Za-z]:)?[./\\]{0,3}(?:[\w.@+-]++[/\\])++([\w.@+-]*[A-Za-z][\w.@+-]*)(?![\w/\\.]|[:(]\d| on line|, line)"
)
_NAME: Final = re.compile(r"[\w@+-]{3,}\.[A-Za-z]\w{1,11}(?:\.[a-z]\w{1,7})?")
_COMMON: Final = frozenset(
    ["index", "main", "app", "setup", "config", "init", "__init__", "package", "default", "settings"]
)
_READ: Final = 2_000  # characters of a message
_MOST: Final = 4  # paths
_MOST_LINES: Final = 400


class PathTouch(NamedTuple):
    """The file `name` that an error names, the first place where the commit mentions it or the file itself, and how rare
    the name is in the files of the revision (0..1)."""

    name: str
    place: str
    rarity: float


def _paths_named(site: FailureSite) -> tuple[str, ...]:
    """The names, without folders, of the files that the error names by a path and that are not in its trace."""
    message = site.message[:_READ]
    of_trace = {frame.path.rsplit("/", 1)[-1] for frame in site.trace.frames}
    found = (row[1].rstrip(".") for row in _PATH.finditer(message))
    names = (name for name in found if _NAME.fullmatch(name) and name.partition(".")[0].lower() not in _COMMON)
    return tuple(name for name in dict.fromkeys(names) if name not in of_trace)[:_MOST]


def path_touches(
    repository: Repository, deployed: str, site: FailureSite, read: Sequence[ReadCommit]
) -> list[PathTouch | None]:
    """For each commit, the rarest file named in the error that it made, changed or mentions on a line that it changed."""
    names = _paths_named(site)
    found = [dict(_places(names, each)) for each in read] if names else [{} for _ in read]
    rare = rarity_in_files(repository, deployed, {name for places in found for name in places})
    rows = ([PathTouch(name, place, rare[name]) for name, place in places.items()] for places in found)
    return [max(touches, key=lambda each: (each.rarity, each.name), default=None) for touches in rows]


def _places(names: Sequence[str], read: ReadCommit) -> Iterator[tuple[str, str]]:
    for name in names:
        place = next((file.path for file in read.diff.files if file.path.rsplit("/", 1)[-1] == name), None)
        place = place or (_line_with(name, read) if name in read.text else None)
        if place is not None:
            yield name, place


def _line_with(name: str, read: ReadCommit) -> str | None:
    """The first changed line with the name that is no comment and was not only moved."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
    for change in read.diff.files:
        for hunk in change.hunks:
            rows = (*zip(hunk.added, hunk.added_at, strict=True), *zip(hunk.removed, hunk.removed_at, strict=True))
            for row, number in rows[:_MOST_LINES]:
                if name in row and pattern.search(row) and not is_comment(row, change.path):
                    return f"{change.path}:{number}"
    return None
