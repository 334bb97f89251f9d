"""What Go's race detector prints: two accesses to the same memory, each with its stack, and where their goroutines were started."""

import re
from collections.abc import Sequence
from itertools import takewhile

from tools.traces.candidates import Draft, Found
from tools.traces.languages.go_stacks import Stack
from tools.traces.unwrap.lines import Log

_TITLE = re.compile(r"(?:.{0,200}\W)?DATA RACE\s*$")
_ACCESS = re.compile(
    r"\s*((?:[Pp]revious )?(?:[Aa]tomic )?(?:[Rr]ead|[Ww]rite)(?: at 0x[0-9a-f]{1,16})? by (?:main )?goroutine.{0,40}?):?\s*$"
)
_STARTED = re.compile(r"\s*Goroutine .{1,60} created at:\s*$")
_APART = 2  # lines from the words about an access to its first place


def find(log: Log, stacks: list[Stack]) -> list[Found]:
    """Every race, the access that was noticed first and the one before it. Their stacks are taken out of `stacks`."""
    titles = [index for index, line in enumerate(log.lines) if "DATA RACE" in line and _TITLE.match(line)]
    found = []
    for title, limit in zip(titles, [*titles[1:], len(log.lines)], strict=False):
        drafts = [
            Draft(None, said[1], stack.frames)
            for stack, line in _named(log, stacks, title, limit)
            if (said := _ACCESS.match(line))
        ]
        if drafts:
            drafts[0].type = "DATA RACE"
            found.append(Found("go", tuple(draft.failure() for draft in drafts), title))
    return found


def _named(log: Log, stacks: list[Stack], title: int, limit: int) -> Sequence[tuple[Stack, str]]:
    """The stacks of a race, each with the words above it."""
    pairs = ((stack, _words(log, stack)) for stack in stacks if title < stack.first < limit)
    own = list(takewhile(lambda pair: pair[1], pairs))
    stacks[:] = [stack for stack in stacks if not any(stack is each for each, _ in own)]
    return own


def _words(log: Log, stack: Stack) -> str:
    above = log.lines[max(0, stack.first - _APART) : stack.first]
    return next((line for line in above if _ACCESS.match(line) or _STARTED.match(line)), "")
