"""Kibana's webhook connector with the template of docs/alert-sources.md: the hits bring the error and its trace."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import AliasChoices, Field

from incidents.trace import StackTrace
from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.apm_error import apm_trace
from service.intake.labels import ENVIRONMENT, ERROR, REVISION, SERVICE, TRACE, revision_in
from service.intake.lenient import Count as Number
from service.intake.lenient import Draft, Fields, Items, Moment, NotUnderstood, Sent, Text, at_path, json_object, said
from service.intake.printed_trace import printed

_ERROR = (*ERROR, "error.exception.message", "error.log.message", "message")
_TRACE = (*TRACE, "exception.stacktrace", "log.original")
_REVISION = tuple(name for each in REVISION for name in (each, f"labels.{each}"))
_SUMMARY: tuple[tuple[str, State], ...] = (("new", "firing"), ("ongoing", "firing"), ("recovered", "resolved"))


class Rule(Sent):
    """The rule that fired."""

    id: Text = ""
    name: Text = ""
    url: Text = ""


class Instance(Sent):
    """What it fired for."""

    id: Text = ""
    uuid: Text = ""
    group: Text = ""
    action_group: Text = Field(default="", alias="actionGroup")


class Context(Sent):
    """What it saw. `value` is the number of matches; `hits` are documents of Elasticsearch."""

    title: Text = ""
    message: Text = ""
    reason: Text = ""
    value: Number = 0
    matching: Number = Field(default=0, alias="matchingDocuments")
    date: Moment = None
    timestamp: Moment = None
    link: Text = ""
    app_url: Text = Field(default="", alias="viewInAppUrl")
    details_url: Text = Field(default="", alias="alertDetailsUrl")
    service: Text = Field(default="", alias="serviceName")
    environment: Text = ""
    keys: Fields = Field(default_factory=dict, validation_alias=AliasChoices("groupByKeys", "grouping"))
    hits: Items = Field(default_factory=list)


class Body(Sent):
    """The template, rendered; `alerts` in its place is the summary of a rule's check."""

    rule: Rule = Rule()
    alert: Instance = Instance()
    context: Context = Context()
    alerts: Fields = Field(default_factory=dict)
    service: Text = ""
    env: Text = ""
    repository: Text = ""
    severity: Text = ""
    test: Text = ""
    date: Moment = None


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The one alert of the body, or those of a summary."""
    whole = json_object(body)
    sent = Body.model_validate(whole)
    if not (sent.rule.name or sent.rule.id or sent.context.reason or sent.context.title or sent.context.hits):
        raise NotUnderstood("rule")
    if sent.alerts and "alert" not in whole:
        return [
            _of_summary(sent, document, state) for name, state in _SUMMARY for document in _documents(sent.alerts, name)
        ]
    return [_draft(sent)]


def _draft(sent: Body) -> Draft:
    context, hit = sent.context, _telling([_source(hit) for hit in sent.context.hits])
    trace = apm_trace(hit)
    text, error = printed(trace) if trace else _say(hit, _TRACE), _say(hit, _ERROR)
    title = context.reason or context.title or context.message or sent.rule.name
    return Draft(
        state=_state(sent),
        key=sent.alert.uuid or f"{sent.rule.id}/{sent.alert.id}".strip("/"),
        service=sent.service or context.service or _say(hit, SERVICE) or _say(context.keys, SERVICE),
        environment=sent.env or context.environment or _say(hit, ENVIRONMENT) or _say(context.keys, ENVIRONMENT),
        message=error or title,
        stack_trace=text,
        trace=trace,
        error_text=bool(text or error),
        first_seen=context.date or context.timestamp or sent.date,
        count=max(context.value if context.hits else 0, context.matching, len(context.hits), 1),
        repository=sent.repository,
        revision=revision_in(_say(hit, _REVISION)),
        url=context.link or context.app_url or context.details_url or sent.rule.url,
        severity=sent.severity or _say(hit, ("log.level", "level", "severity")),
        details=said(rule=sent.rule.name, reason=title if title != error else ""),
    )


def _of_summary(sent: Body, document: Mapping[str, Any], state: State) -> Draft:
    """One alert document of a summary: its fields bear the names of Kibana's alert index."""
    name, reason = _say(document, ("kibana.alert.rule.name",)), _say(document, ("kibana.alert.reason",))
    return Draft(
        state=state,
        key=_say(document, ("kibana.alert.uuid", "uuid")) or f"{sent.rule.id}/{_say(document, ('id',))}",
        service=sent.service or _say(document, SERVICE),
        environment=sent.env or _say(document, ENVIRONMENT),
        message=reason or sent.rule.name or name,
        error_text=False,
        first_seen=Sample.model_validate({"at": at_path(document, "kibana.alert.start")}).at or sent.date,
        repository=sent.repository,
        url=_say(document, ("kibana.alert.url",)) or sent.rule.url,
        severity=_say(document, ("kibana.alert.severity",)),
        details=said(rule=sent.rule.name or name),
    )


class Sample(Sent):
    """A time inside a document."""

    at: Moment = None


def _documents(alerts: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    part = alerts.get(name)
    data = part.get("data") if isinstance(part, Mapping) else None
    return [each for each in data if isinstance(each, Mapping)] if isinstance(data, list) else []


def _state(sent: Body) -> State:
    if sent.test.lower() == "true":
        return "test"
    return "resolved" if (sent.alert.group or sent.alert.action_group).lower() == "recovered" else "firing"


def _source(hit: object) -> Mapping[str, Any]:
    """The document of a hit: `_source`, or `fields`, whose values are lists."""
    inner = (hit.get("_source") or hit.get("fields") or hit) if isinstance(hit, Mapping) else {}
    return inner if isinstance(inner, Mapping) else {}


def _telling(hits: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The first hit with a trace, else the first."""
    return next((hit for hit in hits if _traced(hit)), hits[0] if hits else {})


def _traced(hit: Mapping[str, Any]) -> StackTrace | str | None:
    return apm_trace(hit) or _say(hit, _TRACE)


def _say(hit: Mapping[str, Any], paths: tuple[str, ...]) -> str:
    found = (_as_text(at_path(hit, path)) for path in paths)
    return next((value for value in found if value.strip()), "")


def _as_text(value: object) -> str:
    """A text, or a list of them, which are lines."""
    lines: list[object] = value if isinstance(value, list) else [value]
    texts = [line for line in lines if isinstance(line, str)]
    return "\n".join(texts) if len(texts) == len(lines) else ""


SOURCE = Source("elastic", read, takes="the template in the documentation, with its `rule` and `context`")
