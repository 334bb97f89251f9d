"""Opsgenie's webhook integration (and Jira Service Management's): what an action did to an alert."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.free_text import trace_in
from service.intake.labels import ENVIRONMENT, ERROR, REPOSITORY, REVISION, SERVICE, TRACE, first_of, revision_in
from service.intake.lenient import Draft, Items, Labels, Moment, NotUnderstood, Sent, Text, json_object, said

_STATES: dict[str, State] = {"create": "firing", "close": "resolved", "delete": "resolved"}
_PAGE = "https://app.opsgenie.com/alert/detail/{}/details"


class Told(Sent):
    """The alert. `details` are the pairs of whoever created it; only Create and custom actions bring them."""

    alert_id: Text = Field(default="", alias="alertId")
    alias: Text = ""
    message: Text = ""
    description: Text = ""
    entity: Text = ""
    source: Text = ""
    priority: Text = ""
    created_at: Moment = Field(default=None, alias="createdAt")
    tags: Items = Field(default_factory=list)
    details: Labels = Field(default_factory=dict)


class Body(Sent):
    """One action."""

    action: Text = ""
    alert: Told


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The alert, or none: acknowledging, escalating and noting change nothing."""
    sent = Body.model_validate(json_object(body))
    if not sent.action:
        raise NotUnderstood("action")
    state, alert = _STATES.get(sent.action.lower()), sent.alert
    if state is None:
        return []
    labels = {**_tags(alert.tags), **alert.details}
    trace, error = first_of(labels, TRACE) or trace_in(alert.description), first_of(labels, ERROR)
    return [
        Draft(
            state=state,
            key=alert.alias or alert.alert_id,
            service=first_of(labels, SERVICE) or alert.entity,
            environment=first_of(labels, ENVIRONMENT),
            message=error or alert.message,
            stack_trace=trace,
            error_text=bool(trace or error),
            first_seen=alert.created_at,
            repository=first_of(labels, REPOSITORY),
            revision=revision_in(first_of(labels, REVISION)),
            url=_PAGE.format(alert.alert_id) if alert.alert_id.replace("-", "").isalnum() else "",
            severity=f"P{alert.priority}" if alert.priority.isdecimal() else alert.priority,
            details=said(description="" if alert.description == trace else alert.description, source=alert.source),
        )
    ]


def _tags(tags: Sequence[object]) -> dict[str, str]:
    pairs = (tag.partition(":" if ":" in tag else "=") for tag in tags if isinstance(tag, str))
    return {name.strip(): value.strip() for name, mark, value in pairs if mark}


SOURCE = Source("opsgenie", read, takes="Opsgenie's webhook integration, with an `action` and an `alert`")
