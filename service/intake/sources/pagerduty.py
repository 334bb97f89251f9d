"""PagerDuty V3 webhooks: they name the service and the incident, and say nothing of the error itself."""

from collections.abc import Mapping, Sequence

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.lenient import Draft, Moment, Sent, Text
from service.intake.webhook_signature import Signed

_STATES: dict[str, State] = {
    "incident.triggered": "firing",
    "incident.reopened": "firing",
    "incident.resolved": "resolved",
    "pagey.ping": "test",
}


class Service(Sent):
    """The failing service, by its name."""

    summary: Text = ""


class Incident(Sent):
    """What is being paged for."""

    id: Text = ""
    incident_key: Text = ""
    title: Text = ""
    html_url: Text = ""
    created_at: Moment = None
    service: Service | None = None


class Event(Sent):
    """What happened to it."""

    id: Text = ""
    event_type: Text = ""
    data: Incident | None = None


class Body(Sent):
    """One event."""

    event: Event


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The alert, or none: acknowledgements, notes and the like change nothing."""
    event = Body.model_validate_json(body).event
    state = _STATES.get(event.event_type)
    if state is None:
        return []
    page = event.data or Incident()
    return [
        Draft(
            state=state,
            key=page.incident_key or page.id,
            service=page.service.summary if page.service else "",
            message=page.title,
            error_text=False,
            first_seen=page.created_at,
            url=page.html_url,
        )
    ]


SOURCE = Source(
    "pagerduty",
    read,
    signed=Signed("x-pagerduty-signature", version="v1=", unique=True),
    delivery_header="x-webhook-id",
)
