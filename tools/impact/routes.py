"""Errors that no route leads somewhere, and the lines of routes that a commit changed."""

import re
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from tools.commits.analysis import ReadCommit
from tools.impact.failure_site import FailureSite
from tools.text.identifiers import STOCK, parts

_NO_ROUTE: Final = re.compile(
    r"no route|route [\[\"'`][^\]\"'`]{0,200}+[\]\"'`] (?:not|does)|routenotfound|routingerror|noreversematch|reverse for|unknown route|"
    r"cannot (?:get|post|put|delete) /|not a valid view|named route|builderror|urlgeneration|"
    r"undefined (?:local variable or )?method [`'‘]\w+_(?:path|url)\b",
    re.IGNORECASE,
)
_FILE: Final = re.compile(
    r"(?:^|/)(?:[\w.-]*(?:rout|urls?(?:conf)?\.|endpoint|controller)[\w.-]*|config/routes?/.*)", re.IGNORECASE
)
_LINE: Final = re.compile(
    r"rout|\bpath\(|url\(|resources?\b|(?:get|post|put|patch|delete|match|scope|namespace)\b|name\s*[=:]", re.IGNORECASE
)
_WORDS: Final = frozenset(
    [
        "route",
        "routes",
        "routing",
        "path",
        "url",
        "get",
        "post",
        "put",
        "delete",
        "patch",
        "name",
        "named",
        "view",
        "api",
        "index",
        "show",
        "id",
    ]
)


class ChangedRoute(NamedTuple):
    """A removed or added line of routes that holds words of the address or route that the error names."""

    line: str
    place: str
    share: float


class MissingRoute:
    """The route that an error misses, as the words by which it can be declared."""

    def __init__(self, site: FailureSite) -> None:
        asked = _NO_ROUTE.search(f"{site.exception} {site.message[:1_000]}")
        quoted = re.findall(r"[\[\"'`‘]([^\]\"'`’\s]{2,120})[\]\"'`’]|(/[\w./-]+)", site.message) if asked else []
        words = (_singular(part) for pair in quoted for name in pair for part in parts(name.replace("-", "_")))
        self._words = frozenset(word for word in words if len(word) > 2 and word not in _WORDS | STOCK)

    def changed_by(self, read: ReadCommit) -> ChangedRoute | None:
        """The changed line that holds most of its words."""
        if not self._words:
            return None
        found = [
            ChangedRoute(read.clean(row).strip()[:80], f"{change.path}:{max(number, 1)}", self._share(row, change.path))
            for change in read.diff.files
            for hunk in change.hunks
            for rows, numbers in ((hunk.removed, hunk.removed_at), (hunk.added, hunk.added_at))
            for row, number in zip(rows, numbers, strict=True)
            if len(row) < 400 and _LINE.search(row) and (_FILE.search(change.path) or "rout" in row.lower())
        ]
        return max((each for each in found if each.share), key=lambda each: each.share, default=None)

    def _share(self, row: str, path: str) -> float:
        """Of a line that holds one, the words in the file's name count too: its routes are often mounted under that."""
        held = self._words & _words_of(row)
        return len(held | (self._words & _words_of(PurePosixPath(path).stem))) / len(self._words) if held else 0.0


def _words_of(text: str) -> frozenset[str]:
    names = (name.replace("-", "_") for name in re.findall(r"[\w-]+", text))
    return frozenset(_singular(part) for name in names for part in parts(name))


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word
