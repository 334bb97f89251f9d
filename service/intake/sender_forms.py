"""Which bodies are surely those of a sender that has an address of its own, whatever address they come to.

A form is known by names that this sender alone uses together. A template of somebody's own, with names of their own, is
not: what it says is found as in any other body.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from service.intake.adapter import Read
from service.intake.lenient import object_in
from service.intake.names import folded
from service.intake.sources import (
    airbrake,
    alertmanager,
    bugsink,
    bugsnag,
    cloudwatch,
    datadog,
    elastic,
    glitchtip,
    google,
    grafana,
    honeybadger,
    newrelic,
    opsgenie,
    pagerduty,
    rollbar,
    sentry,
)

Body = Mapping[str, Any]

_GRAFANA = frozenset(["silenceURL", "dashboardURL", "panelURL", "valueString", "values"])
_ALERT = frozenset(["status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"])
_RULE = frozenset(["ruleName", "ruleId", "ruleUrl"])
_FAULT_OF_AIRBRAKE = frozenset(["last_notice", "last_notice_at", "times_occurred"])
_INCIDENT_OF_PAGERDUTY = ({"incident_number", "status"}, {"number", "status", "urgency"})
_OF_HONEYBADGER = ("fault", "outage", "check_in", "alarm", "volume_spike")
_RESOURCE = frozenset(["event", "error", "issue", "metric_alert"])
_TRACKED = frozenset(["shortId", "culprit", "substatus"])
_EVENT_OF_ROLLBAR = re.compile(r"\w{1,50}_item|item_velocity|occurrence|test|deploy")
_PLUGIN = frozenset(["project_name", "message", "culprit", "url"])
_VARIABLES = frozenset(["alerttransition", "alertcyclekey", "aggregkey"])
_DEFAULT = frozenset(["last_updated", "event_type", "title", "date", "body"])
_ISSUE = frozenset(["issueUrl", "issuePageUrl", "alertPolicyNames", "alertConditionNames"])
_CONTEXT = frozenset(["title", "reason", "message", "hits", "value", "results_link"])
_SUMMARY = frozenset(["new", "ongoing", "recovered"])
_KIBANA = frozenset(["actiongroup", "ruleid"])


def reader_of(document: Body) -> Read | None:
    """How the body is read if it is surely that of one of these senders."""
    return next((read for fits, read in _FORMS if fits(document)), None)


def _starts(value: object, *words: str) -> bool:
    return isinstance(value, str) and value.startswith(words)


def _is_grafana(sent: Body) -> bool:
    first = object_in(sent, "alerts")
    return ("labels" in first and bool({"orgId", "title"} & sent.keys() or _GRAFANA & first.keys())) or (
        "evalMatches" in sent and bool(_RULE & sent.keys())
    )


def _is_alertmanager(sent: Body) -> bool:
    bare = "alertname" in object_in(sent, "labels") and sent.keys() <= _ALERT
    one = sent.keys() >= {"labels", "annotations", "startsAt"} or bare
    return "labels" in object_in(sent, "alerts") or sent.keys() >= {"alerts", "commonLabels"} or one


def _is_cloudwatch(sent: Body) -> bool:
    return (
        "AlarmName" in sent
        or "TopicArn" in sent
        or sent.keys() >= {"Type", "MessageId", "Message"}
        or "alarmData" in sent
        or "Sns" in object_in(sent, "Records")
        or _starts(sent.get("detail-type"), "CloudWatch Alarm")
    )


def _is_google(sent: Body) -> bool:
    message = object_in(sent, "message")
    return (
        "policy_name" in object_in(sent, "incident")
        or sent.keys() >= {"exception_info", "group_info"}
        or ("data" in message and ("subscription" in sent or "messageId" in message))
    )


def _is_pagerduty(sent: Body) -> bool:
    event, first, incident = (object_in(sent, name) for name in ("event", "messages", "incident"))
    return (
        event.keys() >= {"event_type", "resource_type"}
        or _starts(event.get("event_type"), "incident.")
        or any(_starts(first.get(name), "incident.") for name in ("event", "type"))
        or sent.keys() >= {"routing_key", "event_action"}
        or sent.keys() >= {"service_key", "event_type"}
        or ("event_action" in sent and "summary" in object_in(sent, "payload"))
        or any(incident.keys() >= names for names in _INCIDENT_OF_PAGERDUTY if isinstance(incident.get("status"), str))
    )


def _is_opsgenie(sent: Body) -> bool:
    """Its message stands in the alert; beside that, it is that of a program which failed."""
    return "alertId" in object_in(sent, "alert") and "action" in sent and "message" not in sent


def _is_rollbar(sent: Body) -> bool:
    """Of an event with another name, its item tells: with an environment, and a number for a level."""
    data = object_in(sent, "data")
    item = object_in(data, "item")
    its_own = sent.keys() == {"event_name", "data"} and "environment" in item and isinstance(item.get("level"), int)
    return its_own or (bool(data) and _EVENT_OF_ROLLBAR.fullmatch(str(sent.get("event_name"))) is not None)


def _is_sentry(sent: Body) -> bool:
    """Its resources are objects: a text of such a name is somebody else's."""
    data = object_in(sent, "data")
    told = any(object_in(data, each) for each in _RESOURCE) or "uuid" in object_in(sent, "installation")
    tracked = any(_TRACKED & part.keys() for part in (data, object_in(data, "issue"), object_in(data, "event")))
    return ("action" in sent and told) or tracked or bool(object_in(data, "metricAlert")) or sent.keys() >= _PLUGIN


