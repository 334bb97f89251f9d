"""Rollbar's webhook: an item (what it groups) with an occurrence, whose body brings the trace.

It does not name the project: write the service into the address, /alerts/rollbar?service=checkout.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.labels import about, revision_in
from service.intake.lenient import (
    WITHOUT,
    Count,
    Draft,
    Fields,
    Labels,
    Moment,
    NotUnderstood,
    Part,
    Sent,
    Text,
    at_path,
)
from service.intake.printed_trace import printed
from service.intake.sdk_frames import Raised, SentFrame, dict_frames, line_number, text_line, titled, trace_of

_STATES: dict[str, State] = {
    **dict.fromkeys(("new_item", "occurrence", "exp_repeat_item", "item_velocity"), "firing"),
    **dict.fromkeys(("reactivated_item", "reopened_item"), "firing"),
    "resolved_item": "resolved",
    "test": "test",
}
_NO_ALERT = frozenset({"deploy", "assigned_item", "muted_item", "snoozed_item", "comment"})
_LEVELS = {"50": "critical", "40": "error", "30": "warning", "20": "info", "10": "debug"}
_OF_PROJECT = re.compile(r"https://(?:app\.)?rollbar\.com/(?:a/)?[^/?#]+/(?:fix/project/)?([^/?#]+)/items?/")
_PAGE = "https://rollbar.com/instance/uuid?uuid={}"


class Occurrence(Sent):
    """One error, as a client sent it."""

    uuid: Text
    language: Text
    platform: Text
    level: Text
    timestamp: Moment
    environment: Text
    code_version: Text
    server: Labels
    client: Fields
    custom: Labels
    body: Fields
    exception: Fields


class Item(Sent):
    """A group of occurrences. `level` is a number."""

    id: Text
    title: Text
    level: Text
    environment: Text
    total_occurrences: Count
    first_occurrence_timestamp: Moment
    last_activated_timestamp: Moment
    last_occurrence_timestamp: Moment
    last_occurrence: Annotated[Occurrence, Part, WITHOUT]


class Data(Sent):
    """What the event is about; `message` is that of a test."""

    item: Annotated[Item, Part] | None = None
    occurrence: Annotated[Occurrence, Part] | None = None
    url: Text
    message: Text


class Body(Sent):
    """One event."""

    event_name: Text
    data: Annotated[Data, Part, WITHOUT]


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alert, or none: a deploy is none."""
    sent = Body.model_validate(document)
    if not sent.event_name:
        raise NotUnderstood("event_name")
    told = sent.data.item is not None or sent.data.occurrence is not None
    # A new kind of event about an item is no reason to lose an error.
    state = _STATES.get(sent.event_name) or ("firing" if told and sent.event_name not in _NO_ALERT else None)
    if state is None:
        return []
    if not told and state != "test":
        raise NotUnderstood("item")
    return [_draft(state, sent.data, sent.data.item or Item.model_validate({}))]


def _draft(state: State, data: Data, item: Item) -> Draft:
    one = data.occurrence or item.last_occurrence
    raised, text = _raised(one), text_line(at_path(one.body, "message.body"))
    title = text or item.title or data.message
    platform = one.language or one.platform
    trace = trace_of(platform, raised) if raised else titled(platform, title)
    crash = at_path(one.body, "crash_report.raw")
    stack = printed(trace) or (crash if isinstance(crash, str) else "")
    own, both = about(one.custom), about({**one.server, **one.custom})
    return Draft(
        state=state,
        key=f"item-{item.id}" if item.id else one.uuid,
        service=own["service"] or _project(data.url),
        environment=one.environment or item.environment or own["environment"],
        message=title,
        stack_trace=stack,
        trace=trace,
        error_text=bool(stack),
        # An occurrence happened once; an item goes on since it was activated.
        first_seen=one.timestamp if data.occurrence else _began(item),
        last_seen=item.last_occurrence_timestamp,
        count=max(item.total_occurrences, 1),
        repository=both["repository"],
        revision=revision_in(one.code_version or _version_of(one.client) or one.server.get("code_version", ""))
        or both["revision"],
        url=data.url or (_PAGE.format(one.uuid) if one.uuid.replace("-", "").isalnum() else ""),
        severity=one.level or _LEVELS.get(item.level, item.level),
    )


def _project(address: str) -> str:
    """The project that the page of an item or an occurrence is of; a number names nothing."""
    found = _OF_PROJECT.match(address)
    return "" if found is None or found[1].isdecimal() else found[1]


def _began(item: Item) -> datetime | None:
    """Since it was activated; the last occurrence of one that has had no other is its first."""
    only = item.last_occurrence_timestamp if item.total_occurrences == 1 else None
    return item.last_activated_timestamp or item.first_occurrence_timestamp or only


def _version_of(client: Mapping[str, Any]) -> str:
    """That of a browser or a telephone stands with it: `client.javascript.code_version`."""
    versions = (each.get("code_version") for each in client.values() if isinstance(each, Mapping))
    return next((version for version in versions if isinstance(version, str)), "")


def _raised(one: Occurrence) -> list[Raised]:
    """Root cause first: `trace_chain` begins with what surfaced. Some put the exception with its frames beside the body."""
    chain, beside = one.body.get("trace_chain"), {"exception": one.exception, "frames": one.exception.get("frames")}
    traces = chain if isinstance(chain, list) else [one.body.get("trace") or (beside if one.exception else None)]
    return [_one(trace) for trace in reversed(traces) if isinstance(trace, Mapping)]


def _one(trace: Mapping[str, Any]) -> Raised:
    exception = trace.get("exception")
    about: Mapping[str, Any] = exception if isinstance(exception, Mapping) else {}
    message = about.get("message") or about.get("description") or ""
    return Raised(text_line(about.get("class")), str(message), dict_frames(trace.get("frames"), _frame))


def _frame(sent: Mapping[str, Any]) -> SentFrame:
    owner, method = text_line(sent.get("class_name")), text_line(sent.get("method"))
    mark = "::" if "\\" in owner else "."
    return SentFrame(
        file=text_line(sent.get("filename")),
        line=line_number(sent.get("lineno")),
        function=mark.join(filter(None, (owner, method))) if method else "",
        source=text_line(sent.get("code")),
        column=line_number(sent.get("colno")),
    )


SOURCE = Source("rollbar", read, takes="Rollbar's webhook, with an `event_name` and `data`")
