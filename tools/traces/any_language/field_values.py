"""The type and message of an error that the line above its rows tells in fields (`error_class=X error="m"`, `:exception=>X`)."""

import re
from typing import Final

from incidents.trace import Failure
from tools.traces.candidates import Found
from tools.traces.unwrap.labelled import TYPE, name_of
from tools.traces.unwrap.lines import Log
from tools.traces.unwrap.literals import unquoted

NEAR: Final = 3

_FIELD: Final = re.compile(
    r"(?<![\w.])[:\"]?(?P<name>[A-Za-z][\w.]{0,40})\"?(?:=>|=)(?:\"(?P<quoted>(?:[^\"\\]|\\.){0,4000})\"|(?P<bare>[\w.:\\$]{1,300}))"
)


def with_fields(log: Log, found: Found) -> Found:
    """The error with the type and message that the fields of the line above its rows tell, when it has no type."""
    surfaced = found.failures[-1]
    if surfaced.type is not None:
        return found
    fields: dict[str, str] = {}
    for line in log.lines[max(0, found.at - 1) : found.at + NEAR]:
        fields = {**_fields(line), **fields} if "=" in line else fields
    kind = TYPE.match(fields.get("type", ""))
    if kind is None:
        return found
    told = Failure(
        type=kind[0].rpartition("OrgJrubyExceptions::")[2], message=fields.get("message", ""), frames=surfaced.frames
    )
    return Found(found.language, (*found.failures[:-1], told), found.at, found.grave)


def _fields(line: str) -> dict[str, str]:
    """The fields of one line under the names of records."""
    fields: dict[str, str] = {}
    for field in _FIELD.finditer(line[:8_000]):
        name = name_of(field["name"])
        if name:
            fields.setdefault(name, unquoted(field["quoted"]) if field["quoted"] is not None else field["bare"])
    return fields
