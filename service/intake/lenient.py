"""What adapters read with: lenient types for hostile bodies, and the draft that each alert becomes.

A sender never gets a 4xx for a field we could do without: what cannot be read is left out. Only a body of another
shape is refused, with the field named: it would open an incident that says nothing, and swallow all like it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import from_json

from incidents.trace import StackTrace
from service.intake.alert_event import State
from service.intake.names import folded, in_one_spelling, says_nothing
from service.intake.written_times import is_written_together, written

_TIME: TypeAdapter[datetime] = TypeAdapter(datetime)
_MOST_COUNTED = 10**9
_LAST_MILLISECOND, _LAST_NANOSECOND = 10**14, 10**20
_QUOTED = re.compile(r'"[\w.:/ -]{1,200}"')
"""A word that a template has rendered as JSON into a text."""
_SECONDS = re.compile(r"[0-9]{1,19}(?:\.[0-9]{1,9})?")
OVER = frozenset(
    (
        *("resolved", "resolve", "recovered", "recovery", "ok", "success", "successful", "closed", "close", "inactive"),
        *("normal", "expired", "cleared", "clear", "fixed", "up", "healthy", "ended", "online", "deactivated"),
    )
)
"""Senders' words for an alert that is over."""


class NotUnderstood(Exception):
    """The body is not what this source sends: `field` is missing or of no use; "" is the whole body."""

    def __init__(self, field: str, text: str = "is missing") -> None:
        super().__init__(field, text)
        self.field = field
        self.text = text


class Sent(BaseModel):
    """A part of a body, written as its sender documents it: no field is required unless it has no default.

    Names match however they are spelled (service/intake/names.py), unknown ones are ignored. What says nothing is as
    good as missing, and an object may come as a text of JSON.
    """

    model_config = ConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, alias_generator=folded, loc_by_alias=False
    )

    @model_validator(mode="before")
    @classmethod
    def _spelled(cls, value: Any) -> Any:  # noqa: ANN401 (any JSON)
        value = parsed(value)
        if not isinstance(value, Mapping):
            return value
        return {name: each for name, each in in_one_spelling(value).items() if not says_nothing(each)}


def named(*names: str) -> Any:  # noqa: ANN401 (a field of any type)
    """A field that comes under any of these names; the first that is there counts."""
    return Field(validation_alias=AliasChoices(*(folded(name) for name in names)))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    if isinstance(value, str):
        return value[1:-1] if _QUOTED.fullmatch(value) else value
    return json.dumps(value, ensure_ascii=False, default=str)


def moment_of(value: object) -> datetime | None:
    """A time in UTC; None for what is none, and for the first day of the calendar, with which Go says "not yet"."""
    if isinstance(value, str) and _SECONDS.fullmatch(value.strip()) and not is_written_together(value.strip()):
        value = float(value) if "." in value else int(value)
    if value in (None, "", 0) or isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = written(value)
    while isinstance(value, int | float) and _LAST_MILLISECOND < abs(value) < _LAST_NANOSECOND:
        value = value / 1_000  # microseconds, or nanoseconds
    try:
        at = _TIME.validate_python(value)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValidationError, OverflowError):
        return None
    return at if at.year > 1 else None


def parsed(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    """An object or a list that a template has rendered into a text; anything else as it is."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return from_json(value.encode("utf-8", "replace"))
    except ValueError:
        return value


def _mapping(value: object) -> dict[str, Any]:
    value = parsed(value)
    return {str(name): each for name, each in value.items()} if isinstance(value, Mapping) else {}


def _labels(value: object) -> dict[str, str]:
    return {name: _text(each) for name, each in _mapping(value).items()}


def _sequence(value: object) -> list[Any]:
    value = parsed(value)
    return value if isinstance(value, list) else []


def _objects(value: object) -> object:
    value = parsed(value)
    return [each for each in value if isinstance(each, Mapping)] or value if isinstance(value, list) else value


def number_of(value: object) -> int:
    """How many; 0 for what is no number."""
    if isinstance(value, str):
        digits = value.strip().partition(".")[0]
        value = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0
    return min(int(value), _MOST_COUNTED) if isinstance(value, int | float) and 0 < value < float("inf") else 0


Text = Annotated[str, BeforeValidator(_text), Field(default="")]
"""Whatever it was, as text; "" when it is missing."""
Moment = Annotated[datetime | None, BeforeValidator(moment_of), Field(default=None)]
"""A time (RFC 3339, or seconds or milliseconds since 1970) in UTC."""
Count = Annotated[int, BeforeValidator(number_of), Field(default=0)]
"""How many; 0 when that is not said."""
Fields = Annotated[dict[str, Any], BeforeValidator(_mapping), Field(default_factory=dict)]
Labels = Annotated[dict[str, str], BeforeValidator(_labels), Field(default_factory=dict)]
Items = Annotated[list[Any], BeforeValidator(_sequence), Field(default_factory=list)]
Objects = BeforeValidator(_objects)
"""For a list of objects: what else stands in it says nothing, unless it is all there is."""
Anything = Annotated[Any, Field(default=None)]
Part = BeforeValidator(lambda value: found if isinstance(found := parsed(value), Mapping | BaseModel) else {})
"""For an object inside a body that we could do without: whatever else stands there says nothing."""
Named = BeforeValidator(lambda value: {"name": found} if isinstance(found := parsed(value), str) else found)
"""Before `Part`, for one that is sent by its name alone as well."""
WITHOUT = Field(default_factory=dict, validate_default=True)
"""The default of such an object: one of which nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One alert of a body in the sender's words: unbounded, not redacted, with gaps ("").

    `error_text` is False when what it says is only a title, or an error without frames, so that the error has to be
    looked up in the logs. `trace` is what the sender has parsed already (redacted), of which `stack_trace` is the text.
    `loose_key` may name one delivery instead of what fires: it only finds the incident that is over. `former_key` is
    what an older build of Red Tide had for `key`, where that was another.
    `formerly_by_words`: an older build may have known it by its words alone.
    `siteless`: `key` lacks the address of the sender, which stands before the same key where that is told.
    `revision` is what the sender believes to be deployed. `details`: see incidents/alert.py.
    """

    state: State = "firing"
    key: str = ""
    loose_key: str = ""
    former_key: str = ""
    formerly_by_words: bool = False
    siteless: bool = False
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


def is_over(*words: str) -> bool:
    """Whether a sender's word for the state says that it is over; the first that is there counts."""
    return next((word for word in words if word), "").lower().partition(" ")[0] in OVER


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


def object_in(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object of this name, or the first in a list of that name; an empty one when there is none."""
    inner = document.get(name)
    listed = inner if isinstance(inner, list) else [inner]
    return next((each for each in listed if isinstance(each, Mapping)), {})


def said(**details: str) -> dict[str, str]:
    """The details that say something."""
    return {name: text for name, text in details.items() if text.strip()}
