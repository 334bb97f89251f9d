"""Rows that no language's reader knows: places one below the other, under the line that says what failed."""

import re
from dataclasses import replace
from typing import Final, NamedTuple

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.any_language.plain import HOST
from tools.traces.candidates import MAX_MESSAGE, Draft, Found
from tools.traces.messages.records import begins_record, without_level
from tools.traces.places.locations import LANGUAGES, number, slashed
from tools.traces.unwrap.levels import level_of
from tools.traces.unwrap.lines import Log

FEWEST: Final = 2
MAX_ABOVE: Final = 8
MAX_APART: Final = 3

_PLACE: Final = re.compile(
    r"(?P<before>.{0,300}?)(?P<path>(?:\[[\w-]{1,40}\]|[A-Za-z]:(?=[\\/]))?(?:package:|dart:)?[\w./\\~@<>-]{2,300}\.[A-Za-z]\w{0,7})"
    r"(?::(?P<line>\d{1,7})(?::(?P<column>\d{1,6}))?|\((?P<inside>\d{1,7})(?:,\d{1,6})?\))"
    r"(?:[\s)\]'\",]{0,8}|\s?[\[{(][^\w\s]{1,3}[\]})]|:? (?:in|at|within|by) [^\n]{1,200})$"
)
_IN: Final = re.compile(r":? in (?:function |method )?[`'\"]?([\w.$<>:!?~-]{1,200}+)[`'\"]?(?:\(.{0,200}\))?$")
_CALLED: Final = re.compile(
    r"(?<![\w.$<>:~!?])([\w.$<>:~!?]{1,200}+)(?:\([^()]{0,200}\)|(?= \+))(?: \+ \d{1,9})?\s*(?:\(|at)?$"
    r"|(?<![\w.$<>:~!?])([A-Za-z_$][\w.$<>:~!?]{0,200}+) ?\($"
)
_ABOVE: Final = re.compile(
    r"\s*(?:\[?\d{1,4}\]?[.:]?|[-*]|at) (?:\S{1,100}:\d{1,7} )?([\w.$<>:~!?]{1,200})(?:\(.{0,300})?$"
)
_PROSE: Final = re.compile(r"\s*(?:[A-Za-z]{2,20} ){3,20}[A-Za-z]{2,20}\s*$")
_HEADING: Final = re.compile(r".{0,80}:\s*$")
_TYPED: Final = re.compile(
    r"(?:.{0,100}?[Ee]xception: )?(.{1,1000}) \(((?:[A-Z]\w*(?:::|\.))*[A-Z]\w*(?:Error|Exception|Failure))\)$"
)


_RUBY: Final = re.compile(r"((?:[A-Z]\w*::){0,8}[A-Z]\w*(?:Exception|Error)) \((.*)\):?$")
_LABELLED: Final = re.compile(r"(?:Exception|Error)(?: Type| Name)?:\s{1,20}([A-Z]\w{2,100})(?: \((.{1,300})\))?$")


class _Row(NamedTuple):
    at: int
    frame: Frame


def find(log: Log) -> list[Found]:
    """Every block of such rows with what is said above it. A language is named when a type is announced and every
    path has the ending of one: that of the innermost."""
    return [_found(log, block) for block in _blocks(log) if len(block) >= FEWEST]


def with_rows_below(log: Log, found: Found) -> Found:
    """An error of which one place is known, with the rows below it whose form no reader of its language knows."""
    surfaced = found.failures[-1]
    if len(found.failures) != 1 or len(surfaced.frames) != 1 or surfaced.frames[0].function is not None:
        return found
    near = range(found.at + 1, found.at + MAX_ABOVE)
    block = next((block for block in _blocks(log) if block[0].at in near and len(block) >= FEWEST), [])
    frames = [row.frame for row in block]
    known = surfaced.frames[0]
    if any(_ending(frame) != _ending(known) for frame in frames):
        return found
    first = frames[:1] if frames and (frames[0].path, frames[0].line) == (known.path, known.line) else []
    rows = (known, *frames[len(first) :])
    return replace(found, failures=(surfaced.model_copy(update={"frames": rows}),))


