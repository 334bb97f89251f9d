"""Lines that seldom break anything: blank ones, comments, imports, lone brackets."""

import re
from collections.abc import Iterable
from typing import Final

from tools.text.comments import is_comment_line

_MINOR: Final = re.compile(r"\s*(?:|\w+,?|[(){}]+|(?:import|from|use|using)\b.*|(?:[\w.]{1,40} )?\"[\w./@-]*\")")


def all_minor(lines: Iterable[str], path: str) -> bool:
    """Return whether every line of a file like `path` is of that kind: a change of such lines is shown after others."""
    return all(_MINOR.fullmatch(line) or is_comment_line(line, path) for line in lines)
