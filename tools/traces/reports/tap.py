"""A failed test in the Test Anything Protocol as Node.js prints it: `not ok 1 - name` and a block of names and values below."""

import re
from collections.abc import Sequence
from typing import Final

from tools.traces.candidates import Draft, Found
from tools.traces.languages.javascript_rows import row_of
from tools.traces.unwrap.lines import Log

CUES: Final = ("not ok ",)
MOST: Final = 200

_FAILED: Final = re.compile(r"(\s{0,40})not ok \d{1,6}\b")
_NAME: Final = re.compile(r"(\s*)(error|name|message|stack|failureType|location): ?(.*)$")
_OUTER: Final = "subtestsFailed"  # it failed because one inside it did


def find(log: Log) -> list[Found]:
    """Every failed test that says why."""
    found: list[Found] = []
    for at, line in enumerate(log.lines):
        failed = _FAILED.match(line) if "not ok " in line else None
        values = _block(log.lines[at + 1 : at + 1 + MOST]) if failed else {}
        if not values or values.get("failureType") == _OUTER or not (values.get("error") or values.get("message")):
            continue
        said = values.get("error") or values.get("message") or ""
        rows = (f"at {row.strip().removeprefix('at ')}" for row in values.get("stack", "").split("\n"))
        frames = [frame for row in rows if (frame := row_of(row)) is not None]
        if not frames and (place := row_of(f"at {values.get('location', '')}")) is not None:
            frames = [place]
        if frames:
            found.append(Found("javascript", (Draft(values.get("name"), said.strip(), frames).failure(),), at))
    return found


def _block(lines: Sequence[str]) -> dict[str, str]:
    """The names and values between `---` and `...`; a value behind `|-` is what stands deeper below its name."""
    values: dict[str, str] = {}
    if not lines or lines[0].strip() != "---":
        return values
    open_name, column = "", 0
    for line in lines[1:]:
        if line.strip() == "...":
            break
        indent = len(line) - len(line.lstrip())
        if open_name and (indent > column or not line.strip()):
            values[open_name] += "\n" + line.strip()
            continue
        named = _NAME.match(line)
        open_name = ""
        if named and named[3].startswith(("|", ">")):
            open_name, column = named[2], len(named[1])
            values[open_name] = ""
        elif named:
            values[named[2]] = named[3].strip("'\"")
    return values
