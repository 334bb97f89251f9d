"""Errors as the pages of PHP's frameworks show them to a browser, in the form in which PHP prints an error."""

import re
from collections.abc import Sequence
from typing import Final

_NAMESPACED: Final = re.compile(
    r"\s{0,8}((?:[A-Z]\w{1,80} ?\\ ?){0,12}[A-Z]\w{1,120}) \((?:E_[A-Z_]{3,30}|HY\d{3}|\w{1,6})\)\s*$"
)
_NUMBERED: Final = re.compile(
    r"\s{0,8}\(\d{1,3}/\d{1,3}\) ([A-Z]\w{0,120}?(?:Exception|Error))(?=[A-Z\s]|$)\s*(.{0,4000})$"
)
_FILE: Final = re.compile(r"\s{0,8}(\S{1,800}\.php)(?::(\d{1,9}))?\s*$")
_LINE: Final = re.compile(r"\s{0,8}[Ll]ine:? (\d{1,9})\s*$")
_IN: Final = re.compile(r"\s{0,8}in (\S{1,800}\.php) \(?line (\d{1,9})\)?$")
MOST_BELOW: Final = 4


def cued(line: str) -> bool:
    """Whether a line may announce such an error."""
    return " (E_" in line or " \\ " in line or "/" in line[:8]


def as_php_prints(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines with such errors rewritten; as many lines as before."""
    plain = list(lines)
    for index, line in enumerate(lines):
        spaced, counted = _NAMESPACED.match(line), _NUMBERED.match(line)
        kind = spaced[1].replace(" ", "") if spaced else counted[1] if counted else ""
        below = [at for at in range(index + 1, min(len(lines), index + 1 + MOST_BELOW)) if lines[at].strip(" -")]
        placed = _place(lines, below) if kind else None
        if placed is None:
            continue
        first, last, place = placed
        said = [counted[2]] if counted else []
        message = " ".join(filter(None, [*said, *(lines[at].strip() for at in below if at < first)]))
        plain[index] = f"PHP Fatal error:  Uncaught {kind}: {message} in {place}"
        plain[index + 1 : last + 1] = ["Stack trace:", *[""] * (last - index - 1)]
    return tuple(plain)


def _place(lines: Sequence[str], below: Sequence[int]) -> tuple[int, int, str] | None:
    """The first and the last line of the place, and the place (`/a.php:3`)."""
    for order, at in enumerate(below):
        if found := _IN.match(lines[at]):
            return at, at, f"{found[1]}:{found[2]}"
        path = _FILE.match(lines[at])
        under = below[order + 1] if order + 1 < len(below) else at
        row = _LINE.match(lines[under])
        if path and path[2]:
            return at, at, f"{path[1]}:{path[2]}"
        if path and row:
            return at, under, f"{path[1]}:{row[1]}"
    return None
