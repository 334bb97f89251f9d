"""What a description in free words holds: a stack trace, or words such as `service=checkout`."""

import re

from tools.traces import parse

_MOST = 100_000
_WORD = re.compile(r"(?<![\w.])([a-z][\w.-]{1,40})[=:]([^\s,;|{}\"'<>]{1,200})")

_LINE = re.compile(
    r"^[ \t]{0,8}(?:[-*] )?([A-Za-z][\w.-]{1,40})[ \t]{0,4}[=:][ \t]{0,4}([^\s,;|{}\"'<>]{1,200})[ \t]{0,8}$", re.M
)


def trace_in(*texts: str) -> str:
    """The first of these texts that holds a stack trace of a language we read; "" when none does."""
    return next((text for text in texts if "\n" in text and parse(text[:_MOST]).language), "")


def words_in(text: str) -> dict[str, str]:
    """`name=value` and `name:value` as labels, with blanks between them where they have a line for themselves.

    The first of a name counts.
    """
    found: dict[str, str] = {}
    for name, value in _WORD.findall(text[:10_000]):
        found.setdefault(name, value)
    return lines_in(text) | found


def lines_in(text: str) -> dict[str, str]:
    """The same, only of lines that say nothing else."""
    return dict(reversed(_LINE.findall(text[:10_000])))
