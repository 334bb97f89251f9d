"""Kibana's webhook connector, and Watcher's: the documents that were found bring the error and its trace.

What is sent is a template of the user's, that of docs/alert-sources.md or another: its variables are known by Kibana's
names, however they are nested (`context.reason`, `contextReason`).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from incidents.trace import StackTrace
from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.apm_error import apm_trace
from service.intake.label_shapes import environment_among, labelled
from service.intake.labels import ENVIRONMENT, ERROR, REVISION, SERVICE, TRACE, about, revision_of
from service.intake.lenient import (
    Anything,
    Draft,
    Fields,
    Items,
    Labels,
    Moment,
    NotUnderstood,
    Sent,
    Text,
    at_path,
    is_over,
    named,
    parsed,
    said,
)
from service.intake.lenient import Count as Number
from service.intake.names import folded, variables
from service.intake.printed_trace import printed

_ERROR = (*ERROR, "error.exception.message", "error.log.message", "message")
_TRACE = (*TRACE, "stacktrace", "log.original")
_REVISION = tuple(name for each in (*REVISION, "git_sha", "git.commit.sha") for name in (each, f"labels.{each}"))
_SERVICE, _ENVIRONMENT = (*SERVICE, "service_name", "serviceName"), (*ENVIRONMENT, "deployment_environment")
_SEVERITY = ("log.level", "level", "severity", "kibana.alert.severity")
_INDEXED = frozenset({"kibanaalertuuid", "kibanaalertreason", "kibanaalertrulename"})
"""Of these, a bare document of Kibana's alert index has at least one."""
_SUMMARY: tuple[tuple[str, State], ...] = (("new", "firing"), ("ongoing", "firing"), ("recovered", "resolved"))


_ADDRESSES = tuple(
    name for each in ("link", "viewInAppUrl", "results_link", "alertDetailsUrl") for name in (f"context.{each}", each)
)


class Body(Sent):
    """The variables of a rule, of what it fired for (`alert`), and of what it saw there (`context`).

    `value` is the number of matches; `hits` are documents of Elasticsearch.
    """

    rule_id: Text = named("rule.id", "watch_id")
    rule_name: Text = named("rule.name", "context.rule.name", "name", "alert.name", "watch_id")
    rule_url: Text = named("rule.url")
    rule_tags: Anything = named("rule.tags")
    alert_id: Text = named("alert.id", "kibana.alert.id")
    uuid: Text = named("alert.uuid", "kibana.alert.uuid")
    group: Text = named("alert.group", "alert.actionGroup", "actionGroup", "kibana.alert.actionGroup", "alertState")
    group_name: Text = named(
        "alert.actionGroupName", "actionGroupName", "kibana.alert.actionGroupName", "alert.status", "status"
    )
    title: Text = named("context.title", "title")
    message: Text = named("context.message", "message", "summary")
    reason: Text = named("context.reason", "reason", "alert.reason", "description")
    value: Number = named("context.value", "value")
    matching: Number = named("context.matchingDocuments", "matchingDocuments", "context.matching")
    at: Moment = named("context.date", "context.timestamp", "context.timestampIso8601", "trigger.triggered_time")
    date: Moment = named("date", "lastReceived", "timestamp", "execution_time", "original_timestamp")
    link: Text = named(*_ADDRESSES, "url", "kibana_url")
    explorer: Text = named("context.anomalyExplorerUrl")
    kibana: Text = named("kibanaBaseUrl")
    service: Text = named("service.name", "service", "serviceName")
    environment: Text = named("service.environment", "env", "environment")
    context_service: Text = named("context.serviceName")
    context_environment: Text = named("context.environment")
    keys: Fields = named("context.groupByKeys", "context.grouping")
    tags: Anything = named("context.tags", "tags")
    metadata: Labels
    labels: Anything = named("labels", "context.labels")
    hits: Items = named("context.hits", "payload.hits.hits", "hits.hits", "hits")
    total: Anything = named("payload.hits.total", "hits.total")
    found: Items = named("context.alerts")
    severity: Text = named(
        "severity", "context.rule.severity", "alert.severity", "rule.severity", "kibana.alert.severity"
    )
    repository: Text
    test: Text


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The one alert of the body, or those of a summary."""
    wrong = [name for name in ("rule", "alert", "context") if not isinstance(document.get(name) or {}, Mapping | str)]
    if wrong:
        raise NotUnderstood(wrong[0], "is not an object")
    names = _names(document)
    sent = Body.model_validate({**names, "hits": _listed(document)} if _listed(document) else names)
    if _INDEXED & names.keys() and not names.get("ruleid"):
        over = is_over(_say(document, ("kibana.alert.status",)))
        return [_of_summary(sent, document, "resolved" if over else "firing")]
    known = (
        names.get(name) for name in ("ruleid", "rulename", "watchid", "contextreason", "contexttitle", "alertreason")
    )
    if not (any(known) or sent.hits):
        raise NotUnderstood("rule")
    summary = document.get("alerts")
    if isinstance(summary, Mapping) and summary and "alert" not in document:
        return [_of_summary(sent, each, state) for name, state in _SUMMARY for each in _documents(summary, name)]
    return [_draft(sent)]


def _names(document: Mapping[str, Any]) -> dict[str, Any]:
    """All variables; a template without an object `rule` may hold them all in `alert`."""
    names, alert = variables(document), document.get("alert")
    return names if "rule" in document or not isinstance(alert, Mapping) else {**variables(alert), **names}


def _listed(document: Mapping[str, Any]) -> list[Any]:
    """The documents that a template has put under a name of its own."""
    lists = (parsed(value) for name, value in document.items() if folded(str(name)) not in ("hits", "contexthits"))
    found = (each for each in lists if isinstance(each, list) and each and isinstance(each[0], Mapping))
    return next((each for each in found if isinstance(each[0].get("_source"), Mapping)), [])


def _draft(sent: Body) -> Draft:
    documents = [_source(hit) for hit in (*sent.hits, *sent.found)]
    hit = _telling(documents)
    trace = apm_trace(hit)
    text, error = printed(trace) or _say(hit, _TRACE), _say(hit, _ERROR)
    title = sent.reason or _say(hit, ("kibana.alert.reason",)) or sent.title or sent.message or sent.rule_name
    words = about(
        {**labelled(sent.rule_tags), **labelled(sent.labels), **labelled(sent.tags), **sent.metadata},
        environment=environment_among(sent.tags) or environment_among(sent.rule_tags),
    )
    return Draft(
        state=_state(sent),
        key=sent.uuid or f"{sent.rule_id}/{sent.alert_id}".strip("/"),
        service=sent.service or sent.context_service or _of(sent, hit, _SERVICE) or words["service"],
        environment=sent.environment
        or sent.context_environment
        or _of(sent, hit, _ENVIRONMENT)
        or words["environment"],
        message=error or title,
        stack_trace=text,
        trace=trace,
        error_text=bool(text or error),
        first_seen=_started(sent, hit),
        count=max(sent.value if sent.hits else 0, sent.matching, _total(sent.total), len(sent.hits), 1),
        repository=sent.repository or words["repository"],
        revision=_revision(hit) or words["revision"],
        url=sent.link or (urljoin(sent.kibana, sent.explorer) if sent.explorer else "") or sent.rule_url,
        severity=sent.severity or _say(hit, _SEVERITY),
        details=said(rule=sent.rule_name, reason=title if title != error else ""),
    )


def _revision(hit: Mapping[str, Any]) -> str:
    return revision_of({path: _say(hit, (path,)) for path in _REVISION}, _REVISION)


def _of(sent: Body, hit: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return _say(hit, names) or _say(sent.keys, names)


def _started(sent: Body, hit: Mapping[str, Any]) -> Any:  # noqa: ANN401 (what Moment reads)
    """When the rule saw it; of a watch or a detection, which tell only when they ran, the document's own time."""
    own = Sample.model_validate({"at": at_path(hit, "@timestamp")}).at
    return (own if sent.total or sent.found else None) or sent.at or sent.date or own


