"""Whether a change makes a function give nothing: null, false, an empty value, or no value at all any more."""

import re
from collections.abc import Sequence
from typing import Final

from tools.commits.diff_facts import RETURN, mentions_null
from tools.commits.touched_lines import TouchedLine

_NOTHING: Final = re.compile(
    r"^\s*+(?:return|yield)\s*+(?:false|False|\[\]|\{\}|array\(\s*+\)|\(\)|''|\"\"|0|-1)?\s*+;?\s*+$"
)
_WITH_DEFAULT: Final = re.compile(r"\.(?:get|getOrDefault)\([^(),]{1,200},")
_WITHOUT_DEFAULT: Final = re.compile(r"\.get\([^(),]{1,200}\)")


def gives_nothing(rows: Sequence[TouchedLine]) -> bool:
    """Whether, of the lines changed in one definition, one returns nothing or may, or a returned value went away."""
    if any(RETURN.match(row.text) and (mentions_null(row.text) or _NOTHING.match(row.text)) for row in rows):
        return True
    values = [row for row in rows if RETURN.match(row.text)]
    if _lost_default(values):
        return True
    return sum(1 for row in values if not row.added) > sum(1 for row in values if row.added)


def _lost_default(values: Sequence[TouchedLine]) -> bool:
    """Whether a look-up that returned a default value now returns null where nothing is found."""
    before = any(not row.added and _WITH_DEFAULT.search(row.text) for row in values)
    return before and any(row.added and _WITHOUT_DEFAULT.search(row.text) for row in values)
