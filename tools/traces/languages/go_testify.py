"""Failures of Go tests that testify prints: a label before each part, and the parts' further lines below them."""

import re
from collections.abc import Sequence

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

_PART = re.compile(r"\s*(Error Trace|Error|Test|Messages):\s{0,20}\t?(.*)$")
_FURTHER = re.compile(r"\s{0,40}\t {8,20}\t|\s{0,60}")
_PLACE = re.compile(r"((?:[A-Za-z]:)?[^\s:]{1,1000}\.go):(\d{1,9})$")

MAX_LINES = 60


def find(log: Log) -> list[Found]:
    """Every failure, with the places of its trace."""
    starts = [index for index, line in enumerate(log.lines) if line.lstrip().startswith("Error Trace:")]
    drafts = [(index, _draft(log.lines[index : index + MAX_LINES])) for index in starts]
    return [Found("go", (draft.failure(),), index) for index, draft in drafts if draft.frames and draft.message]


def _draft(lines: Sequence[str]) -> Draft:
    parts: dict[str, list[str]] = {}
    label = ""
    for line in lines:
        part = _PART.match(line)
        if part and part[1] in parts:
            break
        if part:
            label = part[1]
            parts[label] = [part[2]]
        elif not line[:1].isspace() or label in ("Test", "Messages"):
            break
        else:
            parts[label].append(_FURTHER.sub("", line, count=1))
    places = [place for line in parts.get("Error Trace", []) if (place := _PLACE.match(line.strip()))]
    frames = [Frame(path=slashed(place[1]), line=number(place[2])) for place in places]
    return Draft(None, "\n".join(parts.get("Error", [])).strip(), frames)
