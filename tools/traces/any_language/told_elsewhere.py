"""The type and message of an error whose rows say neither: what the text tells further above, in a heading, a title or another block."""

import html
import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from incidents.trace import Failure
from tools.traces.any_language.plain import TYPE_ALONE, told
from tools.traces.candidates import Found
from tools.traces.messages.above import says_nothing
from tools.traces.messages.runtime_words import language_of
from tools.traces.unwrap.lines import Log
from tools.traces.unwrap.prefixes import shows_row

MOST_ABOVE: Final = 40

_BEFORE: Final = re.compile(r"(?:\s{0,8}(?:[#>*_-]{1,6} |\[[A-Z][\w ]{1,20}\]:? |\*\*)){0,6}")
"""What a person puts before a title."""
ERROR_FIELD: Final = re.compile(r'"(?:error|err)": ?"((?:[^"\\]|\\.){1,1000})"')
_LABELLED: Final = re.compile(
    r"\s*(?:\*\*)?(?:(?:[Ee]rror|[Ee]xception) )?(?P<name>type|class|message)\s?:(?:\*\*)?\s{1,4}(?P<value>\S.*)$", re.I
)
"""`**Error type:** KeyError`: what a tracker writes into the issue that it opens."""


def with_what_is_told(log: Log, found: Found) -> Found:
    """The error with what stands above it, where its own rows are all that was printed."""
    surfaced = found.failures[-1]
    if surfaced.type is not None or not surfaced.frames:
        return found
    said = _type_above(log, found.at, surfaced) if surfaced.message.strip() else _nearest(log, found)
    if said is None:
        return found
    whole = Failure(type=said[0], message=said[1], frames=surfaced.frames)
    return Found(found.language, (*found.failures[:-1], whole), found.at, found.grave, found.end)


def _type_above(log: Log, at: int, surfaced: Failure) -> tuple[str | None, str] | None:
    """A type on a line of its own above the line of the message."""
    alone = TYPE_ALONE.match(log.lines[at - 1]) if at else None
    return (alone[1], surfaced.message) if alone is not None else None


def _nearest(log: Log, found: Found) -> tuple[str | None, str] | None:
    """The nearest line above that tells of an error, down to the rows of another one or the beginning of a record."""
    labels: dict[str, str] = {}
    for at in range(found.at - 1, max(found.at - MOST_ABOVE, 0) - 1, -1):
        line = log.lines[at]
        if shows_row(line):
            return None
        if (label := _LABELLED.match(line)) is not None:
            labels[label["name"].lower()] = label["value"].strip("` ")
            if "message" in labels and len(labels) > 1:
                return labels.get("type") or labels.get("class"), labels["message"]
        if not says_nothing(line) and not log.quiet(at) and (said := _told(line, found.language)) is not None:
            further = () if line.lstrip()[:1] in "#*" else _further(log, at + 1, found.at)  # a title is one line
            return said[0], "\n".join([said[1], *further])
        if at in log.stamped:
            return None
    return None


def _further(log: Log, start: int, end: int) -> Iterator[str]:
    """The lines with which a message goes on, down to the rows."""
    return takewhile(lambda line: not says_nothing(line), (log.lines[at] for at in range(start, end)))


def _told(line: str, language: str | None) -> tuple[str | None, str] | None:
    before = _BEFORE.match(line)
    text = html.unescape(line[before.end() if before else 0 :].rstrip(" \t#*_"))
    field = ERROR_FIELD.search(line) if '"err' in line else None
    if field is not None:
        return None, field[1].replace('\\"', '"')
    said = told(text)
    if said is not None:
        return said.type, said.message
    return (None, text) if language is not None and language_of(None, text) == language else None
