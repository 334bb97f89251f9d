"""Errors as Clojure's own tools print them: a sentence with the place, or a map with the causes and the trace as data."""

import re
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Final

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.languages.java import frame_of
from tools.traces.messages.ends import MAX_MESSAGE_LINES, ends_message
from tools.traces.unwrap.lines import Log

CUES: Final = (" error", ":via")

MAX_LINES: Final = 400
MAX_FRAMES: Final = 300

_SAID: Final = re.compile(
    r"\s*(?:Execution|Syntax|Unexpected) error (?:\((?P<type>[\w$.]{1,200})\) )?(?:[a-z-]{3,20} (?:[\w./-]{1,100} )?)?at "
    r"(?:(?P<namespace>[\w.*-]{1,200})/(?P<function>[\w.*+!?<>=-]{1,200}) )?\((?P<path>[\w./\\ -]{1,300}):(?P<line>\d{1,7})(?::\d{1,6})?\)\.$"
)
_SOURCE: Final = re.compile(r"[^\s].{0,300}\.cljc?$")
_FULL_REPORT: Final = "Full report at:"
_VIA: Final = re.compile(r"(?:^|[\s{])(?::cause|:via)\b")
_TYPE: Final = re.compile(r":type ([\w.$]{1,300})")
_MESSAGE: Final = re.compile(r":message \"((?:[^\"\\]|\\.){0,4000})\"")
_ROW: Final = re.compile(r"\[([\w.$<>-]{1,300}) ([\w<>$-]{1,200})\s{1,9}\"([^\"\n]{1,200})\" (-?\d{1,7})\]")


def find(log: Log) -> list[Found]:
    """Every such error. The trace of a map is that of its last cause."""
    found: list[Found] = []
    end = 0
    for index, line in enumerate(log.lines):
        if index < end or (" error " not in line and ":via" not in line and ":cause" not in line):
            continue
        said = _SAID.match(line)
        if said is not None:
            found.append(_spoken(log, index, said))
        elif _VIA.search(line):
            end = _end(log, index)
            found.extend(_mapped("\n".join(log.lines[index:end]), index))
    return found


def _spoken(log: Log, index: int, said: re.Match[str]) -> Found:
    """The sentence, and the message below it."""
    below = range(index + 1, min(len(log.lines), index + 1 + MAX_MESSAGE_LINES))
    rows = takewhile(lambda at: log.lines[at].strip() not in ("", _FULL_REPORT) and not ends_message(log, at), below)
    message = "\n".join(log.lines[at].strip() for at in rows)
    draft = Draft(said["type"], message, list(_places(said)))
    return Found("java", (draft.failure(),), index)


def _places(said: re.Match[str]) -> Iterator[Frame]:
    """A file that stands behind a function lies in its namespace's folder."""
    path = said["path"].replace("\\", "/")
    if not _SOURCE.match(path):
        return
    folder = (said["namespace"] or "").rpartition(".")[0].replace(".", "/").replace("-", "_")
    whole = f"{folder}/{path}" if folder and "/" not in path else path
    name = (said["function"] or "").partition("/")[0] or None
    yield Frame(path=whole, line=int(said["line"]), function=name, class_name=said["namespace"])


def _end(log: Log, index: int) -> int:
    """Below the last line of the map."""
    below = range(index + 1, min(len(log.lines), index + MAX_LINES))
    return next((at for at in below if not log.lines[at].strip() or at in log.stamped), below.stop)


def _mapped(text: str, index: int) -> Iterator[Found]:
    """`:via [{:type X, :message "m", :at [class method "File.java" 12]} ...] :trace [[...] ...]`, the root cause last."""
    via, _, trace = text.partition(":trace")
    drafts = [
        Draft(kind[1], _message(part), _rows(part))
        for part in re.split(r"\{(?=:type )", via)
        if (kind := _TYPE.search(part))
    ]
    if not drafts:
        return
    drafts[-1].frames = _rows(trace) or drafts[-1].frames
    if any(draft.frames for draft in drafts):
        yield Found("java", tuple(draft.failure() for draft in reversed(drafts)), index)


def _message(part: str) -> str:
    said = _MESSAGE.search(part)
    return said[1].replace("\\n", "\n").replace('\\"', '"') if said else ""


def _rows(text: str) -> list[Frame]:
    rows = (frame_of(f"at {row[1]}.{row[2]}({row[3]}:{row[4]})") for row in islice(_ROW.finditer(text), MAX_FRAMES))
    return [frame for frame in rows if frame is not None]
