"""A failure as pytest reports it: the test's name in a rule, `E` lines with the message, then `path:line: Type`."""

import re

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.lines import Log
from tools.traces.locations import number, slashed

CUES = ("\nE   ",)


_PLACE = re.compile(r"(\S{1,400}\.py):(\d{1,9}):(?: (?:in (\w{1,200})|(\w[\w.]{0,200})))?$")
_DEFINED = re.compile(r">?\s{0,100}(?:async )?def (\w{1,200})\(")
_RULE = re.compile(r"_{3,} (?:ERROR at \w+ of )?(\S{1,300}) _{3,}$")


def find(log: Log) -> list[Found]:
    """Every failure whose place names a type; the places above it, without one, are its callers."""
    found: list[Found] = []
    frames: list[Frame] = []
    message: list[str] = []
    test = defined = None
    begun = 0
    for index, line in enumerate(log.lines):
        rule = _RULE.match(line) if line.startswith("___") else None
        place = _PLACE.match(line) if ".py:" in line else None
        shown = _DEFINED.match(line) if "def " in line else None
        if shown:
            defined = shown[1]
        elif rule:
            defined = None
            test, frames, message, begun = rule[1].rpartition(".")[2].partition("[")[0], [], [], index
        elif line.startswith("E   "):
            message.append(line[4:].removeprefix("    ").rstrip())
        elif place:
            function = place[3] or defined or (test if not frames else None)
            defined = None
            frames.append(Frame(path=slashed(place[1]), line=number(place[2]), function=function))
            if place[4] and message:
                found.append(_finished(place[4], message, frames, begun))
                frames, message = [], []
    return found


def _finished(kind: str, message: list[str], frames: list[Frame], begun: int) -> Found:
    first = message[0].removeprefix(f"{kind}: ")
    if first.partition(": ")[0].endswith("." + kind):
        first = first.partition(": ")[2]
    return Found("python", (Draft(kind, "\n".join([first, *message[1:]]), frames[::-1]).failure(),), begun)