def _total(total: object) -> int:
    """A number, or since Elasticsearch 7 an object that holds it."""
    value = total.get("value") if isinstance(total, Mapping) else total
    return Sample.model_validate({"count": value}).count


def _of_summary(sent: Body, document: Mapping[str, Any], state: State) -> Draft:
    """One alert document of a summary: its fields bear the names of Kibana's alert index."""
    name, reason = _say(document, ("kibana.alert.rule.name",)), _say(document, ("kibana.alert.reason",))
    return Draft(
        state=state,
        key=_say(document, ("kibana.alert.uuid", "uuid")) or f"{sent.rule_id}/{_say(document, ('id',))}",
        service=sent.service or _say(document, _SERVICE),
        environment=sent.environment or _say(document, _ENVIRONMENT),
        message=reason or sent.rule_name or name,
        error_text=False,
        first_seen=_began(document) or sent.date,
        repository=sent.repository,
        url=_say(document, ("kibana.alert.url",)) or sent.rule_url,
        severity=_say(document, ("kibana.alert.severity",)),
        details=said(rule=sent.rule_name or name),
    )


def _began(document: Mapping[str, Any]) -> Any:  # noqa: ANN401 (what Moment reads)
    at = at_path(document, "kibana.alert.start") or at_path(document, "@timestamp")
    return Sample.model_validate({"at": at}).at


class Sample(Sent):
    """A time, or a number, inside a document."""

    at: Moment
    count: Number


def _documents(alerts: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    part = alerts.get(name)
    data = part.get("data") if isinstance(part, Mapping) else None
    return [each for each in data if isinstance(each, Mapping)] if isinstance(data, list) else []


def _state(sent: Body) -> State:
    if sent.test.lower() == "true":
        return "test"
    return "resolved" if is_over(sent.group) or is_over(sent.group_name) else "firing"


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


SOURCE = Source(
    "elastic", read, templated=True, takes="the template in the documentation, with its `rule` and `context`"
)
