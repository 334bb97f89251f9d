"""Whether a message may go on between two groups of rows: then the upper rows may be a part of it, and nobody can tell."""

from typing import Final

from tools.traces.messages.records import begins_record
from tools.traces.unwrap.lines import Log

MOST: Final = 3


def message_goes_on(log: Log, last: int, index: int) -> bool:
    """Whether a few lines stand between the rows at `last` and `index`, none of them blank and none that begins a record."""
    between = log.lines[last + 1 : index]
    stamped = any(at in log.stamped for at in range(last + 1, index))
    return (
        0 < len(between) <= MOST
        and not stamped
        and all(map(str.strip, between))
        and not any(map(begins_record, between))
    )
