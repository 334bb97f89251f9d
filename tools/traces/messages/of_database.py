"""What a database prints below the first line of its message: the line of the query with a mark, hints, and the query."""

import re
from collections.abc import Sequence
from typing import Final

MAX_LINES: Final = 40

_OF_MESSAGE: Final = re.compile(r"LINE \d{1,6}: |\s{0,300}\^\s*$|(?:HINT|DETAIL|CONTEXT|ПОДСКАЗКА|HINWEIS|TIPP): ")
_QUERY: Final = re.compile(r": {2,40}\S")
"""Rails puts the query behind a colon, on a line of its own where the message ends with one."""


def lines_of_database(below: Sequence[str]) -> list[str]:
    """The lines with which a message of PostgreSQL goes on; none where the first one is another's."""
    rows = below[:MAX_LINES]
    end = next((at for at, line in enumerate(rows) if not _OF_MESSAGE.match(line)), len(rows))
    if end and end < len(rows) and _QUERY.match(rows[end]):
        end = next((at for at in range(end + 1, len(rows)) if not rows[at][:1].isspace()), len(rows))
    return list(rows[:end])
