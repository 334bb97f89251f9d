"""A failure as pytest reports it: the test's name in a rule, `E` lines with the message, then `path:line: Type`.

Short reports print `path:line: in function` above the code instead and end with the `E` lines.
"""

import re
from dataclasses import dataclass, field

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES = ("E   ",)


_PLACE = re.compile(r"(\S{1,400}\.py):(\d{1,9}):(?: (?:in (\w{1,200}|<\w{1,40}>)|(\w[\w.]{0,200})))?$")
_DEFINED = re.compile(r">?\s{0,100}(?:async )?def (\w{1,200})\(")
_RULE = re.compile(r"_{3,} (?:ERROR at \w+ of )?(\S{1,300}) _{3,}$")
_SAID = re.compile(r"\s{0,40}E   ")
_TYPED = re.compile(
    r"((?:[A-Za-z_]\w{0,80}\.){0,8}[A-Z]\w{0,80}(?:Error|Exception|Warning|Exit|Interrupt|Failed))(?:: |$)"
)


@dataclass(slots=True)
class _Report:
    """One failure while it is being read. `short`: its places name their functions."""

    begun: int
    test: str | None = None
    defined: str | None = None
    frames: list[Frame] = field(default_factory=list)
    message: list[str] = field(default_factory=list)
    short: bool = False

    def place(self, found: re.Match[str]) -> None:
        self.short = self.short or found[3] is not None
        function = found[3] or self.defined or (self.test if not self.frames else None)
        self.defined = None
        self.frames.append(Frame(path=slashed(found[1]), line=number(found[2]), function=function))

    def finished(self, kind: str) -> Found:
        indent = len(self.message[0]) - len(self.message[0].lstrip())  # as deep as the code that failed
        said = [line[indent:] if line[:indent].isspace() else line for line in self.message]
        first = said[0].removeprefix(f"{kind}: ")
        if first.partition(": ")[0].endswith("." + kind):
            first = first.partition(": ")[2]
        text = "\n".join(["" if first == kind else first, *said[1:]])
        return Found("python", (Draft(kind, text, self.frames[::-1]).failure(),), self.begun)


def find(log: Log) -> list[Found]:
    """Every failure whose place or message names a type; the places above it, without one, are its callers."""
    found: list[Found] = []
    report = _Report(0)
    margin = min((len(line) - len(line.lstrip()) for line in log.lines if _SAID.match(line)), default=0)
    for index, each in enumerate(log.lines):
        line = each[margin:] if not each[:margin].strip() else each
        rule = _RULE.match(line) if line.startswith("___") else None
        place = _PLACE.match(line) if ".py:" in line else None
        if line.startswith("E   "):
            report.message.append(line[4:].removeprefix("    ").rstrip())
            continue
        if report.short and report.message and report.frames and not (place and place[4]):
            found.append(report.finished(_kind(report.message[0])))
            report = _Report(index)
        if shown := _DEFINED.match(line) if "def " in line else None:
            report.defined = shown[1]
        elif rule:
            report = _Report(index, rule[1].rpartition(".")[2].partition("[")[0])
        elif place:
            report.place(place)
            if place[4] and report.message:
                found.append(report.finished(place[4]))
                report = _Report(report.begun, report.test)
    if report.short and report.message and report.frames:
        found.append(report.finished(_kind(report.message[0])))
    return found


def _kind(first: str) -> str:
    """The type that a message begins with; pytest leaves that of a plain assertion out."""
    typed = _TYPED.match(first.lstrip())
    return typed[1] if typed else "AssertionError"
