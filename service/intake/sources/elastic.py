"""Kibana's webhook connector with the template of docs/alert-sources.md: the hits bring the error and its trace."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.lenient import (
    ENVIRONMENT,
    ERROR,
    REVISION,
    SERVICE,
    TRACE,
    Draft,
    Items,
    Moment,
    Sent,
    Text,
    at_path,
)

_ERROR = (*ERROR, "error.exception.message", "error.log.message", "message")
_TRACE = (*TRACE, "error.exception.stacktrace", "log.original")


class Rule(Sent):
    """The rule that fired."""

    id: Text = ""
    name: Text = ""
    url: Text = ""
    tags: Items = Field(default_factory=list)


class Instance(Sent):
    """What it fired for."""

    id: Text = ""
    uuid: Text = ""
    group: Text = ""


class Context(Sent):
    """What it saw. `value` is the number of matches; `hits` are documents of Elasticsearch."""

    title: Text = ""
    message: Text = ""
    reason: Text = ""
    value: Text = ""
    date: Moment = None
    link: Text = ""
    hits: Items = Field(default_factory=list)


class Body(Sent):
    """The template, rendered."""

    rule: Rule = Rule()
    alert: Instance = Instance()
    context: Context = Context()
    service: Text = ""
    env: Text = ""
    repository: Text = ""
    test: Text = ""
    date: Moment = None


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The one alert of the body."""
    sent = Body.model_validate_json(body)
    context, hit = sent.context, _telling([_source(hit) for hit in sent.context.hits])
    trace, error = _say(hit, _TRACE), _say(hit, _ERROR)
    return [
        Draft(
            state=_state(sent),
            key=sent.alert.uuid or f"{sent.rule.id}/{sent.alert.id}".strip("/"),
            service=sent.service or _say(hit, SERVICE),
            environment=sent.env or _say(hit, ENVIRONMENT),
            message=error or context.reason or context.title or context.message or sent.rule.name,
            stack_trace=trace,
            error_text=bool(trace or error),
            first_seen=context.date or sent.date,
            count=_count(context),
            repository=sent.repository,
            revision=_say(hit, REVISION),
            url=context.link or sent.rule.url,
        )
    ]


def _state(sent: Body) -> State:
    if sent.test.lower() == "true":
        return "test"
    return "resolved" if sent.alert.group.lower() == "recovered" else "firing"


def _source(hit: object) -> Mapping[str, Any]:
    inner = hit.get("_source", hit) if isinstance(hit, Mapping) else {}
    return inner if isinstance(inner, Mapping) else {}


def _telling(hits: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The first hit with a trace, else the first."""
    return next((hit for hit in hits if _say(hit, _TRACE)), hits[0] if hits else {})


def _say(hit: Mapping[str, Any], paths: tuple[str, ...]) -> str:
    found = (at_path(hit, path) for path in paths)
    return next((value for value in found if isinstance(value, str) and value.strip()), "")


def _count(context: Context) -> int:
    """As many as matched; at least those that were sent."""
    number = context.value.partition(".")[0]
    matched = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    return max(matched, len(context.hits), 1)


SOURCE = Source("elastic", read)
