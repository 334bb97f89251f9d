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
    r"(?<![\w.])(\d+(?:\.\d+)?)\s*(ms|s|sec|min|h|d|[kmgt]?)i?b?(?![\w.])|(?<=xmx)(\d+)([kmg])", re.IGNORECASE
)
_OF_TIME: Final = {"ms": 1e-3, "s": 1, "sec": 1, "min": 60, "h": 3_600, "d": 86_400}
_OF_SIZE: Final = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_TIME: Final = re.compile(r"time|deadline", re.IGNORECASE)


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
                if same and len(new) < 400 and (found := meant.search(new)) and _is_less(new, old, found[0]):
                    yield Lowered(read.clean(old).strip(), read.clean(new).strip(), f"{change.path}:{number}")


def _is_less(new: str, old: str, name: str) -> bool:
    """Whether the numbers of a limit of that name went down; a number with a unit of another kind, or with none, says
    nothing beside one with a unit."""
    sizes = [_sizes(line, of_time=bool(_TIME.search(name))) for line in (new, old)]
    kinds = [[kind for kind, _ in each] for each in sizes]
    after, before = (sum(size for _, size in each) for each in sizes)
    return kinds[0] == kinds[1] and after < before


def _sizes(line: str, *, of_time: bool) -> list[tuple[str, float]]:
    """The numbers with the kinds of their units: in a limit of time `m` is minutes."""
    rows = ((row[1] or row[3], (row[2] or row[4] or "").lower()) for row in _NUMBER.finditer(line))
    return [_size(float(number), "min" if of_time and unit == "m" else unit) for number, unit in rows]


def _size(number: float, unit: str) -> tuple[str, float]:
    if unit in _OF_TIME:
        return "time", number * _OF_TIME[unit]
    return ("size" if unit else ""), number * _OF_SIZE.get(unit, 1)
