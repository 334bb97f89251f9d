"""Exports of log viewers as tables: a line of names, then a record a row. The cells that hold log text are what is read."""

import csv
import re
from collections.abc import Sequence
from typing import Final

from tools.traces.unwrap.prefixes import shows_row

MAX_RECORDS: Final = 2_400

_NAMES: Final = re.compile(r"\"?[@\w][\w@. /-]{0,60}\"?(?:([,;\t])\"?[@\w][\w@. /-]{0,60}\"?){1,40}$")
_TEXT_OF: Final = re.compile(
    r"message|\blog\b|line|text|event|body|_raw|stack|exception|error|content|details", re.IGNORECASE
)


def text_of_table(text: str) -> str | None:
    """The log text of a table's records, one below the other; None when the text is no table with a trace in it."""
    first = text.lstrip("\n").partition("\n")[0]
    names = _NAMES.match(first)
    if names is None or not _TEXT_OF.search(first):
        return None
    try:
        rows = [
            row
            for row in csv.reader(text.lstrip("\n").splitlines(keepends=True), delimiter=names[1], strict=True)
            if row
        ]
    except csv.Error:
        return None
    header, records = rows[0], rows[1 : MAX_RECORDS + 1]
    if not records or any(len(row) != len(header) for row in records):
        return None
    if records[0][0] > records[-1][0] and records == sorted(records, key=lambda row: row[0], reverse=True):
        records.reverse()  # the newest stood at the top
    column = _column(header, records)
    return None if column is None else "\n".join(row[column].strip("\n") for row in records)


def _column(header: Sequence[str], records: Sequence[Sequence[str]]) -> int | None:
    """The column that shows most rows of a trace."""
    counts = [sum(any(map(shows_row, row[at].split("\n"))) for row in records) for at in range(len(header))]
    best = max(range(len(header)), key=counts.__getitem__)
    if counts[best]:
        return best
    named = [at for at, name in enumerate(header) if _TEXT_OF.search(name) and any("\\n" in row[at] for row in records)]
    return named[-1] if named else None
