"""A limit of memory or time that a commit lowered, where the error says that memory or time ran out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tools.commits.analysis import ReadCommit

_KINDS: Final = tuple(
    (re.compile(error, re.IGNORECASE), re.compile(name, re.IGNORECASE))
    for error, name in (
        (
            r"oom|out of memory|exit (?:code|status) 137|\bkilled\b|heap space|heap limit|allowed memory size|cannot allocate",
            r"memory|mem_|heap|xmx|max[_-]old[_-]space|\bram\b",
        ),
        (
            r"too many (?:connections|open files|clients)|pool (?:is )?(?:exhausted|limit)|queue ?pool limit|"
            r"(?:connection|obtain)[^\n]{0,40} from (?:the )?pool",
            r"pool|connections|max_?open|nofile|ulimit",
        ),
        (r"time(?:d)?[ _-]?out|deadline exceeded|too long to respond|maximum execution time", r"time_?-?out|deadline|max_execution_time"),
        (r"too large|413|exceeds the (?:maximum|limit)|payload", r"max_?(?:body|size|length|upload)|_?limit|client_max_body"),
    )
)  # fmt: skip
_NUMBER: Final = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)\s*(ms|s|sec|min|h|[kmgt]?)i?b?(?![\w.])|(?<=xmx)(\d+)([kmg])", re.IGNORECASE
)
_UNITS: Final = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "g": 10**9,
    "t": 10**12,
    "ms": 1e-3,
    "s": 1,
    "sec": 1,
    "min": 60,
    "h": 3600,
}


@dataclass(frozen=True, slots=True)
class Lowered:
    """A line on which a limit went down, as it was and as it is."""

    before: str
    after: str
    place: str


def limit_meant(exception: str, message: str) -> re.Pattern[str] | None:
    """How a limit is called whose reaching the error reports; None when it reports none."""
    text = f"{exception} {message[:1_000]}"
    return next((name for error, name in _KINDS if error.search(text)), None)


def lowered_limit(meant: re.Pattern[str] | None, read: ReadCommit) -> Lowered | None:
    """The first limit of that name which the commit lowered."""
    return next(_lowered(meant, read), None) if meant else None


def _lowered(meant: re.Pattern[str], read: ReadCommit) -> Iterator[Lowered]:
    for change in read.diff.files:
        for hunk in change.hunks:
            for old, new, number in zip(hunk.removed, hunk.added, hunk.added_at, strict=False):
                same = _NUMBER.sub("0", old).split() == _NUMBER.sub("0", new).split()
                if same and meant.search(new) and len(new) < 400 and _size(new) < _size(old):
                    yield Lowered(read.clean(old).strip(), read.clean(new).strip(), f"{change.path}:{number}")


def _size(line: str) -> float:
    rows = [(row[1] or row[3], row[2] or row[4] or "") for row in _NUMBER.finditer(line)]
    return sum(float(number) * _UNITS[unit.lower()] for number, unit in rows)
