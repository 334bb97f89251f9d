"""Which of several containers or pods wrote each line, when all lines begin with the name of one."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from tools.traces.unwrap.prefixes import shows_row

MAX_SENDERS: Final = 20
FEWEST: Final = 4

_POD: Final = re.compile(r"(?P<name>[a-z][a-z0-9.-]{1,200}-[a-z0-9]{1,10} [a-z][a-z0-9-]{0,62}) ")
"""As stern prints it: the pod and the container, without a mark behind them."""
_NAMED: Final = re.compile(
    r"(?P<name>\[pod/[^\]]{1,200}+\]|\[[a-z][a-z.-]{1,60}+\d{1,4}\]|[A-Za-z][\w.-]{0,63}+ {0,20}+\|) ?"
)


def senders_of(lines: Sequence[str]) -> re.Pattern[str] | None:
    """The form of the names before all lines; None when not every line has one, or each stands before a line or two only."""
    said = [line for line in lines if line.strip()]
    if len(said) < FEWEST:
        return None
    for form in (_NAMED, _POD):
        if form.match(said[0]) is None or form.match(said[-1]) is None:
            continue
        names = Counter(found["name"] for line in said if (found := form.match(line)))
        if sum(names.values()) == len(said) and 1 < len(names) <= MAX_SENDERS and _several_wrote(said, names, form):
            return form
    return None


def _several_wrote(lines: Sequence[str], names: Counter[str], form: re.Pattern[str]) -> bool:
    """Whether each name stands before several lines, and rows of traces are among them."""
    if len(lines) < 2 * len(names):
        return False
    bare = (line[found.end() :] for line in lines if (found := form.match(line)))
    return any(map(shows_row, bare))
