"""Rows of .NET in the language of the system they ran on, in English."""

import re
from typing import Final

WORDS: Final = (
    ":ligne ",
    ":Zeile ",
    ":línea ",
    ":linha ",
    ":riga ",
    ":строка ",
    ":wiersz ",
    ":rad ",
    ":regel ",
    "在 ",
    "於 ",
    ":行号 ",
)
"""What stands before a line's number; one of them in a text shows that its rows have to be translated."""

_ROW: Final = re.compile(
    r"(?P<margin>\s*)(?:à|在|於|bei|en|em|in|в|w|vid|bij|a|\ufffd) (?P<call>[A-Za-z_<][^\s()]{1,600} ?\([^()]{0,400}\))"
    r"(?: (?:dans|位置|於|in|en|em|na|в|w|i) (?P<path>.{1,1000}):"
    r"(?:ligne|行号|Zeile|línea|linha|riga|строка|wiersz|rad|regel) (?P<line>\d{1,9}))?\s*$"
)
_BORDER: Final = re.compile(r"\s*--- \S.{1,200} ---\s*$")
_INNER: Final = re.compile(r"intern|внутренн|wewnętrzn|inre", re.IGNORECASE)


def in_english(line: str) -> str:
    """A row or a border between rows as .NET prints it in English; any other line as it is."""
    if line.isascii() and not any(word in line for word in WORDS) and "---" not in line and not _may_be_row(line):
        return line
    row = _ROW.match(line)
    if row is not None:
        place = f" in {row['path']}:line {row['line']}" if row["path"] else ""
        return f"{row['margin']}at {row['call']}{place}"
    if _BORDER.match(line) and " End of " not in line:
        inner = _INNER.search(line) is not None
        return f"--- End of {'inner exception stack trace' if inner else 'stack trace from previous location'} ---"
    return line


def _may_be_row(line: str) -> bool:
    """German and Spanish rows without a place hold ASCII only."""
    return line.lstrip().startswith(("bei ", "en ", "w ", "em ")) and line.rstrip().endswith(")")
