"""What adapters read with: lenient types for hostile bodies, and the draft that each alert becomes.

A sender never gets a 4xx for a field we could do without: what cannot be read is left out. Only a body of another
shape is refused, with the field named: it would open an incident that says nothing, and swallow all like it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json

from incidents.trace import StackTrace
from service.intake.alert_event import State

_TIME: TypeAdapter[datetime] = TypeAdapter(datetime)
_MOST_COUNTED = 10**9


class NotUnderstood(Exception):
    """The body is not what this source sends: `field` is missing or of no use; "" is the whole body."""

    def __init__(self, field: str, text: str = "is missing") -> None:
        super().__init__(field, text)
        self.field = field
        self.text = text


def json_object(body: bytes) -> dict[str, Any]:
    """The body as an object. Raises NotUnderstood."""
    try:
        value = from_json(body)
    except ValueError as error:
        raise NotUnderstood("", "is not JSON") from error
    if not isinstance(value, dict):
        raise NotUnderstood("", "is not a JSON object")
    return value


class Sent(BaseModel):
    """A part of a body: unknown keys are ignored, and nothing is changed afterwards."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, populate_by_name=True)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _moment(value: object) -> datetime | None:
    """None for what is no time, and for the first day of the calendar, with which Go says "not yet"."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value) if len(value) < 20 else None
    if value in (None, "", 0) or isinstance(value, bool):
        return None
    try:
        at = _TIME.validate_python(value)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValidationError, OverflowError):
        return None
    return at if at.year > 1 else None


def _mapping(value: object) -> dict[str, Any]:
    return {str(name): each for name, each in value.items()} if isinstance(value, Mapping) else {}


def _labels(value: object) -> dict[str, str]:
    return {name: _text(each) for name, each in _mapping(value).items()}


def _sequence(value: object) -> list[Any]:
    """A list, also one that a template has rendered into a string."""
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    return value if isinstance(value, list) else []


def _number(value: object) -> int:
    if isinstance(value, str):
        digits = value.strip().partition(".")[0]
        value = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0
    return min(int(value), _MOST_COUNTED) if isinstance(value, int | float) and 0 < value < float("inf") else 0


Text = Annotated[str, BeforeValidator(_text)]
"""Whatever it was, as text; "" when it is missing."""
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
"""A time (RFC 3339, or seconds or milliseconds since 1970) in UTC."""
Count = Annotated[int, BeforeValidator(_number)]
"""How many; 0 when that is not said."""
Part = BeforeValidator(lambda value: value if isinstance(value, Mapping | BaseModel) else {})
"""For an object inside a body that we could do without: whatever else stands there says nothing."""
Fields = Annotated[dict[str, Any], BeforeValidator(_mapping)]
Labels = Annotated[dict[str, str], BeforeValidator(_labels)]
Items = Annotated[list[Any], BeforeValidator(_sequence)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One alert of a body in the sender's words: unbounded, not redacted, with gaps ("").

    `error_text` is False when what it says is only a title, or an error without frames, so that the error has to be
    looked up in the logs. `trace` is what the sender has parsed already (redacted), of which `stack_trace` is the text.
    `revision` is what the sender believes to be deployed. `details`: see incidents/alert.py.
    """

    state: State = "firing"
    key: str = ""
    service: str = ""
    environment: str = ""
    message: str = ""
    stack_trace: str = ""
    trace: StackTrace | None = None
    error_text: bool = True
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    count: int = 1
    repository: str = ""
    base: str = ""
    revision: str = ""
    url: str = ""
    severity: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


def at_path(document: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 (any JSON)
    """A field of a document, nested or with a dotted name; None when it is not there."""
    if path in document:
        return document[path]
    head, _, rest = path.partition(".")
    inner = document.get(head)
    if isinstance(inner, list) and inner:
        inner = inner[0]
    found = at_path(inner, rest) if rest and isinstance(inner, Mapping) else None
    while found is None and "." in rest:  # `a.b` may be one key with an object in it
        more, _, rest = rest.partition(".")
        head = f"{head}.{more}"
        inner = document.get(head)
        found = at_path(inner, rest) if isinstance(inner, Mapping) else None
    return found


def said(**details: str) -> dict[str, str]:
    """The details that say something."""
    return {name: text for name, text in details.items() if text.strip()}
