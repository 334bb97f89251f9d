"""What a text says inside the form that a tool prints around it: Kubernetes' table of events, Spring's banner, Go's builds."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

_EVENTS: Final = re.compile(r"\s*Type\s{2,40}Reason\s{2,40}Age\s{2,40}From\s{2,80}Message\s*$")
_WARNING: Final = re.compile(
    r"\s*Warning\s{2,40}(\S{1,80})\s{2,40}\S.{0,60}?\s{2,60}[\w./-]{1,80}\s{2,80}(\S.{0,2000})$"
)
_BANNER: Final = "APPLICATION FAILED TO START"
_DESCRIPTION, _ACTION = "Description:", "Action:"
_PACKAGE: Final = re.compile(r"# [\w.-]{1,80}(?:/[\w.~-]{1,80}){0,12}(?: \[[\w./ -]{1,160}\])?\s*$")
_PLACE: Final = re.compile(r"\S{1,300}\.go:\d{1,7}(?::\d{1,6})?: (\S.*)$")


def in_banner(lines: Sequence[str]) -> Sequence[str]:
    """The lines that say what failed; none where no such form is known."""
    return _last_warning(lines) or _description(lines) or list(_of_build(lines))


def _last_warning(lines: Sequence[str]) -> Sequence[str]:
    """The last warning of `kubectl describe`, with its reason in front."""
    head = next((at for at, line in enumerate(lines) if _EVENTS.match(line)), None)
    rows = [] if head is None else [row for line in lines[head + 1 :] if (row := _WARNING.match(line))]
    return [f"{rows[-1][1]}: {rows[-1][2].strip()}"] if rows else []


def _description(lines: Sequence[str]) -> Sequence[str]:
    """What Spring writes below `Description:`, without the advice behind it."""
    bare = [line.strip() for line in lines]
    if _BANNER not in bare or _DESCRIPTION not in bare:
        return []
    below = bare[bare.index(_DESCRIPTION) + 1 :]
    return [line for line in takewhile(lambda line: line != _ACTION, below) if line]


def _of_build(lines: Sequence[str]) -> Iterator[str]:
    """The errors of a build of Go, without the heading of each package and without the places, which are frames."""
    for package, line in zip(("", *lines), lines, strict=False):
        if _PACKAGE.match(package) and (first := _PLACE.match(line)):
            yield first[1]
