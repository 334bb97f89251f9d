"""What runners of .NET's tests print above the rows of a failed test: xunit, NUnit, MSTest, `dotnet test`."""

import re
from typing import Final, NamedTuple

from tools.traces.messages.above import says_nothing
from tools.traces.unwrap.lines import Log

MAX_ABOVE: Final = 30

BEFORE_ROW: Final = re.compile(r"\s*([^\s(][^(\n]{0,500})\((\d{1,9}),\d{1,9}\): (?=at )")

_HEADING: Final = re.compile(
    r"\s*(?:Error )?Message:\s*$|.{0,1000}\[FAIL\]\s*$|\s*\d{1,6}\) (?:Failed|Error|Invalid) : \S"
    r"|\s*(?:Failed|X|\u2718) \S.{0,1000}\[[<\d][^\]]{0,20}\]\s*$"
)


class Report(NamedTuple):
    """`at` is the line of its heading."""

    at: int
    message: str


def report_above(log: Log, first: int) -> Report | None:
    """The lines between the name of a failed test, or the label of its message, and the first row."""
    for at in range(first - 1, max(-1, first - MAX_ABOVE), -1):
        if _HEADING.match(log.lines[at]):
            said = [line.strip() for line in log.lines[at + 1 : first] if not says_nothing(line)]
            return Report(at, "\n".join(said)) if said else None
        if at in log.stamped:
            return None
    return None
