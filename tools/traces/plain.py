"""Text of no known language: every `path:line` it contains, and the sentence that tells of an error."""

import re

from incidents.trace import Failure, Frame
from tools.traces.candidates import MAX_MESSAGE
from tools.traces.lines import Log
from tools.traces.locations import number, slashed
from tools.traces.records import without_level

MAX_FRAMES = 200
MAX_MESSAGE_LINES = 20

_PLACE = re.compile(
    r"(?<![\w./\\<>~@+:\-])((?:[A-Za-z]:(?=[\\/]))?[\w./\\<>~@+\-]{3,300}+)"
    r"['\"]?(?::(?:line )?|\(|,? (?:on |at )?[Ll]ine:? ?)(\d{1,7})(?!\d)(?:[:,](\d{1,6}))?"
)
_EXTENSION = re.compile(r"\.[A-Za-z]\w{0,7}$")
_RAISED = re.compile(
    r"(?<![\w.\\:$])((?:[A-Za-z_$][\w$]{0,80}(?:[.\\]|::)){0,8}"
    r"[A-Za-z_$][\w$]{0,80}(?:Error|Exception|Failure|Fault|Panic)): (\S.*)"
)


def read(log: Log) -> Failure:
    """One failure out of any text; its frames stand in the order of the text."""
    frames: dict[Frame, None] = {}
    raised: re.Match[str] | None = None
    for line in log.lines:
        if len(frames) < MAX_FRAMES and len(line) > 4:
            frames.update(dict.fromkeys(_frames(line)))
        if raised is None and (": " in line):
            raised = _RAISED.search(line)
    if raised:
        return Failure(type=raised[1], message=raised[2][:MAX_MESSAGE], frames=tuple(frames)[:MAX_FRAMES])
    spoken = [without_level(line.strip()) for line in log.lines if line.strip()][:MAX_MESSAGE_LINES]
    return Failure(message="\n".join(spoken)[:MAX_MESSAGE], frames=tuple(frames)[:MAX_FRAMES])


def _frames(line: str) -> list[Frame]:
    places = _PLACE.findall(line)
    return [
        Frame(path=slashed(path), line=number(row), column=number(column))
        for path, row, column in places
        if _EXTENSION.search(path) and number(row)
    ]
