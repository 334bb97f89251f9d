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
    r"\[(?:(?P<priority>P\d)|(?P<test>TEST)"
    r"|(?P<transition>(?:Re-)?(?:Triggered|Warn|No data|Renotify|Recovered)[\w -]*?)(?: on \{(?P<scope>[^}]*)\})?)\]\s*",
    re.IGNORECASE,
)
"""One of the brackets before a title; a monitor's own name may begin with others."""
_LONGEST_TITLE = 2_000
_PRIORITY = re.compile(r"P\d")
_MONITOR = re.compile(r"\((https://[^()\s]{1,500}/monitors[/#](\d{1,20})[^()\s]{0,500})\)")
_LINK = re.compile(r"\((https://[^()\s]{1,1000})\)")


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
    text: Text = _named("text", "text_only_msg", "body", "event_msg", "event_message")
    query: Text = _named("query", "alert_query")
    scope: Text = _named("scope", "alert_scope", "scopes")
    priority: Text = _named("alert_priority", "priority")
    logs: Text = _named("logs", "logs_sample")
    date: Moment = Field(default=None, validation_alias=AliasChoices("date", "date_posix"))
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
    before, name = _prefix(title)
    monitor, link = _MONITOR.search(text), _LINK.search(text)
    scope = _known(sent.scope) or before["scope"]
    tags = _tags(sent.tags) | _tags(scope)
    priority = sent.priority if _PRIORITY.fullmatch(sent.priority) else before["priority"]
    logs = _lines(_known(sent.logs)) or trace_in(text)
    return [
        Draft(
            state=_state(_known(sent.transition) or before["transition"], before["test"]),
            key=_known(sent.cycle)
            or _known(sent.agg)
            or _known(sent.alert_id)
            or (f"{monitor[2]}/{scope}" if monitor else name),
            service=_known(sent.service) or first_of(tags, SERVICE),
            environment=_known(sent.env) or first_of(tags, ENVIRONMENT),
            message=title or text,
            stack_trace=logs,
            error_text=bool(logs),
            first_seen=sent.date or sent.last_updated,
            repository=_known(sent.repository) or first_of(tags, REPOSITORY),
            revision=revision_in(first_of(tags, REVISION)),
            url=_known(sent.link) or _first_of(monitor, link),
            severity=priority or tags.get("severity", ""),
            details=said(
                scope=scope, text=text.strip().removeprefix("%%%").removesuffix("%%%").strip(), query=_known(sent.query)
            ),
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


def _prefix(title: str) -> tuple[dict[str, str], str]:
    """What the brackets before a title say, and the title without them."""
    said_there, title = dict.fromkeys(_PREFIX.groupindex, ""), title[:_LONGEST_TITLE]
    while found := _PREFIX.match(title):
        said_there |= {part: text for part, text in found.groupdict().items() if text}
        title = title[found.end() :]
    return said_there, title


def _state(transition: str, test: str) -> State:
    return "test" if test else "resolved" if "recovered" in transition.lower() else "firing"


def _first_of(*links: re.Match[str] | None) -> str:
    return next((link[1] for link in links if link), "")


def _tags(tags: object) -> dict[str, str]:
    """One text with commas, or a list."""
    listed = tags if isinstance(tags, list) else str(tags or "").split(",")
    items = [tag for tag in listed if isinstance(tag, str) and _known(tag)]
    pairs = (tag.strip().partition(":") for tag in items)
    return {name: value for name, colon, value in pairs if colon}


SOURCE = Source("datadog", read, takes="the template in the documentation, or Datadog's default body, with a `title`")
