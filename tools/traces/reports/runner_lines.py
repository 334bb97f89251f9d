"""Failed tests that a runner tells in a line with a place, without rows: googletest, XCTest, Swift Testing, ScalaTest, Gradle, Minitest."""

import re
from typing import Final, NamedTuple

from incidents.trace import Failure, Frame
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES = (": Failure", ": error: ", " recorded an issue at ", "*** FAILED ***", " FAILED\n", "#test_")

MAX_BELOW = 20

_PLACE: Final = r"(?P<path>[^\s:()]{1,400}\.%s):(?P<line>\d{1,7})"
_CAUSE: Final = re.compile(
    r"\s+Caused by: (?P<type>[\w.$]{2,300}) at (?P<path>[\w$]{1,200}\.\w{1,8}):(?P<line>\d{1,7})$"
)
_ENDS: Final = re.compile(r"\s*$|\[[ A-Z-]{4,12}\]|\S{1,400}:\d{1,7}: Failure$|Google Test trace:")


class _Form(NamedTuple):
    """How a runner words a failure; `below`: the message is on the lines below; `above`: what must stand one or two lines above."""

    words: re.Pattern[str]
    language: str | None = None
    below: bool = False
    above: str = ""


_FORMS: Final = (
    _Form(re.compile(rf"\s*{_PLACE % '(?:cc?|cpp|cxx|hh?|hpp|mm?)'}: Failure$"), below=True),
    _Form(
        re.compile(rf"\s*{_PLACE % '(?:swift|mm?)'}: error: (?:-\[[^\]]{{1,300}}\]|[\w.]{{1,300}}) : (?P<message>.*)$")
    ),
    _Form(
        re.compile(
            rf".{{0,4}}Test .{{1,300}}? recorded an issue .{{0,300}}?at {_PLACE % 'swift'}:\d{{1,5}}: (?P<message>.*)$"
        )
    ),
    _Form(
        re.compile(rf"(?:\[\w{{4,5}}\])?\s+(?P<message>\S.{{0,2000}}) \({_PLACE % 'scala'}\)$"),
        "java",
        above="*** FAILED ***",
    ),
    _Form(
        re.compile(rf"\s{{1,40}}+(?P<type>[\w.$]{{2,300}}) at {_PLACE % '(?:java|kt|groovy|scala)'}$"),
        "java",
        above=" FAILED",
    ),
    _Form(
        re.compile(rf"[\w:]{{1,200}}#(?P<function>test_\S{{1,300}}) \[{_PLACE % 'rb'}\]:$"),
        "ruby",
        below=True,
        above="Failure:",
    ),
)


def find(log: Log) -> list[Found]:
    """Every such line."""
    found = []
    for index, line in enumerate(log.lines):
        if ":" not in line:
            continue
        for form in _FORMS:
            said = form.words.match(line)
            if said and (not form.above or any(form.above in each for each in log.lines[max(0, index - 2) : index])):
                found.append(Found(form.language, _failures(log, index, form, said.groupdict()), index))
    return found


def _failures(log: Log, index: int, form: _Form, said: dict[str, str]) -> tuple[Failure, ...]:
    """The failure, behind the causes that stand below it."""
    drafts = [_draft(said, "\n".join(_below(log, index + 1)) if form.below else said.get("message", ""))]
    for line in log.lines[index + 1 : index + 1 + MAX_BELOW]:
        cause = _CAUSE.match(line) if "type" in said else None
        if cause is None:
            break
        drafts.append(_draft(cause.groupdict(), ""))
    return tuple(draft.failure() for draft in reversed(drafts))


def _draft(said: dict[str, str], message: str) -> Draft:
    frame = Frame(path=slashed(said["path"]), line=number(said["line"]), function=said.get("function"))
    return Draft(said.get("type"), message, [frame])


def _below(log: Log, first: int) -> list[str]:
    lines = log.lines[first : first + MAX_BELOW]
    end = next((at for at, line in enumerate(lines) if _ENDS.match(line)), len(lines))
    return list(lines[:end])
