"""The line that Node.js quotes above an uncaught error: where it was thrown."""

import re
from typing import Final

from incidents.trace import Frame
from tools.traces.candidates import Draft
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

_FRAME_OF_CODE: Final = re.compile(r"(\S{1,1500}):(\d{1,9})$")


def add_quoted_source(log: Log, at: int, draft: Draft) -> None:
    """Node.js prints `path:line`, the source line and a caret above an uncaught error: where it was thrown."""
    caret = next((index for index in range(at - 1, max(at - 4, 1), -1) if log.lines[index].strip(" ^~\t") == ""), -1)
    while caret > 1 and not log.lines[caret].strip():
        caret -= 1
    if caret < 2 or set(log.lines[caret].strip()) - set("^~"):
        return
    place = _FRAME_OF_CODE.match(log.lines[caret - 2])
    if (
        not place or place[1].startswith(("node:", "internal/")) or not ("/" in place[1] or "\\" in place[1])
    ):  # the run time raised again what the program had raised
        return
    path, line = slashed(place[1]), number(place[2])
    source = log.lines[caret - 1].strip()
    for position, frame in enumerate(draft.frames):
        if (frame.path, frame.line) == (path, line):
            draft.frames[position] = frame.model_copy(update={"source": source})
            return
    draft.frames.insert(0, Frame(path=path, line=line, source=source))
