"""A failure as PHPUnit reports it: the test's number and name, type and message, then bare places below a blank line."""

import re

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES = ("\n1) ",)

MAX_MESSAGE_LINES = 40
"""More than elsewhere: a comparison prints both values."""

_NUMBERED = re.compile(r"\d{1,5}\) ([\w\\]{1,300}::\w{1,200})")
_PLACE = re.compile(r"\s{0,8}(\S.{0,800}?\.(?:php|phtml|inc)):(\d{1,9})$")
_CAUSED = re.compile(r"Caused by$")


def find(log: Log) -> list[Found]:
    """Every numbered failure; `Caused by` begins its cause."""
    found: list[Found] = []
    for index, line in enumerate(log.lines):
        if _NUMBERED.match(line) and (drafts := _drafts(log, index + 1)):
            found.append(Found("php", tuple(draft.failure() for draft in reversed(drafts)), index))
    return found


def _drafts(log: Log, start: int) -> list[Draft]:
    """What surfaced, then its causes."""
    drafts = [Draft()]
    spoken: list[str] = []
    for line in log.lines[start : start + 400]:
        place = _PLACE.match(line)
        if _NUMBERED.match(line) or (not place and drafts[-1].frames and line.strip() and not _CAUSED.match(line)):
            break
        if place:
            _speak(drafts[-1], spoken)
            spoken = []
            drafts[-1].frames.append(Frame(path=slashed(place[1]), line=number(place[2])))
        elif _CAUSED.match(line):
            drafts.append(Draft())
        elif len(spoken) < MAX_MESSAGE_LINES:
            spoken.append(line)
    return [draft for draft in drafts if draft.frames]


def _speak(draft: Draft, spoken: list[str]) -> None:
    """Type and message; a failed assertion has only a message."""
    if draft.frames:
        return
    text = "\n".join(spoken).strip()
    raised = announced(text.split("\n", 1)[0])
    if raised and not raised.start:
        below = text.split("\n", 1)[1:]
        draft.type, draft.message = raised.type.lstrip("\\"), "\n".join([raised.message, *below]).strip()
    else:
        draft.message = text
