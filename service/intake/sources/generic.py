"""Any sender's JSON: what it says is found by the names that most of them use (service/intake/anywhere.py).

What is clearly the body of a sender that has an address of its own is read as that.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from service.intake.adapter import Read, Source
from service.intake.alert_event import State
from service.intake.anywhere import Field, Fields
from service.intake.generic_error import Found, error_in
from service.intake.labels import (
    APPLICATION,
    ENVIRONMENT,
    REPOSITORY,
    REVISION,
    SERVICE,
    WORKLOAD,
    environment_in,
    revision_of,
)
from service.intake.lenient import Draft, NotUnderstood, moment_of, number_of, said
from service.intake.names import in_one_spelling
from service.intake.pairs import environment_among
from service.intake.sdk_frames import raised_by
from service.intake.sources import alertmanager, cloudwatch, google, grafana, opsgenie, pagerduty, rollbar, sentry

_TITLE = (
    *("title", "summary", "headline", "subject", "alert_title", "incident_title", "event_title", "message_title"),
    *("message", "msg", "short_message", "alert_message", "event_message", "description", "text", "body", "detail"),
    *("details", "reason", "event", "*title", "*summary", "*headline", "*subject", "*message", "*msg", "*description"),
    *("*reason", "alert_name", "alert", "trigger_name", "check_name", "monitor_name", "rule_name", "alert_rule"),
    *("incident_name", "issue_name", "search_name", "name"),
)
"""`*reason` is every name that ends so."""
_SERVICE = (
    *(*SERVICE, "service_name", *APPLICATION, "service_id", "component", "project_slug", "project_name", "project"),
    *(*WORKLOAD, "subsystem", "system", "monitor_name", "check_name", "site_name", "workflow", "workflow_name"),
    *("pipeline", "impacted_entity", "impacted_entities", "affected_entities", "*entity_name", "*entity", "resource_name"),
    *("resource", "affected_resources", "configuration_items", "target", "source"),
)
_AT = (
    *("started_at", "start_time", "starts_at", "start", "first_seen", "triggered_at", "fired_at", "occurred_at"),
    *("opened_at", "created_at", "created", "first_occurrence", "down_at", "alert_time", "event_time", "timestamp"),
    *("time", "datetime", "date", "_time", "ts", "*started_at", "*started_on", "*occurred_at", "*occurred_on", "*fired_at"),
    *("*triggered_at", "*detected_at", "*created_at", "*received_at", "*timestamp", "*datetime", "*time", "*date", "*posix"),
    *("*time_iso", "*time_utc", "*utc_time", "last_seen", "updated_at"),
)
_LATER = ("last", "updated", "end", "resolved", "closed", "recovered", "expire", "next", "last_seen", "modified")
_LINK = (
    *("link", "url", "permalink", "html_url", "web_url", "alert_url", "incident_url", "issue_url", "event_url"),
    *("error_url", "details_url", "detail_url", "problem_url", "href", "link_to_upstream_details", "results_link"),
    *("dashboard_url", "log_url", "source_url", "*link", "*url"),
)
_SEVERITY = (
    *("severity", "priority", "level", "importance_level", "importance", "urgency", "criticality", "severity_level"),
    *("log_level", "*severity", "*priority"),
)
_KEY = (
    *("dedup_key", "dedupe_key", "deduplication_key", "fingerprint", "aggregation_key", "alert_uid", "alert_key"),
    *("incident_key", "issue_id", "alert_id", "incident_id", "error_id", "problem_id", "group_id", "fault_id"),
    *("monitor_id", "check_id", "rule_id", "alarm_id", "alias", "event_definition_id"),
)
"""Names of what lasts; an event's own id would make each of its alerts another."""
_COUNT = ("count", "occurrences", "times_occurred", "total_occurrences", "hit_count", "event_count", "occurrence_count")
_PLATFORM = ("platform", "language", "runtime_name", "sdk_language")
_STATE = (
    *("state", "current_state", "alert_state", "status", "alert_status", "incident_status", "event_action", "action"),
    *("alert_action", "transition", "alert_transition", "status_extended", "event_type", "alert_type", "type", "event"),
    *("trigger", "monitor_condition"),
)
_OVER = frozenset(
    [
        "resolved",
        "resolve",
        "recovered",
        "recovery",
        "ok",
        "closed",
        "close",
        "up",
        "success",
        "normal",
        "cleared",
        "clear",
        "fixed",
        "healthy",
    ]
)
_NEITHER = frozenset(
    [
        "acknowledged",
        "acknowledge",
        "ack",
        "snoozed",
        "muted",
        "assigned",
        "commented",
        "unacknowledged",
        "deploy",
        "deployed",
    ]
)
_TEST = frozenset({"test", "ping"})
_FIRING = frozenset(
    [
        "firing",
        "alerting",
        "alert",
        "triggered",
        "trigger",
        "down",
        "open",
        "opened",
        "reopened",
        "created",
        "failed",
        "failing",
        "failure",
        "critical",
        "error",
        "problem",
        "unresolved",
        "fired",
        "active",
        "new",
        "warning",
        "degraded",
        "unhealthy",
    ]
)
_NO_PAGE = (
    *(
        "monitor",
        "check",
        "site",
        "request",
        "project",
        "account",
        "user",
        "owner",
        "actor",
        "sender",
        "repo",
        "image",
        "icon",
    ),
    *(
        "avatar",
        "logo",
        "callback",
        "runbook",
        "docs",
        "hook",
        "api",
        "ack",
        "unsubscribe",
        "target",
        "self",
        "snapshot",
    ),
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LONGEST_STATE = 80
_PAGE = re.compile(r"https?://[^/?#\s]{1,300}+/?[^/\s]")
"""An address with more than the name of a machine."""
_DATE = re.compile(r"\d{4}[-./]\d\d[-./]\d\d")
_TIME_OF_DAY = re.compile(r"\d\d:\d\d(?::\d\d)?")
_SEVERAL = ("alerts", "incidents", "issues", "events", "problems", "errors", "records", "notifications")
_MOST = 1_000


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alerts of the body; none when it only says that somebody looks after one."""
    known = _reader(document)
    if known is not None:
        return known(document)
    found = [_draft(each) for each in _each(document)]
    return [draft for draft in found if draft is not None]


def _reader(document: Mapping[str, Any]) -> Read | None:
    return next((read for fits, read in _KNOWN if fits(document)), None)


def _inside(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = document.get(name)
    if isinstance(inner, list) and inner:
        inner = inner[0]
    return inner if isinstance(inner, Mapping) else {}


_KNOWN: Sequence[tuple[Callable[[Mapping[str, Any]], bool], Read]] = (
    (lambda sent: "labels" in _inside(sent, "alerts") and "orgId" in sent, grafana.read),
    (lambda sent: "labels" in _inside(sent, "alerts"), alertmanager.read),
    (lambda sent: "AlarmName" in sent or "TopicArn" in sent, cloudwatch.read),
    (lambda sent: "policy_name" in _inside(sent, "incident"), google.read),
    (lambda sent: str(_inside(sent, "event").get("event_type", "")).startswith("incident."), pagerduty.read),
    (lambda sent: "alertId" in _inside(sent, "alert") and "action" in sent, opsgenie.read),
    (lambda sent: "event_name" in sent and bool(_inside(sent, "data")), rollbar.read),
    (lambda sent: "action" in sent and bool(_SENTRY & _inside(sent, "data").keys()), sentry.read),
)
_SENTRY = frozenset({"event", "error", "issue", "metric_alert"})


def _each(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Each alert of a list of them, with what stands around the list; else the body."""
    name = next((name for name in _SEVERAL if _inside(document, name) and isinstance(document[name], list)), None)
    if name is None:
        yield document
        return
    around = {key: value for key, value in document.items() if key != name}
    for item in document[name][:_MOST]:
        if isinstance(item, Mapping):
            own = {key: value for key, value in item.items() if value is not None}
            yield {**{key: value for key, value in around.items() if key not in own}, **own}


def _draft(document: Mapping[str, Any]) -> Draft | None:
    fields = Fields(document)
    state = _state(fields)
    if state is None:
        return None
    error, title = error_in(fields, fields.word(_PLATFORM)), _title(fields)
    if not (title or error.text or error.trace or error.said):
        raise NotUnderstood("title")
    service, environment = fields.named(_SERVICE), _environment(fields)
    return Draft(
        state=state,
        key=fields.word(_KEY),
        service=service,
        environment=environment,
        message=title if not error.said or title else error.said,
        trace=error.trace or (None if error.text else raised_by("", title)),
        stack_trace=error.text,
        error_text=bool(error.text),
        first_seen=_moment(fields),
        count=max(number_of(fields.first(_COUNT, lambda value: number_of(value) > 0)), 1),
        repository=fields.named(REPOSITORY),
        revision=_revision(fields),
        url=_link(fields),
        severity=fields.word(_SEVERITY),
        details=_details(fields, title, error),
    )


def _title(fields: Fields) -> str:
    """What happened, in words; `event` may be a word of the sender's own for it instead."""
    found = fields.chosen(_TITLE, _is_title)
    return str(found or "")


def _is_title(field: Field) -> bool:
    text = field.value
    return isinstance(text, str) and bool(text.strip()) and (field.name != "event" or " " in text.strip())


def _state(fields: Fields) -> State | None:
    """As the first field says that has a word for it; None when it is about a person who looks after it."""
    for name in ("resolved", "is_resolved", "recovered"):
        if fields.first((name,), lambda value: value is True) is not None:
            return "resolved"
    found = fields.first(_STATE, lambda value: bool(_words(value) & (_OVER | _NEITHER | _TEST | _FIRING)))
    words = _words(found)
    if words & _NEITHER:
        return None
    return "test" if words & _TEST else "resolved" if words & _OVER else "firing"


def _words(value: object) -> frozenset[str]:
    short = isinstance(value, str) and len(value) <= _LONGEST_STATE
    return frozenset(word.lower() for word in _WORDS.findall(str(value))) if short else frozenset()


def _environment(fields: Fields) -> str:
    labels = {field.name: field.value for field in reversed(fields.every()) if isinstance(field.value, str)}
    return fields.named((*ENVIRONMENT, "release_stage", "env_name")) or environment_in(labels) or _tagged(fields)


def _tagged(fields: Fields) -> str:
    return environment_among(fields.first(("tags", "labels"), lambda value: bool(environment_among(value))))


def _revision(fields: Fields) -> str:
    """The first name for a commit that holds one; a version is none."""
    labels = {field.name: field.value for field in reversed(fields.every()) if isinstance(field.value, str)}
    return revision_of(in_one_spelling(labels), REVISION)


def _moment(fields: Fields) -> datetime | None:
    """When it began, as far as that is told; a date and a time of day may have fields of their own."""
    apart = (_joined(fields, field) for field in fields.every() if field.name.endswith("date"))
    found = next((each for each in apart if each is not None), None)
    return found or moment_of(fields.chosen(_AT, _is_beginning)) or moment_of(fields.first(_AT, _is_moment))


def _joined(fields: Fields, date: Field) -> datetime | None:
    time = fields.first((f"{date.name.removesuffix('date')}time",), lambda value: isinstance(value, str))
    if not (isinstance(date.value, str) and _DATE.fullmatch(date.value) and time and _TIME_OF_DAY.fullmatch(time)):
        return None
    return moment_of(f"{re.sub(r'[./]', '-', date.value)}T{time}")


def _is_beginning(field: Field) -> bool:
    return _is_moment(field.value) and not field.name.startswith(_LATER)


def _is_moment(value: object) -> bool:
    at = moment_of(value) if isinstance(value, str | int | float) else None
    return at is not None and at.year >= 2000


def _link(fields: Fields) -> str:
    return str(fields.chosen(_LINK, _is_link) or "")


def _is_link(field: Field) -> bool:
    """A page about the alert: not the site that is watched, a picture, or something to call."""
    text, names = field.value, f"{field.within} {field.name}"
    page = isinstance(text, str) and _PAGE.match(text) is not None
    return page and not any(each in names for each in _NO_PAGE)


def _details(fields: Fields, title: str, error: Found) -> dict[str, str]:
    """What else is said of it in words."""
    texts = {
        name: fields.text((name,))
        for name in ("message", "description", "text", "reason", "rule_name", "host", "culprit")
    }
    told = {name: text for name, text in texts.items() if text not in (title, error.text, error.said)}
    return said(**told)


SOURCE = Source("generic", read, takes="any JSON with a `title`, `message` or `error` in it")
