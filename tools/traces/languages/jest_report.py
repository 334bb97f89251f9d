"""The heading with which Jest begins each failed test: what failed stands below it, indented, whatever its words are."""

import re
from typing import Final

from tools.traces.unwrap.lines import Log

MOST: Final = 200
"""Lines from a heading to the first row: Jest prints the difference of two values whole."""

_HEADING: Final = re.compile(r"\s{0,8}● (?!Console$)\S")


def said_below_heading(log: Log, first: int, floor: int) -> int | None:
    """The first line that says what failed, of the test whose rows begin at line `first`; None when no heading stands above."""
    for index in range(first - 1, max(floor, first - MOST) - 1, -1):
        if _HEADING.match(log.lines[index]):
            return next((at for at in range(index + 1, first) if log.lines[at].strip()), None)
    return None
