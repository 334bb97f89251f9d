"""Where a person goes on below a pasted Python traceback: those words are no part of its message."""

import re

from tools.traces.messages.records import begins_record
from tools.traces.unwrap.lines import Log

MAX_MESSAGE_LINES = 60
"""Twice as many as elsewhere: a message of a database or a validator stands last, and its statement or its list of fields with it."""
MOST_ABOVE = 3
"""Lines with which a person's words begin that stand above a pasted log."""

_ASKED = re.compile(
    r"(?:I|I'm|I've|We|My|Our|Any|Anyone|Thanks|Please|Does|Do|How|What|Why|Can|Could|Is|Has)\b.{3,}|.{10,}\?$"
)
_CHATTED = re.compile(
    r"(?i:any(?:one|body|thoughts| ideas?)\b|thanks|thx\b|same here|looks like|seems (?:like|to)"
    r"|btw\b|fyi\b|(?:i|i'm|i've|we|we're|my|our) \w).{3,}"
)  # a chat's next words, directly below
_FOREIGN = re.compile(r"[^\x00-\x7f]{4,}")  # a message in English does not go on in another script
_SENTENCE = re.compile(r"[A-Z][a-z']{0,12}(?: [\w',-]{1,20}){3,40}[:.!?]?$")


def is_pasted(log: Log, index: int, above: str) -> bool:
    """Whether a sentence stands above line `index`: the text is a person's."""
    said = (above, *log.lines[: min(index, MOST_ABOVE)])
    return any(_SENTENCE.match(line) is not None and not begins_record(line) for line in said)


def goes_on_right_below(line: str, message: str) -> bool:
    """Whether a line that follows a message without a blank line is somebody's next words."""
    return _CHATTED.match(line) is not None or (message.isascii() and _FOREIGN.match(line) is not None)


def goes_on_below(log: Log, index: int, begun: int, *, pasted: bool) -> bool:
    """Whether line `index`, behind a blank one below the traceback that began at `begun`, is no paragraph of its message."""
    line = log.lines[index]
    said = pasted or any(log.lines[at].strip() for at in range(begun))  # something stands above the trace
    prose = said and line[:1] not in " \t[(|{<-*+?" and not line[:1].islower()
    return _ASKED.match(line) is not None or (prose and (pasted or not _inside_record(log, index, begun)))


def _inside_record(log: Log, index: int, begun: int) -> bool:
    """Whether the paragraphs of a message go on here: a record of the log begins above the traceback, and the next one below."""
    above = any(at in log.stamped for at in range(max(0, begun - MOST_ABOVE), begun + 1))
    below = range(index, min(len(log.lines), index + MAX_MESSAGE_LINES))
    return above and any(at in log.stamped for at in below)
