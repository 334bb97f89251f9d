"""Where the message of an error ends: one table of the lines that no message goes on with, for the readers of all languages."""

import re
from typing import Final

from tools.traces.messages.records import begins_record
from tools.traces.messages.titles import titles_stack, without_title
from tools.traces.unwrap.fences import fences
from tools.traces.unwrap.lines import Log

MAX_MESSAGE_LINES: Final = 30
"""Lines of a message that are read, where a language gives no reason for another number."""

_CLOSES: Final = re.compile(
    r"\s*+(?:`\s*$|</?(?:details|summary)>|<!--|Did you mean\?"
    r"|\| {1,400}\^|\.\.\. \d{1,4} lines matching |\+ expected - actual\s*$|This error is located at:"
    r"|\*\*[^*\n]{2,80}\*\*:?\s*$|\*\*[^*\n]{2,60}:\*\*|_No response_\s*$|#{1,6} [^#\n]{1,80} #{1,6}\s*$)"
    r"|\s{0,40}> {0,8}\d{1,6} \| |\s{2,40}\d{1,6} \| "
)
"""A lone backtick, a fold of a page, a heading in bold type, the question of a run time whether another name was meant, code that a tool quotes
with its numbers (always set in), a difference of values."""
_CLOSES_PASTED: Final = re.compile(r"[\"']{1,3},?\s*$")
"""The quotation mark that ends a value from which a text was copied."""
_CLOSES_BELOW_BLANK: Final = re.compile(
    r"#{1,6} \S|[-*+] (?:\*\*)?[A-Z][\w ./-]{0,40}:|> |@[\w-]+\b|-{3,}\s*$|\|(?: [^|\n]{1,80} \|){2,}|(?:See|Link:|cc:?) \S|https?://\S+$"
)
"""What a person writes in a paragraph of its own: a heading, a point of a list, a quotation, somebody's name, a rule, a table, a link."""
_LEFT_OUT: Final = re.compile(
    r"\s*+(?:[\[(<]?(?:\.{3,8}|…|snip(?:ped)?|truncated)[\])>]?|-{2,} ?snip ?-{2,})\s*$", re.IGNORECASE
)
"""Where a person left lines out."""
_POINT: Final = re.compile(r"\s*+(?:[-*+] |$)")


def ends_message(log: Log, at: int) -> bool:
    """Whether line `at` is no part of the message that stands above it: a record begins here, or a person goes on."""
    line = log.lines[at]
    return at in log.stamped or begins_record(line) or closes(line) or (log.pasted and _goes_on_in_prose(log, at))


def closes(line: str) -> bool:
    """Whether the shape of a line tells that no message goes on with it, whatever the text is."""
    return fences(line) or (_CLOSES.match(line) is not None and not titles_stack(line))


def _goes_on_in_prose(log: Log, at: int) -> bool:
    """Whether a person goes on here, in a page. Programs write such lines too: without a page, or below a colon, they are the message's."""
    line = log.lines[at]
    shape = (
        _CLOSES_PASTED.match(line)
        or leaves_out(line)
        or (at and not log.lines[at - 1].strip() and _CLOSES_BELOW_BLANK.match(line))
    )
    return bool(shape) and not titles_stack(line) and not _is_announced(log, at)


def _is_announced(log: Log, at: int) -> bool:
    """Whether the nearest line above that is neither blank nor a point of a list ends with a colon."""
    above = (log.lines[row] for row in range(at - 1, max(at - MAX_MESSAGE_LINES, 0) - 1, -1))
    return next((line for line in above if not _POINT.match(line)), "").rstrip().endswith(":")


def leaves_out(line: str) -> bool:
    """Whether the line stands for others that a person left out."""
    return _LEFT_OUT.match(line) is not None


def suggests(line: str) -> bool:
    """Whether a run time asks here whether another name was meant."""
    return line.lstrip().startswith("Did you mean?")


def whole(message: str) -> str:
    """A message up to the first line that it does not go on with, without a last line that only announces rows."""
    if "\n" in message:
        lines = message.split("\n")
        end = next((at for at in range(1, len(lines)) if closes(lines[at])), len(lines))
        message = "\n".join(lines[:end])
    return without_title(message)
