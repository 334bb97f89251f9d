"""Datadog's webhook integration: the template of docs/alert-sources.md, the default body, and variables by name."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import AliasChoices, Field

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.free_text import trace_in
from service.intake.labels import ENVIRONMENT, REPOSITORY, REVISION, SERVICE, first_of, revision_in
from service.intake.lenient import Draft, Moment, NotUnderstood, Sent, Text, json_object, said
from service.intake.sdk_frames import text_line

_PREFIX = re.compile(
    r"(?:\[(?P<priority>P\d)\]\s*)?"
    r"\[(?P<transition>(?:(?:Re-)?(?:Triggered|Warn|No Data|Renotify)\s?)?(?:Recovered)?|Test)(?: on \{(?P<scope>[^}]*)\})?\]\s*",
    re.IGNORECASE,
)
_PRIORITY = re.compile(r"P\d")
_LINK = re.compile(r"\((https://[^()\s]+/monitors/(\d+)[^()\s]*)\)|\((https://[^()\s]+)\)")


def _named(*names: str) -> str:
    """A variable under any of these names."""
    return Field(default="", validation_alias=AliasChoices(*names))


class Body(Sent):
    """What was rendered. A variable that Datadog does not know stays as it was: `$NAME`."""

    alert_id: Text = ""
    cycle: Text = _named("cycle", "alert_cycle_key")
    agg: Text = _named("agg", "aggreg_key")
    transition: Text = _named("transition", "alert_transition")
    title: Text = _named("title", "event_title", "alert_title")
    text: Text = _named("text", "text_only_msg", "body", "event_msg")
    query: Text = _named("query", "alert_query")
    scope: Text = _named("scope", "alert_scope", "scopes")
    priority: Text = _named("alert_priority", "priority")
    logs: Text = _named("logs", "logs_sample")
    date: Moment = None
    last_updated: Moment = None
    link: Text = _named("link", "url")
    tags: Any = None
    service: Text = ""
    env: Text = _named("env", "environment")
    repository: Text = ""


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The one alert of the body. Only a log monitor brings lines of the log."""
    sent = Body.model_validate(json_object(body))
    title, text = _known(sent.title), _known(sent.text)
    if not title and not (text and (sent.alert_id or sent.date)):
        raise NotUnderstood("title")
    prefix, link = _PREFIX.match(title), _LINK.search(text)
    scope = _known(sent.scope) or _part(prefix, "scope")
    tags = _tags(sent.tags) | _tags(scope)
    priority = sent.priority if _PRIORITY.fullmatch(sent.priority) else _part(prefix, "priority")
    logs = _lines(_known(sent.logs)) or trace_in(text)
    monitor = f"{link[2]}/{scope}" if link and link[2] else _PREFIX.sub("", title)
    return [
        Draft(
            state=_state(_known(sent.transition) or _part(prefix, "transition"), title),
            key=_known(sent.cycle) or _known(sent.agg) or _known(sent.alert_id) or monitor,
            service=_known(sent.service) or first_of(tags, SERVICE),
            environment=_known(sent.env) or first_of(tags, ENVIRONMENT),
            message=title or text,
            stack_trace=logs,
            error_text=bool(logs),
            first_seen=sent.date or sent.last_updated,
            repository=_known(sent.repository) or first_of(tags, REPOSITORY),
            revision=revision_in(first_of(tags, REVISION)),
            url=_known(sent.link) or (link[1] or link[3] if link else ""),
            severity=priority or tags.get("severity", ""),
            details=said(scope=scope, text=text.strip("%\n "), query=_known(sent.query)),
        )
    ]


def _known(value: str) -> str:
    return "" if value.startswith("$") else value


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


def _state(transition: str, title: str) -> State:
    if title.lower().startswith("[test"):
        return "test"
    return "resolved" if transition.lower().endswith("recovered") else "firing"


def _part(found: re.Match[str] | None, name: str) -> str:
    return (found[name] or "") if found else ""


def _tags(tags: object) -> dict[str, str]:
    """One text with commas, or a list."""
    listed = tags if isinstance(tags, list) else str(tags or "").split(",")
    items = [tag for tag in listed if isinstance(tag, str) and _known(tag)]
    pairs = (tag.strip().partition(":") for tag in items)
    return {name: value for name, colon, value in pairs if colon}


SOURCE = Source("datadog", read, takes="the template in the documentation, or Datadog's default body, with a `title`")
