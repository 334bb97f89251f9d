"""Titles that people and tools put above the rows of a trace: `Stack trace:`, `### Backtrace`, `Error stack:`."""

import re
from typing import Final

_TITLE: Final = re.compile(
    r"\s*[#*_>]{0,6} ?(?:(?:[\w-]{1,30} ){0,2}(?:stack ?(?:back ?)?trace|trace ?back|back ?trace|call ?stack)"
    r"|(?:(?:full|error|exception) )?(?:stack|trace))"
    r"(?: \([^()]{1,40}\))?\s?[:=*_]{0,4}\s*$",
    re.IGNORECASE,
)


def titles_stack(line: str) -> bool:
    """Whether a line is nothing but the title of a stack."""
    return _TITLE.match(line) is not None


def without_title(message: str) -> str:
    """A message without a last line that only announces the rows below it."""
    said, _, last = message.strip().rpartition("\n")
    return said.strip() if said and titles_stack(last) else message.strip()
