"""Rows that put the place behind words (`line 70 of /a.php: call to f()`, `in f called at /a.php (7)`), in PHP's own form."""

import re
from collections.abc import Sequence
from typing import Final

from tools.traces.unwrap.fences import fences

_LINE_OF: Final = re.compile(
    r"[\s*]{0,12}line (\d{1,9}|\?) of (\S{1,800}\.php|unknownfile): (?:call to (\S.{0,400}\))|(\S{1,300}) thrown)\**$"
)
_CALLED_AT: Final = re.compile(r"\s{0,12}in (\S{1,300}) called at (\S{1,800}\.php) \((\d{1,9})\)$")
_LABEL: Final = re.compile(
    r"(?:(?:Debug info|Error code|Stack ?trace|Debug|Trace):.*|\W*+More information about this error\W*+)$",
    re.IGNORECASE,
)
MOST_ABOVE: Final = 8


def cued(line: str) -> bool:
    """Whether a line may be such a row."""
    return (" of " in line and (": call to " in line or " thrown" in line)) or " called at " in line


def as_php_prints(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines with such rows rewritten; as many lines as before."""
    plain = list(lines)
    rows = 0
    for index, line in enumerate(lines):
        if (called := _CALLED_AT.match(line)) is not None:
            plain[index], rows = f"#{rows} {called[2]}({called[3]}): {called[1]}()", rows + 1
        elif (said := _LINE_OF.match(line)) is None:
            rows = 0
        elif said[4]:
            message = _said_above(lines, index)
            plain[index], rows = f"PHP Fatal error:  Uncaught {said[4]}: {message} in {said[2]}:{said[1]}", 0
        elif said[1] == "?":
            plain[index], rows = f"#{rows} [internal function]: {said[3]}", rows + 1
        else:
            plain[index], rows = f"#{rows} {said[2]}({said[1]}): {said[3]}", rows + 1
    return tuple(plain)


def _said_above(lines: Sequence[str], index: int) -> str:
    """The nearest line above that is neither blank nor a label."""
    above = (lines[at].strip() for at in range(index - 1, max(index - MOST_ABOVE, 0) - 1, -1))
    return next((line for line in above if line and not _LABEL.match(line) and not fences(line)), "")
