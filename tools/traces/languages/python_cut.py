"""A Python traceback that was cut before its exception: what failed may stand on a line above it."""

import re
from typing import Final

from tools.traces.messages.above import says_nothing
from tools.traces.messages.records import begins_record, without_level
from tools.traces.unwrap.lines import Log

MOST: Final = 4

_TITLE: Final = re.compile(r".{0,200}[:\uff1a]\s*$")  # it announces what stands below it
_TYPED: Final = re.compile(
    r"((?:[A-Za-z_]\w{0,80}\.){0,6}(?:errors?|exceptions?|exc)\.[A-Z]\w{1,80}): ?(.*)$"
)  # only its package tells that `UniqueViolation` is an error
_PRINTED: Final = re.compile(
    r"(?:^|.{0,300}?: )([A-Z]\w{0,80}(?:Error|Exception|Timeout))(\(.{1,4000}\))$"
)  # as `repr` prints it
_ONLY: Final = re.compile(r"\((['\"])([^'\"\\]{1,4000})\1,?\)")
_PROSE: Final = re.compile(
    r"(?:I|I'm|I've|We|My|Our|Hi|Hello|Any|Anyone|Thanks|Please|Here|This|After|When)\b(?! *:)"
    r"|.{10,}[?!]\s*$|[A-Z][a-z']{0,12}(?: [\w',-]{1,20}){3,40}\.$"
)


def said_above(log: Log, first: int, floor: int) -> str:
    """The nearest line right above line `first` that says what failed; "" when none does.

    A record of the log tells what the program was about; only a type in it is the exception.
    """
    for at in range(first - 1, max(first - MOST, floor) - 1, -1):
        line = log.lines[at].strip()
        if log.quiet(at) or says_nothing(line):
            return ""
        if _TYPED.match(without_level(line)) or _PRINTED.match(line):
            return line
        if not _TITLE.match(line):
            return "" if at in log.stamped or begins_record(line) or _PROSE.match(line) else line
    return ""


def read(said: str) -> tuple[str | None, str]:
    """Its type, where a package of exceptions tells it, and its message."""
    plain = without_level(said)
    printed = _PRINTED.match(plain)
    if printed is not None:
        only = _ONLY.fullmatch(printed[2])
        return printed[1], only[2] if only else printed[2]
    typed = _TYPED.match(plain)
    return (typed[1], typed[2]) if typed else (None, plain)
