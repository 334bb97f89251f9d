"""Where the message of an error ends: one table of the lines that no message goes on with, for the readers of all languages."""

import re
from typing import Final

from tools.traces.messages.records import begins_record
from tools.traces.messages.titles import without_title
from tools.traces.unwrap.lines import Log

_CLOSES: Final = re.compile(
    r"\s*(?:`{3}|~{3}|`\s*$|</?(?:details|summary)>|<!--|Did you mean\?|[\"']{1,3},?\s*$"
    r"|\*\*[^*\n]{2,80}\*\*:?\s*$|\*\*[^*\n]{2,60}:\*\*|_No response_\s*$)"
)
"""A fence, a fold of a page, a heading in bold type, the question of a run time whether another name was meant."""
_CLOSES_BELOW_BLANK: Final = re.compile(
    r"#{1,6} \S|[-*+] (?:\*\*)?[A-Z][\w ./-]{0,40}:|> |@[\w-]+\b|-{3,}\s*$|\|(?: [^|\n]{1,80} \|){2,}|(?:See|Link:|cc:?) \S|https?://\S+$"
)
"""What only a person writes, in a paragraph of its own: a heading, a point of a list, a quotation, somebody's name, a rule, a table, a link."""


def ends_message(log: Log, at: int) -> bool:
    """Whether line `at` is no part of the message that stands above it: a record begins here, or a person goes on."""
    line = log.lines[at]
    return at in log.stamped or begins_record(line) or closes(line, log.lines[at - 1] if at else "")


def closes(line: str, above: str) -> bool:
    """Whether the shape of a line tells that no message goes on with it; `above` is the line above it."""
    return _CLOSES.match(line) is not None or (not above.strip() and _CLOSES_BELOW_BLANK.match(line) is not None)


def whole(message: str) -> str:
    """A message up to the first line that it does not go on with, without a last line that only announces rows."""
    if "\n" in message:
        lines = message.split("\n")
        end = next((at for at in range(1, len(lines)) if closes(lines[at], lines[at - 1])), len(lines))
        message = "\n".join(lines[:end])
    return without_title(message)
