"""Reports that a crashed program or its machine leaves: the Java VM's own (`hs_err`), and the report in TOML of Rust programs."""

import re
from collections.abc import Iterator
from typing import Final

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.languages import rust
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES = ("the Java Runtime Environment", "explanation = ")

MAX_LINES: Final = 60

_VM: Final = re.compile(
    r"\s*(?:# )?(?:A fatal error has been detected by|There is insufficient memory for) the Java Runtime Environment\b"
)
_SAID: Final = re.compile(r"[\s#]{0,12}([^\s#].{0,1000})$")
_FRAME: Final = re.compile(
    r"\s*(?:# )?(?:[VC]\s{1,4}\[[^\]]{1,200}\]\s{1,4}(?P<native>[^\s+]{1,300})|[jJ] .{0,40}?(?P<java>[\w$.]{3,300})\()"
)
_REPORT: Final = re.compile(r"\s*explanation = ")
_IN_FILE: Final = re.compile(r".{0,20}Panic occurred in file '([^']{1,500})' at line (\d{1,9})")
_CAUSE: Final = re.compile(r"\s*cause = ['\"]{1,3}(.{1,2000}?)['\"]{0,3}$")


def find(log: Log) -> list[Found]:
    """Every such report."""
    return [*_of_vm(log), *_of_rust(log)]


def _of_vm(log: Log) -> Iterator[Found]:
    for index, line in enumerate(log.lines):
        if "the Java Runtime Environment" not in line or not _VM.match(line):
            continue
        below = log.lines[index + 1 : index + MAX_LINES]
        said = next((found[1] for each in below if (found := _SAID.match(each))), "")
        frames = [_named(found["java"] or found["native"]) for each in below if (found := _FRAME.match(each))]
        yield Found("java", (Draft(None, said, frames).failure(),), index)


def _named(name: str) -> Frame:
    owner, _, function = name.replace("::", ".").rpartition(".")
    return Frame(function=function, class_name=owner or None)


def _of_rust(log: Log) -> Iterator[Found]:
    for index, line in enumerate(log.lines):
        if "explanation = " not in line or not _REPORT.match(line):
            continue
        below = log.lines[index : index + MAX_LINES]
        place = next((found for each in below if (found := _IN_FILE.match(each.replace("explanation = ", "")))), None)
        cause = next((found[1] for each in below if (found := _CAUSE.match(each))), "")
        if place is not None:
            raised = Frame(path=slashed(place[1]), line=number(place[2]))
            frames = rust.frames_below(log, index, MAX_LINES, raised)
            yield Found("rust", (Draft("panic", cause, frames).failure(),), index)
