"""Files that an error looks for by their path, and that a commit removed or renamed: templates, partials, includes."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tools.git.diff import FileChange
from tools.impact.failure_site import FailureSite

_PATH: Final = re.compile(
    r"(?<![\w/.@-])/?(?:[\w@.-]++/)++[\w@.-]++|(?<![\w/.-])[\w-]+(?:\.[a-z]\w{1,9}){1,3}(?![\w/(])"
)
_NO_FILE: Final = re.compile(r"^\d|^(?:com|org|java|javax|io|net|php|python)\.|^[a-z]+/\d")
_MOST: Final = 12


class GoneFile(NamedTuple):
    """A file that the commit took away, how surely it is the one that the error names (0..1), and its new name."""

    path: str
    now: str | None
    value: float


class NamedPaths:
    """The paths in one error's message: whole, or as a template is called without its ending."""

    def __init__(self, site: FailureSite) -> None:
        rows = dict.fromkeys(path.strip("./") for path in _PATH.findall(site.message[:2_000]))
        self._named = [path for path in rows if len(path) > 4 and not _NO_FILE.search(path)][:_MOST]

    def gone_with(self, changes: Iterable[FileChange]) -> GoneFile | None:
        """The file named in the error that is gone after these changes; the surest of them."""
        if not self._named:
            return None
        found = (each for change in changes for each in self._of(change))
        return max(found, key=lambda each: (each.value, each.path), default=None)

    def _of(self, change: FileChange) -> Iterator[GoneFile]:
        old = change.old_path
        if old is not None and old != change.new_path:
            for named in self._named:
                if _same(old, named):
                    yield GoneFile(old, change.new_path, 1.0 if "/" in named else 0.6)


def _same(path: str, named: str) -> bool:
    """Whether one is the ending of the other, whole folders compared; a template's further endings may be missing."""
    long, short = f"/{path}", f"/{named}"
    return long.endswith(short) or f"{short}." in long or (path.count("/") > 0 and short.endswith(long))
