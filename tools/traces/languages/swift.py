"""What Swift's run time prints when a program crashes: a backtrace of addresses, modules and places. No language is named."""

import re
from typing import Final

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES: Final = (" crashed:", "Backtracing from")

_ROW: Final = re.compile(
    r"\s{0,20}\d{1,4} (?:\[[\w-]{1,20}\] ?){0,4}\s{0,40}(?:0x[0-9a-f]{6,16} )?(.{1,500}?)(?: \+ \d{1,9})?"
    r" in \S{1,200} at (/[^:\n]{1,500}):(\d{1,9})(?::(\d{1,9}))?$"
)
_NO_PLACE: Final = re.compile(r"\s{0,40}(?:\d{1,4} (?:\[[\w-]{1,20}\] ?){0,4}\s{0,40}0x|\.{3}|\d{1,5}│|│|$)")
_SAID: Final = re.compile(
    r"(?:.{0,200}?\s)?\*\*\* ((?!Signal \d)\S.{2,300}?) \*\*\*$|(?:💣 )?Program crashed: (.{2,300})$|((?:\S{1,300}: )?[Ff]atal error: .{2,500})$"
)
_ARGUMENTS: Final = re.compile(r"(?:<[^<>]{1,80}>)?\(.*$")
_CLOSURE: Final = re.compile(r"(?:closure #\d{1,3} (?:\(.{0,200}?\) )?in |partial apply for |specialized )+")
MOST_ABOVE: Final = 30
BACKTRACE: Final = re.compile(r"Thread \d{1,6}(?: \"[^\"]{0,100}\")? crashed:|Crash at |Thread \d{1,6} crashed")


def find(log: Log) -> list[Found]:
    """Every crash: the rows below `Thread N crashed:`, and what was said above them."""
    return [
        found
        for at, line in enumerate(log.lines)
        if "crashed" in line and BACKTRACE.match(line) and (found := _read(log, at))
    ]


def _read(log: Log, title: int) -> Found | None:
    frames: list[Frame] = []
    for line in log.lines[title + 1 :]:
        row = _ROW.match(line) if " in " in line else None
        if row is not None:
            frames.append(
                Frame(path=slashed(row[2]), line=number(row[3]), column=number(row[4]), function=_named(row[1]))
            )
        elif not _NO_PLACE.match(line):
            break
    first, said = _said_above(log, title)
    return Found(None, (Draft(None, said, frames).failure(),), first) if frames else None


def _named(text: str) -> str | None:
    name = _ARGUMENTS.sub("", _CLOSURE.sub("", text)).strip()
    return name.rpartition(".")[2] or None


def _said_above(log: Log, title: int) -> tuple[int, str]:
    """The nearest sentence above that says why; a fatal error's own words before those of the signal."""
    above = [(at, found) for at in range(max(title - MOST_ABOVE, 0), title) if (found := _SAID.match(log.lines[at]))]
    best = next(((at, found[3]) for at, found in above if found[3]), None) or next(
        ((at, found[1] or found[2]) for at, found in reversed(above)), None
    )
    return best if best is not None else (title, "")