def _is_airbrake(sent: Body) -> bool:
    errors = (object_in(sent, name) for name in ("error", "problem"))
    return any("error_class" in error and _FAULT_OF_AIRBRAKE & error.keys() for error in errors)


def _is_bugsnag(sent: Body) -> bool:
    error = object_in(sent, "error")
    kind = object_in(sent, "trigger").get("type")
    if error:
        return kind is not None and bool({"exceptionClass", "errorClass"} & error.keys())
    return kind in ("projectSpiking", "release") and bool(object_in(sent, "project"))


def _is_honeybadger(sent: Body) -> bool:
    """Its message begins with the project in brackets."""
    parts = any(isinstance(sent.get(name), Mapping) for name in _OF_HONEYBADGER)
    return parts and isinstance(sent.get("event"), str) and _starts(sent.get("message"), "[")


def _is_glitchtip(sent: Body) -> bool:
    first = object_in(sent, "attachments")
    monitor = glitchtip.MONITOR in str(first.get("title_link"))
    return "title" in first and (monitor or _starts(sent.get("text"), "GlitchTip "))


def _is_datadog(sent: Body) -> bool:
    return sent.keys() >= _DEFAULT or bool(_VARIABLES & {folded(name) for name in sent}) or _from(sent, "datadog")


def _is_newrelic(sent: Body) -> bool:
    return (bool(_ISSUE & sent.keys()) and "state" in sent) or sent.keys() >= {"current_state", "condition_name"}


def _is_elastic(sent: Body) -> bool:
    """Our template, or one that names the variables' own objects; a watch; a document of Kibana's alert index."""
    rule, context, names = object_in(sent, "rule"), object_in(sent, "context"), {folded(name) for name in sent}
    return bool(
        _from(sent, "elastic")
        or ("id" in rule and _SUMMARY & object_in(sent, "alerts").keys())
        or names >= _KIBANA
        or "kibanabaseurl" in names
        or ("id" in rule and _CONTEXT & context.keys())
        or "watch_id" in sent
        or "kibana.alert.uuid" in sent
    )


def _from(sent: Body, sender: str) -> bool:
    """Whether it is made by a template of docs/alert-sources.md."""
    return sent.get("source") == sender and "schema" in sent


_FORMS: Sequence[tuple[Callable[[Body], bool], Read]] = (
    (_is_grafana, grafana.read),
    (_is_alertmanager, alertmanager.read),
    (_is_cloudwatch, cloudwatch.read),
    (_is_google, google.read),
    (_is_pagerduty, pagerduty.read),
    (_is_opsgenie, opsgenie.read),
    (_is_rollbar, rollbar.read),
    (_is_sentry, sentry.read),
    (_is_bugsnag, bugsnag.read),
    (_is_airbrake, airbrake.read),
    (_is_honeybadger, honeybadger.read),
    (lambda sent: sent.keys() >= {"calculated_type", "calculated_value"}, bugsink.read),
    (_is_glitchtip, glitchtip.read),
    (_is_newrelic, newrelic.read),
    (_is_elastic, elastic.read),
    (_is_datadog, datadog.read),
)
