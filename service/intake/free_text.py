"""What a description in free words holds: a stack trace, or words such as `service=checkout`."""

import re

from tools.traces import parse

_MOST = 100_000
_WORD = re.compile(r"(?<![\w.])([a-z][\w.-]{1,40})[=:]([^\s,;|{}\"'<>]{1,200})")

_LINE = re.compile(
    r"^[ \t]{0,8}(?:[-*] )?([A-Za-z][\w.-]{1,40})[ \t]{0,4}[=:][ \t]{0,4}([^\s,;|{}\"'<>=]{1,200})[ \t]{0,8}$", re.M
)


_BETWEEN = " \t,;|{}*-"


def trace_in(*texts: str) -> str:
    """The first of these texts that holds a stack trace of a language we read; "" when none does."""
    return next((text for text in texts if "\n" in text and parse(text[:_MOST]).language), "")


def words_in(text: str) -> dict[str, str]:
    """`name=value` and `name:value` as labels, with blanks between them where they have a line for themselves.

    The first of a name counts. Only for text that nobody writes but whoever set up the alert.
    """
    found: dict[str, str] = {}
    for name, value in _WORD.findall(text[:10_000]):
        found.setdefault(name, value)
    return dict(reversed(_LINE.findall(text[:10_000]))) | found


def labels_in(text: str) -> dict[str, str]:
    """As `words_in`, from lines that hold nothing else: a sentence may quote whoever caused the error."""
    lines = [line for line in text[:10_000].splitlines() if _LINE.fullmatch(line) or not _rest(line)]
    return words_in("\n".join(lines))


def _rest(line: str) -> str:
    return _WORD.sub("", line).strip(_BETWEEN)
