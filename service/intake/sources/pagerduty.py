"""PagerDuty V3 webhooks: they name the service and the incident, and say nothing of the error itself."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.lenient import Draft, Fields, Moment, NotUnderstood, Sent, Text, json_object, said
from service.intake.webhook_signature import Signed

_STATES: dict[str, State] = {
    "incident.triggered": "firing",
    "incident.reopened": "firing",
    "incident.resolved": "resolved",
    "pagey.ping": "test",
}


class Incident(Sent):
    """What is being paged for."""

    id: Text = ""
    incident_key: Text = ""
    title: Text = ""
    message: Text = ""
    html_url: Text = ""
    number: Text = ""
    created_at: Moment = None
    reopened_at: Moment = None
    urgency: Text = ""
    priority: Fields = Field(default_factory=dict)
    service: Fields = Field(default_factory=dict)


class Event(Sent):
    """What happened to it."""

    id: Text = ""
    event_type: Text = ""
    occurred_at: Moment = None
    data: Incident | None = None


class Body(Sent):
    """One event."""

    event: Event


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The alert, or none: acknowledgements, notes and the like change nothing."""
    event = Body.model_validate(json_object(body)).event
    if not event.event_type:
        raise NotUnderstood("event_type")
    state = _STATES.get(event.event_type)
    if state is None:
        return []
    page = event.data or Incident()
    return [
        Draft(
            state=state,
            key=page.incident_key or page.id,
            service=str(page.service.get("summary") or ""),
            message=page.title or page.message,
            error_text=False,
            first_seen=page.reopened_at or page.created_at or event.occurred_at,
            url=page.html_url,
            severity=str(page.priority.get("summary") or page.urgency),
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
