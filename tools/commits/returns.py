"""Whether a change makes a function give nothing: null, false, an empty value, or no value at all any more."""

import re
from collections.abc import Sequence
from typing import Final

from tools.commits.diff_facts import RETURN, mentions_null
from tools.commits.touched_lines import TouchedLine

_NOTHING: Final = re.compile(
    r"^\s*+(?:return|yield)\s*+(?:false|False|\[\]|\{\}|array\(\s*+\)|\(\)|''|\"\"|0|-1)?\s*+;?\s*+$"
)


def gives_nothing(rows: Sequence[TouchedLine]) -> bool:
    """Whether, of the lines changed in one definition, one returns nothing or may, or a returned value went away."""
    if any(RETURN.match(row.text) and (mentions_null(row.text) or _NOTHING.match(row.text)) for row in rows):
        return True
    values = [row for row in rows if RETURN.match(row.text)]
    return sum(1 for row in values if not row.added) > sum(1 for row in values if row.added)
