"""What adapters read with: lenient types for hostile bodies, and the draft that each alert becomes.

A sender never gets a 4xx for a field we could do without: what cannot be read is left out. Only a body of another
shape (a list where an object belongs) is refused, with the field named.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from service.intake.alert_event import State

_TIME: TypeAdapter[datetime] = TypeAdapter(datetime)


class Sent(BaseModel):
    """A part of a body: unknown keys are ignored, and nothing is changed afterwards."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


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


Text = Annotated[str, BeforeValidator(_text)]
"""Whatever it was, as text; "" when it is missing."""
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
"""A time (RFC 3339, or seconds or milliseconds since 1970) in UTC."""
Fields = Annotated[dict[str, Any], BeforeValidator(_mapping)]
Labels = Annotated[dict[str, str], BeforeValidator(_labels)]
Items = Annotated[list[Any], BeforeValidator(_sequence)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One alert of a body in the sender's words: unbounded, not redacted, with gaps ("").

    `error_text` is False when what it says is only a title, so that the error has to be looked up in the logs.
    `revision` is what the sender believes to be deployed.
    """

    state: State = "firing"
    key: str = ""
    service: str = ""
    environment: str = ""
    message: str = ""
    stack_trace: str = ""
    error_text: bool = True
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    count: int = 1
    repository: str = ""
    base: str = ""
    revision: str = ""
    url: str = ""


SERVICE = ("service", "service_name", "service.name", "app", "application", "job")
ENVIRONMENT = ("environment", "env", "deployment_environment", "service.environment", "stage")
REPOSITORY = ("repository", "repo")
REVISION = ("revision", "git_sha", "commit", "version", "release", "service.version")
TRACE = ("stack_trace", "stacktrace", "traceback", "error.stack_trace", "exception")
ERROR = ("error", "error_message", "error.message", "exception_message")
TITLE = ("message", "summary", "description", "title", "alertname")


def first_of(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first of these labels that says something."""
    return next((labels[name] for name in names if labels.get(name, "").strip()), "")


def at_path(document: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 (any JSON)
    """A field of a document, nested or with a dotted name; None when it is not there."""
    if path in document:
        return document[path]
    head, _, rest = path.partition(".")
    inner = document.get(head)
    if isinstance(inner, list) and inner:
        inner = inner[0]
    return at_path(inner, rest) if rest and isinstance(inner, Mapping) else None
