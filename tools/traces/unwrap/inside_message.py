"""Whether a record stands inside of an error's message: between its header and its first row, where no logger writes one."""

from collections.abc import Iterable, Sequence
from typing import Final

from tools.traces.announced import announced
from tools.traces.unwrap.prefixes import shows_row

_MOST: Final = 40
"""Lines above and below that are looked at."""


def inside_message(lines: Sequence[str], first: int, last: int) -> bool:
    """Whether the record on these lines does. Rows must follow below it before another header: a line of a log can name an
    error without a trace. Rows that are records themselves are none."""
    above, below = reversed(lines[max(0, first - _MOST) : first]), lines[last + 1 : last + 1 + _MOST]
    return _header_before_row(above) is True and _header_before_row(below) is False


def _header_before_row(lines: Iterable[str]) -> bool | None:
    """Whether a header comes first, or a row (False); None when there is neither."""
    for line in lines:
        if '{"' in line or line.lstrip().startswith(("-> ", "<")):
            continue
        if shows_row(line):
            return False
        if announced(line) is not None:
            return True
    return None
