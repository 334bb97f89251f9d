"""Text of no known language: every `path:line` it contains, and the sentence that tells of an error."""

import re
from collections.abc import Iterable

from incidents.trace import Failure, Frame
from tools.traces.candidates import MAX_MESSAGE
from tools.traces.lines import Log
from tools.traces.locations import number, slashed
from tools.traces.records import without_level

MAX_FRAMES = 200
MAX_MESSAGE_LINES = 20

_PLACE = re.compile(
    r"(?<![\w./\\<>~@+:\-])((?:[A-Za-z]:(?=[\\/]))?[\w./\\<>~@+\-]{3,300}+)"
    r"['\"]?(?::(?:line |\[)?|\(|,? (?:on |at )?[Ll]ine:? ?)(\d{1,7})(?!\d)(?:[:,](\d{1,6}))?"
)
_EXTENSION = re.compile(r"\.(?:[a-z]\w{0,7}|[A-Z]{1,4}\d{0,2})$")  # `.Metadata` is a class
_HOST = re.compile(
    r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.(?:com|org|net|io|local|internal|cloud|dev|svc|lan|eu|de|uk|fr|nl|info|localhost)"
)
"""A port stands behind it, no line."""
_RAISED = re.compile(
    r"(?<![\w.\\:$])((?:[A-Za-z_$][\w$]{0,80}(?:[.\\]|::)){0,8}"
    r"[A-Za-z_$][\w$]{0,80}(?:Error|Exception|Failure|Fault|Panic)): (\S.*)"
)


def read(log: Log) -> Failure:
    """One failure out of any text; its frames stand in the order of the text. INFO lines say nothing of it, unless there are no others."""
    frames = places(log.lines)
    mute = {at for record in log.records if record.mute for at in range(record.first, record.end)}
    lines = [line for at, line in enumerate(log.lines) if at not in mute and line.strip()] or log.lines
    found = next(filter(None, map(raised, lines)), None)
    if found:
        return Failure(type=found[0], message=found[1], frames=frames)
    spoken = [without_level(line.strip()) for line in lines if line.strip()][:MAX_MESSAGE_LINES]
    return Failure(message="\n".join(spoken)[:MAX_MESSAGE], frames=frames)


def raised(line: str) -> tuple[str, str] | None:
    """The type and message that a line names, as in `worker: acme.PoolError: no connection is left`."""
    found = _RAISED.search(line) if ": " in line else None
    return (found[1], found[2][:MAX_MESSAGE]) if found else None


def places(lines: Iterable[str]) -> tuple[Frame, ...]:
    """Every `path:line` of the lines, each once."""
    frames: dict[Frame, None] = {}
    for line in lines:
        if len(frames) < MAX_FRAMES and len(line) > 4:
            frames.update(dict.fromkeys(_frames(line)))
    return tuple(frames)[:MAX_FRAMES]


def _frames(line: str) -> list[Frame]:
    places = _PLACE.findall(line)
    return [
        Frame(path=slashed(path), line=number(row), column=number(column))
        for path, row, column in places
        if _EXTENSION.search(path) and number(row) and not _HOST.fullmatch(path)
    ]
