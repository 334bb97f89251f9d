"""Go panics as gin's recovery prints them: the request, the panic, then `path.go:31 (0x8f1a2c)` above `Function: source`."""

import re

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.languages.go_stacks import below_the_panic, named
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES = (" (0x",)

_PLACE = re.compile(r"\s{0,4}(/?\S{1,800}\.(?:go|s)):(\d{1,9}) \(0x[0-9a-f]{1,16}\)$")
_MARK = re.compile(r"^(?:\[[\w-]{1,20}\] )?(?:PANIC|panic): ")
_CALL = re.compile(r"\s{1,8}([\w.()*/\[\]]{1,300}): (.*)$")


def find(log: Log) -> list[Found]:
    """Every block of such places; the panic is the line above the first one."""
    found: list[Found] = []
    frames: list[Frame] = []
    begun = last = -9
    for index, line in enumerate(log.lines):
        place = _PLACE.match(line) if line.endswith(")") else None
        if place:
            if index - last > 2 and frames:
                found.append(_finished(log, frames, begun))
                frames = []
            begun, last = (begun if frames else index), index
            call = _CALL.match(log.lines[index + 1]) if index + 1 < len(log.lines) else None
            function, owner = named(f"main.{call[1]}") if call else (None, None)
            source = call[2].strip() or None if call else None
            path, row = slashed(place[1]), number(place[2])
            frames.append(Frame(path=path, line=row, function=function, class_name=owner, source=source))
    return [*found, _finished(log, frames, begun)] if frames else found


def _finished(log: Log, frames: list[Frame], begun: int) -> Found:
    above = next((at for at in range(begun - 1, max(begun - 4, -1), -1) if log.lines[at].strip()), begun)
    message = _MARK.sub("", log.lines[above].strip(), count=1) if above < begun else ""
    inner = [frame for frame in frames if not frame.path.endswith("/runtime/panic.go")]
    return Found("go", (Draft("panic", message, below_the_panic(inner)).failure(),), above)
