"""PHP errors as Laravel's console prints them: type, message, `at path:line` above its code, then numbered places."""

import re

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log
from tools.traces.unwrap.php_frames import named

CUES = ("▕", "vendor frames")

MAX_ABOVE = 40

_AT = re.compile(r"\s{0,8}at (\S.{0,800}?\.(?:php|phtml|inc)):(\d{1,9})$")
_TYPE = re.compile(r"\s{1,8}(\\?[A-Z]\w{0,100}(?:\\\w{1,100}){0,12})\s*$")
_NUMBERED = re.compile(r"\s{0,8}\d{1,4}\s{1,8}(\S.{0,800}?\.(?:php|phtml|inc)|(?:\S{0,400}/)?artisan):(\d{1,9})$")
_FAILED = re.compile(  # of Pest
    r"\s{1,8}FAILED\s{1,4}\S(?:(?! > ).){0,300}+ > .{1,300}?(?:\s{2,40}+(\\?[A-Z][\w\\]{1,200}+))?\s{0,400}+$"
)
_CALL = re.compile(r"\s{2,12}([\w\\{}:>-]{1,300}\(.*\))$")
_CODE = re.compile(r"\s*(?:➜\s*)?\d{1,7}▕")


def find(log: Log) -> list[Found]:
    """Every `at` with code below it."""
    found: list[Found] = []
    for index, line in enumerate(log.lines):
        at = _AT.match(line) if "at " in line else None
        if at and index + 1 < len(log.lines) and _CODE.match(log.lines[index + 1]):
            draft, first = _announced(log, index)
            rows = _below(log, index + 1)
            draft.frames = [Frame(path=slashed(at[1]), line=number(at[2])), *rows]
            found.append(Found("php", (draft.failure(),), first))
    return found


def _announced(log: Log, index: int) -> tuple[Draft, int]:
    """Type and message above the place; the type stands alone on its line."""
    for above in range(index - 1, max(-1, index - MAX_ABOVE), -1):
        typed = _TYPE.match(log.lines[above]) or _FAILED.match(log.lines[above])
        if typed:
            message = "\n".join(line.strip() for line in log.lines[above + 1 : index]).strip()
            return Draft((typed[1] or "").lstrip("\\") or None, message), above
    return Draft(), index


def _below(log: Log, start: int) -> list[Frame]:
    """The numbered places; the call made at each stands below it, so that names move one step inwards."""
    frames: list[Frame] = []
    for index in range(start, min(len(log.lines), start + 400)):
        line = log.lines[index]
        row = _NUMBERED.match(line)
        if row:
            frames.append(Frame(path=slashed(row[1]), line=number(row[2])))
        elif frames and (call := _CALL.match(line)) and len(frames) > 1:
            function, owner = named(call[1])
            frames[-2] = frames[-2].model_copy(update={"function": function, "class_name": owner})
        elif _AT.match(line):
            break
    return frames
