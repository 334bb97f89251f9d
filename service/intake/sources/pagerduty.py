"""PagerDuty V3 webhooks: they name the service and the incident, and say nothing of the error itself."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.lenient import WITHOUT, Draft, Moment, NotUnderstood, Part, Sent, Text, said
from service.intake.webhook_signature import Signed

_STATES: dict[str, State] = {
    "incident.triggered": "firing",
    "incident.reopened": "firing",
    "incident.resolved": "resolved",
    "pagey.ping": "test",
}


class Reference(Sent):
    """How another of its objects is named."""

    summary: Text


class Incident(Sent):
    """What is being paged for; `message` is that of a ping."""

    id: Text
    incident_key: Text
    title: Text
    message: Text
    html_url: Text
    number: Text
    created_at: Moment
    reopened_at: Moment
    urgency: Text
    priority: Annotated[Reference, Part, WITHOUT]
    service: Annotated[Reference, Part, WITHOUT]


class Event(Sent):
    """What happened to it."""

    event_type: Text
    occurred_at: Moment
    data: Annotated[Incident, Part, WITHOUT]


class Body(Sent):
    """One event."""

    event: Event


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alert, or none: acknowledgements, notes and the like change nothing."""
    event = Body.model_validate(document).event
    if not event.event_type:
        raise NotUnderstood("event_type")
    state = _STATES.get(event.event_type)
    if state is None:
        return []
    page = event.data
    return [
        Draft(
            state=state,
            key=page.incident_key or page.id,
            service=page.service.summary,
            message=page.title or page.message,
            error_text=False,
            first_seen=page.reopened_at or page.created_at or event.occurred_at,
            url=page.html_url,
            severity=page.priority.summary or page.urgency,
            details=said(number=page.number),
        )
    ]


SOURCE = Source(
    "pagerduty",
    read,
    signed=Signed("x-pagerduty-signature", version="v1=", unique=True),
    delivery_header="x-webhook-id",
    takes="webhooks of version 3 (a webhook subscription), with an `event`",
)
