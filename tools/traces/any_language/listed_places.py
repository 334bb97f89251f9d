"""Rows that Node.js prints as values (`{ column: 19, file: 'a.js', function: 'f', line: 114 }`), as winston logs an uncaught error."""

import re
from collections.abc import Sequence
from typing import Final

from incidents.trace import Frame
from tools.traces.places.locations import number, slashed

FEWEST: Final = 2
MAX_ROWS: Final = 200

_OBJECT: Final = re.compile(r"\{([^{}]{1,2000})\}")
_FIELD: Final = re.compile(r"\b(file|function|line|column): (?:'([^'\n]{1,1000})'|(\d{1,9}))")


def listed_places(lines: Sequence[str]) -> tuple[Frame, ...]:
    """The places of a list of such values, in its order; none when it has only one."""
    rows = [dict(_fields(found[1])) for found in _OBJECT.finditer("\n".join(lines))]
    frames = [_frame(row) for row in rows if "file" in row and "line" in row][:MAX_ROWS]
    return tuple(frames) if len(frames) >= FEWEST else ()


def _fields(text: str) -> list[tuple[str, str]]:
    return [(name, said or digits) for name, said, digits in _FIELD.findall(text)]


def _frame(row: dict[str, str]) -> Frame:
    owner, _, function = row.get("function", "").rpartition(".")
    return Frame(
        path=slashed(row["file"]),
        line=number(row["line"]),
        column=number(row.get("column")),
        function=function or None,
        class_name=owner or None,
    )
