"""RSpec prints the cause of an error as comments below its rows: here it loses the marks, so that it is read like any other."""

import re
from collections.abc import Sequence
from typing import Final

_TITLE: Final = re.compile(r"\s*# --- (Caused by:) ---\s*$")
_COMMENT: Final = re.compile(r"(\s*)# ?(.*)$")


def without_comments_of_cause(lines: Sequence[str]) -> list[str]:
    """The lines; those below `# --- Caused by: ---`, as far as they are comments, without their mark."""
    plain: list[str] = []
    inside = False
    for line in lines:
        title, comment = _TITLE.match(line), _COMMENT.match(line)
        inside = title is not None or (inside and comment is not None)
        plain.append(title[1] if title else comment[1] + comment[2] if inside and comment else line)
    return plain
