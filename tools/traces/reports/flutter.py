"""Errors that Flutter's framework caught, in the frame of rules that it draws: what was thrown, and the rows below."""

import re
from typing import Final

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.messages.ends import MAX_MESSAGE_LINES
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES: Final = ("xception caught by", "EXCEPTION CAUGHT BY")

_TITLE: Final = re.compile(r".{0,200}(?:EXCEPTION CAUGHT BY|[Ee]xception caught by) ")
_THROWN: Final = re.compile(r"\s*The following (.{1,120}?) was thrown\b")
_RULE: Final = re.compile(r"\s*[═=]{10,}\s*$")
_ROW: Final = re.compile(
    r"\s*#\d{1,5}\s{1,8}(\S.{0,300}?) \(((?:package|dart|file|https?|org-dartlang-sdk):[^\s()]{1,500}?):(\d{1,9})(?::(\d{1,9}))?\)$"
)
_AFTER: Final = re.compile(
    r"The relevant error-causing widget was|When the exception was thrown|Handler: |Recognizer:|User-created ancestor"
)
_TYPE: Final = re.compile(r"_?[A-Z]\w{1,80}$")
MOST_TITLE: Final = 8
MOST_BELOW: Final = 400


def find(log: Log) -> list[Found]:
    """Every such report."""
    return [found for at, line in enumerate(log.lines) if _TITLE.match(line) and (found := _read(log, at)) is not None]


def _read(log: Log, title: int) -> Found | None:
    """What stands below a title, down to the rule that closes it or the next title."""
    end = next(
        (at for at in range(title + 1, min(title + MOST_BELOW, len(log.lines))) if _closes(log.lines[at])),
        len(log.lines),
    )
    body = [line.strip() for line in log.lines[title + 1 : end]]
    thrown = next((at for at, line in enumerate(body) if _THROWN.match(line)), None)
    first = 0 if thrown is None else _behind_sentence(body, thrown)
    kind = _THROWN.match(body[thrown]) if thrown is not None else None
    said = _message(body[first:])
    frames = [frame for line in body if (frame := _frame(line)) is not None]
    if not said and not frames:
        return None
    named = kind[1] if kind and _TYPE.match(kind[1]) else None
    return Found(None, (Draft(named, said, frames).failure(),), title)


def _closes(line: str) -> bool:
    return _RULE.match(line) is not None or _TITLE.match(line) is not None


def _behind_sentence(body: list[str], thrown: int) -> int:
    """The line below the sentence that says what was thrown where; a widget's name may run over several."""
    for at in range(thrown, min(thrown + MOST_TITLE, len(body))):
        text = " ".join(body[thrown : at + 1])
        if text.endswith(":") and text.count("(") <= text.count(")"):
            return at + 1
    return thrown + 1


def _message(lines: list[str]) -> str:
    """The first paragraph."""
    said: list[str] = []
    for line in lines[:MAX_MESSAGE_LINES]:
        if (said and not line) or _AFTER.match(line) or _frame(line):
            break
        if line:
            said.append(line)
    return "\n".join(said)


def _frame(line: str) -> Frame | None:
    row = _ROW.match(line) if "#" in line else None
    if row is None:
        return None
    return Frame(
        path=slashed(row[2]), line=number(row[3]), column=number(row[4]), function=row[1].rpartition(".")[2] or None
    )
