"""PagerDuty's webhooks, version 3, and the versions before: they name the service and the incident.

Versions 1 and 2 are gone at PagerDuty; what imitates it, or passes on old bodies, still sends them.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.free_text import labels_in
from service.intake.generic_error import Traces
from service.intake.label_shapes import labelled
from service.intake.labels import ERROR, SEVERITY, TRACE, about, first_of
from service.intake.lenient import (
    WITHOUT,
    Anything,
    Draft,
    Fields,
    Items,
    Moment,
    Named,
    NotUnderstood,
    Part,
    Sent,
    Text,
    moment_of,
    named,
    said,
)
from service.intake.names import variables
from service.intake.webhook_signature import Signed

_STATES: dict[str, State] = {
    **dict.fromkeys(("incident.triggered", "incident.trigger", "incident.reopened", "incident.reopen"), "firing"),
    **dict.fromkeys(("incident.resolved", "incident.resolve"), "resolved"),
    **dict.fromkeys(("pagey.ping", "ping"), "test"),
}
_SENDING: dict[str, State] = {"trigger": "firing", "resolve": "resolved"}
_SENT = ("trigger", "acknowledge", "resolve")
"""What the first Events API calls its events."""
_AT = ("event_time", "triggered_at", "started_at", "timestamp", "time")
_TAKES = "webhooks of version 3 (a webhook subscription) with an `event`, or of version 2 with `messages`"


class Reference(Sent):
    """How another of its objects is named."""

    summary: Text = named("summary", "name")


class Incident(Sent):
    """What is being paged for; `message` is that of a ping. `body` is what whoever made it wrote."""

    id: Text
    incident_key: Text
    title: Text = named("title", "description", "summary")
    message: Text
    subject: Fields = named("trigger_summary_data")
    html_url: Text
    number: Text = named("number", "incident_number")
    created_at: Moment = named("created_at", "created_on")
    reopened_at: Moment
    urgency: Text
    priority: Annotated[Reference, Part, Named, WITHOUT]
    service: Annotated[Reference, Part, Named, WITHOUT]
    body: Anything
    custom_details: Anything
    log: Anything = named("first_trigger_log_entry")
    inner: Anything = named("incident")


class Event(Sent):
    """What happened to it. `incident` and `log_entries` are version 2's, `data.incident` is version 1's."""

    event_type: Text = named("event_type", "event", "type")
    occurred_at: Moment = named("occurred_at", "created_on")
    data: Annotated[Incident, Part, WITHOUT] = named("data", "incident", "payload")
    log_entries: Items


class Sending(Sent):
    """What is sent to PagerDuty's Events API of either version, when it is sent here instead."""

    event_action: Text = named("event_action", "event_type")
    dedup_key: Text = named("dedup_key", "incident_key")
    client_url: Text
    links: Items
    summary: Text = named("payload.summary", "description")
    source: Text = named("payload.source")
    severity: Text = named("payload.severity")
    at: Moment = named("payload.timestamp")
    component: Text = named("payload.component")
    custom_details: Anything = named("payload.custom_details", "details")


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alerts, or none: acknowledgements, notes and the like change nothing."""
    if "event_action" in document or document.get("event_type") in _SENT:
        return _of_sending(Sending.model_validate(variables(document, 2)))
    traces = Traces()
    return [draft for each in _events(document) for draft in _of_event(Event.model_validate(each), traces)]


def _events(document: Mapping[str, Any]) -> Sequence[Any]:
    messages, event = document.get("messages"), document.get("event")
    if isinstance(messages, list) and messages:
        return [each for each in messages if isinstance(each, Mapping)] or [{}]
    if isinstance(event, str) and (document.get("incident") or document.get("data")):
        return [document]
    if isinstance(document.get("event_type"), str) and isinstance(document.get("incident"), Mapping):
        return [document]
    if isinstance(event, Mapping):
        return [event]
    incident = document.get("incident")
    if not isinstance(incident, Mapping) or not isinstance(incident.get("status"), str):
        raise NotUnderstood("event")
    return [{"event": f"incident.{incident['status']}", "incident": incident}]


def _of_sending(sent: Sending) -> Sequence[Draft]:
    state = _SENDING.get(sent.event_action.lower())
    if not (sent.summary or sent.dedup_key):
        raise NotUnderstood("payload.summary")
    if state is None:
        return []
    labels = labelled(sent.custom_details)
    trace, error = first_of(labels, TRACE), first_of(labels, ERROR)
    return [
        Draft(
            **about(labels, service=sent.component or ("" if sent.source.isdecimal() else sent.source)),
            state=state,
            key=sent.dedup_key,
            message=error or sent.summary,
            stack_trace=trace,
            error_text=bool(trace or error),
            first_seen=sent.at or moment_of(first_of(labels, _AT)),
            url=sent.client_url or _address(sent.links),
            severity=sent.severity or first_of(labels, SEVERITY),
        )
    ]


def _address(links: Sequence[Any]) -> str:
    return next((str(each["href"]) for each in links if isinstance(each, Mapping) and each.get("href")), "")


def _of_event(event: Event, traces: Traces) -> Sequence[Draft]:
    if not event.event_type:
        raise NotUnderstood("event_type")
    state = _STATES.get(event.event_type)
    if state is None:
        return []
    page = event.data
    if isinstance(page.inner, Mapping) and not page.title:
        page = Incident.model_validate(page.inner)
    traces.next_alert()
    return [_draft(state, page, event, traces)]


def _draft(state: State, page: Incident, event: Event, traces: Traces) -> Draft:
    text, labels = _details(page, event)
    trace, error = first_of(labels, TRACE) or (text if traces.of(text) else ""), first_of(labels, ERROR)
    return Draft(
        **about(labels, service=page.service.summary),
        state=state,
        key=page.incident_key or page.id,
        message=error or page.title or page.message or _subject(page),
        stack_trace=trace,
        error_text=bool(trace or error),
        first_seen=page.reopened_at or page.created_at or event.occurred_at,
        url=page.html_url,
        severity=page.priority.summary or page.urgency,
        details=said(number=page.number, description="" if trace else text),
    )


def _subject(page: Incident) -> str:
    found = (page.subject.get(name) for name in ("subject", "description", "summary"))
    return next((text for text in found if isinstance(text, str) and text), "")


def _details(page: Incident, event: Event) -> tuple[str, dict[str, str]]:
    """What whoever made the incident sent with it: as text, and as labels."""
    entry = event.log_entries[0] if event.log_entries else page.log
    channel = entry.get("channel") if isinstance(entry, Mapping) else None
    places = (page.custom_details, page.body, channel)
    found = [each.get("details") if isinstance(each, Mapping) and "details" in each else each for each in places]
    text = next((each for each in found if isinstance(each, str) and each), "")
    labels = [labelled(each) for each in found if isinstance(each, Mapping | list)]
    # Free words may quote whoever caused the error: they are asked only where PagerDuty names no service.
    words = {} if page.service.summary else labels_in(text)
    return text, {**words, **{name: value for each in reversed(labels) for name, value in each.items()}}


SOURCE = Source(
    "pagerduty",
    read,
    signed=Signed("x-pagerduty-signature", version="v1=", unique=True),
    delivery_header="x-webhook-id",
    takes=_TAKES,
)
