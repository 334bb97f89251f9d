"""Datadog's webhook integration: the template of docs/alert-sources.md, the default body, and variables by name."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.free_text import trace_in
from service.intake.label_shapes import environment_among, labelled
from service.intake.labels import about, tagged
from service.intake.lenient import Anything, Draft, Moment, NotUnderstood, Sent, Text, is_over, named, said
from service.intake.names import variables
from service.intake.sdk_frames import text_line

_PREFIX = re.compile(
    r"\[(?:(?P<priority>P\d)|(?P<test>TEST)"
    r"|(?P<transition>(?:Re-)?(?:Triggered|Warn|No data|Renotify|Recovered)[\w -]*?)(?: on \{(?P<scope>[^}]*)\})?)\]\s*",
    re.IGNORECASE,
)
"""One of the brackets before a title; a monitor's own name may begin with others."""
_LONGEST_TITLE = 2_000
_LONGEST_TEXT = 100_000
_NUMBERS = frozenset("12345")
_ORDINARY = frozenset(("normal", "low"))
"""The priorities of an event, which every alert has."""
_MONITOR = re.compile(r"\((https://[^()\s]{1,500}/monitors[/#](\d{1,20})[^()\s]{0,500})\)")
_LINK = re.compile(r"(https://[^()\s<>\"]{1,1000})")
_FENCE = re.compile(r"```[\w-]*\n(.*?)```", re.DOTALL)


class Body(Sent):
    """What was rendered. A variable that Datadog does not know stays as it was: `$NAME`."""

    alert_id: Text = named("alert_id", "monitor_id")
    cycle: Text = named("cycle", "alert_cycle_key", "alert_cycle_id")
    agg: Text = named("agg", "aggreg_key", "aggregation_key")
    transition: Text = named("transition", "alert_transition")
    status: Text = named("status", "incident_status", "alert_status")
    alert_type: Text
    title: Text = named(
        "title", "event_title", "alert_title", "monitor_name", "incident_title", "summary", "alert_name"
    )
    text: Text = named(
        "text",
        "text_only_msg",
        "body",
        "event_msg",
        "event_message",
        "message",
        "msg",
        "incident_msg",
        "description",
    )
    query: Text = named("query", "alert_query")
    scope: Text = named("scope", "alert_scope", "scopes")
    priority: Text = named("alert_priority", "priority")
    severity: Text = named("incident_severity")
    logs: Text = named("logs", "logs_sample")
    date: Moment = named("date", "date_posix", "occurred_at", "timestamp", "fire_time", "alert_time")
    last_updated: Moment = named("last_updated", "last_updated_posix")
    link: Text = named("link", "url", "event_url", "monitor_url", "incident_url", "source_url", "alert_url")
    links: Anything
    tags: Anything
    tags_list: Anything
    service: Text = named("service.name", "service")
    env: Text = named("env", "environment")
    repository: Text


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The one alert of the body. Only a log monitor brings lines of the log."""
    sent = Body.model_validate({name: value for name, value in variables(document).items() if not _unset(value)})
    if not sent.title and not (sent.text and (sent.alert_id or sent.date)):
        raise NotUnderstood("title")
    before, name = _prefix(sent.title)
    monitor, link = _MONITOR.search(sent.text), _LINK.search(sent.text)
    number = monitor[2] if monitor else ""
    scope = sent.scope or before["scope"]
    own = {"service": sent.service, "env": sent.env, "repository": sent.repository}
    tags = {
        **labelled(sent.tags_list),
        **labelled(sent.tags),
        **tagged(scope),
        **{name: value for name, value in own.items() if value},
    }
    priority = f"P{sent.priority}" if sent.priority in _NUMBERS else sent.priority
    logs = _lines(sent.logs) or trace_in(*_FENCE.findall(sent.text[:_LONGEST_TEXT]), sent.text)
    return [
        Draft(
            **about(tags, environment=environment_among(sent.tags)),
            state=_state(sent, before),
            key=sent.cycle or sent.agg or _key(sent.alert_id or number or name, scope, tags),
            former_key=sent.cycle or sent.agg or sent.alert_id or (f"{number}/{scope}" if number else name),
            message=sent.title or sent.text,
            stack_trace=logs,
            error_text=bool(logs),
            first_seen=sent.date or sent.last_updated,
            url=sent.link or _linked(sent.links) or _address_in(monitor, link),
            severity=before["priority"]
            or ("" if priority.lower() in _ORDINARY else priority)
            or sent.severity
            or tags.get("severity", ""),
            details=said(scope=scope, text=_without_marks(sent.text), query=sent.query),
        )
    ]


def _key(monitor: str, scope: str, tags: Mapping[str, str]) -> str:
    """One monitor watches many, and any monitor may have the same name: what it is about tells them apart.

    The scope's parts come in any order, and where it is missing the service's tag is written as it would be there.
    """
    parts = sorted(filter(None, map(str.strip, scope.split(","))))
    about_it = ",".join(parts) or (f"service:{tags['service']}" if tags.get("service") else "")
    return "/".join(filter(None, (monitor, about_it)))


def _unset(value: object) -> bool:
    return isinstance(value, str) and value.startswith("$")


def _without_marks(text: str) -> str:
    return text.strip().removeprefix("%%%").removesuffix("%%%").strip()


def _lines(logs: str) -> str:
    """$LOGS_SAMPLE is a table as JSON: `{"columns": [...], "rows": [{"items": [...]}]}`; else it is the lines."""
    if not logs.startswith("{"):
        return logs
    try:
        rows = json.loads(logs).get("rows")
    except (ValueError, RecursionError):
        return logs
    items = [row.get("items") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return "\n".join(" ".join(text_line(each) for each in row) for row in items if isinstance(row, list)) or logs


def _prefix(title: str) -> tuple[dict[str, str], str]:
    """What the brackets before a title say, and the title without them."""
    said_there, title = dict.fromkeys(_PREFIX.groupindex, ""), title[:_LONGEST_TITLE]
    while found := _PREFIX.match(title):
        said_there |= {part: text for part, text in found.groupdict().items() if text}
        title = title[found.end() :]
    return said_there, title


def _state(sent: Body, before: Mapping[str, str]) -> State:
    """As the transition says; without one, as a word for the status that a template has, or the type of alert."""
    if before["test"]:
        return "test"
    over = is_over(sent.transition, before["transition"], sent.status, sent.alert_type)
    return "resolved" if over else "firing"


def _linked(links: object) -> str:
    """The address of the first of `[{"href": ..., "text": ...}]`."""
    first = links[0] if isinstance(links, list) and links else None
    return str(first.get("href") or "") if isinstance(first, Mapping) else ""


def _address_in(*links: re.Match[str] | None) -> str:
    return next((link[1] for link in links if link), "")


SOURCE = Source(
    "datadog",
    read,
    templated=True,
    takes="the template in the documentation, or Datadog's default body, with a `title`",
)