def _ending(frame: Frame) -> str:
    return frame.path.rpartition(".")[2]


def _blocks(log: Log) -> list[list[_Row]]:
    """The rows that stand below each other."""
    blocks: list[list[_Row]] = []
    for at, line in enumerate(log.lines):
        frame = _frame(log, at) if ":" in line or "(" in line else None
        if frame is None:
            continue
        if not blocks or not _goes_on(log, blocks[-1][-1].at, at):
            blocks.append([])
        blocks[-1].append(_Row(at, frame))
    return blocks


def _frame(log: Log, at: int) -> Frame | None:
    line = log.lines[at].rstrip()
    place = _PLACE.match(line) if line[-1:] in "0123456789)]}'\"," or " in " in line else None
    if (
        place is None
        or HOST.fullmatch(place["path"])
        or begins_record(line)
        or level_of(line) is not None
        or _PROSE.match(place["before"])
    ):
        return None
    row = number(place["line"] or place["inside"])
    return Frame(
        path=slashed(place["path"]), line=row, column=number(place["column"]), function=_function(log, at, place)
    )


def _function(log: Log, at: int, place: re.Match[str]) -> str | None:
    """Behind the place (`in 'total'`), on the line above (`[1] total(...)`), or before it (`Cart.total() + 124 (`)."""
    if place["before"].rstrip().endswith("called at"):  # that names what was called there
        return None
    inside = _IN.search(log.lines[at].rstrip(), place.end("path"))
    above = _ABOVE.match(log.lines[at - 1]) if at and not inside and not _PLACE.match(log.lines[at - 1]) else None
    named = inside or above or _CALLED.search(place["before"].rstrip())
    name = (named[1] or named[named.re.groups]).rpartition("::")[2] if named else ""
    return (name if name.startswith("<") else name.rpartition(".")[2]) or None


def _goes_on(log: Log, last: int, at: int) -> bool:
    """Whether only a name or blank lines stand between two rows."""
    between = [line for line in log.lines[last + 1 : at] if line.strip()]
    return at - last <= MAX_APART and len(between) <= 1 and not any(map(_begins_record, between))


def _begins_record(line: str) -> bool:
    return begins_record(line) or level_of(line) is not None


def _found(log: Log, block: list[_Row]) -> Found:
    first = block[0].at
    if first and _ABOVE.match(log.lines[first - 1]):
        first -= 1
    draft, at = _said(log, first)
    draft.frames = [row.frame for row in block]
    tongues = [LANGUAGES.get(row.frame.path.rpartition(".")[2].lower(), "") for row in block]
    language = tongues[0] if draft.type and all(tongues) else None
    return Found(language, (draft.failure(),), at)


def _said(log: Log, first: int) -> tuple[Draft, int]:
    """What is announced above a block: the nearest type, else the nearest line that is no heading."""
    spoken = -1
    for at in range(first - 1, max(first - MAX_ABOVE, 0) - 1, -1):
        line = log.lines[at].strip()
        typed, labelled, raised = _TYPED.match(line), _LABELLED.match(line), announced(line)
        if raised is not None:
            inner = announced(raised.message)
            raised = inner if inner is not None and not inner.start else raised
            return Draft(raised.type, raised.message), at
        if labelled is not None:
            return Draft(labelled[1], labelled[2] or ""), at
        if (bracketed := _RUBY.match(line)) is not None:
            return Draft(bracketed[1], bracketed[2]), at
        if typed is not None:
            return Draft(typed[2], typed[1]), at
        if spoken < 0 and line and not _HEADING.match(line):
            spoken = at
        if at in log.stamped or level_of(line) is not None:
            break
    if spoken < 0:
        return Draft(), first
    return Draft(None, without_level(log.lines[spoken].strip())[:MAX_MESSAGE]), spoken
