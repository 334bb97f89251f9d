"""Lines that seldom break anything: blank ones, comments, imports, lone brackets."""

import re
from collections.abc import Iterable
from typing import Final

_MINOR: Final = re.compile(
    r"\s*(?:|[#*].*|//.*|\w+,?|[(){}]+|(?:import|from|use|using)\b.*|(?:[\w.]{1,40} )?\"[\w./@-]*\")"
)


def all_minor(lines: Iterable[str]) -> bool:
    """Return whether every line is of that kind: a change of such lines is shown after others."""
    return all(map(_MINOR.fullmatch, lines))
