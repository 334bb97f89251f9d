"""Opsgenie's webhook integration (and Jira Service Management's): what an action did to an alert."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.free_text import labels_in, trace_in
from service.intake.label_shapes import environment_among, labelled
from service.intake.labels import ENVIRONMENT, ERROR, SERVICE, TRACE, WORKLOAD, about, first_of
from service.intake.lenient import Anything, Draft, Moment, NotUnderstood, Sent, Text, named, said
from service.intake.names import folded

_STATES: dict[str, State] = {"create": "firing", "close": "resolved", "delete": "resolved"}
_CHANGE_NOTHING = frozenset(
    (
        *(
            "acknowledge",
            "unacknowledge",
            "addnote",
            "addtags",
            "removetags",
            "addteam",
            "addrecipient",
            "addresponder",
        ),
        *("assignownership", "takeownership", "updatepriority", "updatemessage", "updatedescription", "customaction"),
        *("escalate", "escalatenext", "escalatetonext", "snooze", "snoozeended", "unsnooze"),
    )
)
"""Other actions. Where an alert stands alone an action may be a word of the sender's own for what happened."""
_PLACE = frozenset(map(folded, (*SERVICE, *WORKLOAD, *ENVIRONMENT)))
_PAGE = "https://app.opsgenie.com/alert/detail/{}/details"


class Alert(Sent):
    """The alert. `details` are the pairs of whoever created it; only Create and custom actions bring them."""

    alert_id: Text
    alias: Text
    message: Text
    description: Text
    entity: Text
    source: Text
    priority: Text
    created_at: Moment
    tags: Anything
    details: Anything = named("details", "extra_properties", "custom_properties")


class Body(Sent):
    """One action."""

    action: Text
    alert: Alert


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alert, or none: acknowledging, escalating and noting change nothing.

    What creates an alert at Opsgenie is its alert alone; a template may send one beside the action.
    """
    alone = "alert" not in document and isinstance(document.get("message"), str)
    sent = Body.model_validate({**document, "alert": document} if alone else document)
    action, alert = sent.action or ("Create" if alone else ""), sent.alert
    if not action:
        raise NotUnderstood("action")
    state = _STATES.get(action.lower(), None if not alone or action.lower() in _CHANGE_NOTHING else "firing")
    if state is None:
        return []
    labels = _labels(alert)
    trace, error = first_of(labels, TRACE) or trace_in(alert.description), first_of(labels, ERROR)
    return [
        Draft(
            **about(labels, service=alert.entity, environment=environment_among(alert.tags)),
            state=state,
            key=alert.alias or alert.alert_id,
            message=error or alert.message,
            stack_trace=trace,
            error_text=bool(trace or error),
            first_seen=alert.created_at,
            url=_PAGE.format(alert.alert_id) if alert.alert_id.replace("-", "").isalnum() else "",
            severity=f"P{alert.priority}" if alert.priority.isdecimal() else alert.priority,
            details=said(description="" if alert.description == trace else alert.description, source=alert.source),
        )
    ]


def _labels(alert: Alert) -> dict[str, str]:
    """Free words may quote whoever caused the error: they name only a place, and that where nothing else does."""
    named = {**labelled(alert.tags), **labelled(alert.details)}
    if about(named, service=alert.entity)["service"]:
        return named
    return {name: text for name, text in labels_in(alert.description).items() if folded(name) in _PLACE} | named


SOURCE = Source("opsgenie", read, takes="Opsgenie's webhook integration, with an `action` and an `alert`")
