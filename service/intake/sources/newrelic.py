"""New Relic: a workflow's webhook with the default payload or its variables by name, and the older alert channel."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.label_shapes import labelled
from service.intake.labels import ERROR, TRACE, about, first_of
from service.intake.lenient import (
    OVER,
    Anything,
    Count,
    Draft,
    Fields,
    Items,
    Labels,
    Moment,
    NotUnderstood,
    Sent,
    Text,
    named,
    said,
)
from service.intake.names import folded

_HOLDERS = ("incident", "issue", "alert", "data", "payload", "body")
"""Objects in which templates put what others have at the top."""
_IDS = frozenset({"id", "issueId", "issue_id", "incident_id", "incidentId"})
_LETTERS = re.compile(r"[a-z]+")
_FORMAT = "1.0"
"""What the older channel writes into `version`: the version of its format, and of nothing that is deployed."""
_ID = re.compile(r"/(?:issues|incidents)/([\w-]+)")


class Body(Sent):
    """An issue, or an incident of the older channel."""

    id: Text = named("id", "issueId", "incident_id")
    title: Anything = named("title", "issueTitle", "details", "condition_name")
    url: Text = named("issueUrl", "issuePageUrl", "incident_url", "url", "violation_url", "violation_callback_url")
    priority: Text = named("priority", "severity")
    state: Text = named("state", "current_state", "status", "event_type")
    trigger: Text = named("trigger", "triggerEvent")
    total_incidents: Count
    at: Moment = named("createdAt", "activatedAt", "timestamp")
    entities: Anything = named("impactedEntities", "entitiesNames", "entities", "entity", "target", "entity_name")
    conditions: Anything = named("alertConditionNames", "condition_name")
    policies: Anything = named("alertPolicyNames", "policy_name")
    targets: Items
    entities_data: Fields
    accumulations: Fields
    tags: Anything
    labels: Anything
    metadata: Anything

    @property
    def key(self) -> str:
        """Its id, which its address holds too."""
        found = _ID.search(self.url)
        subject = (*_named(self.entities)[:1], _joined(self.conditions) or _joined(self.title))
        return self.id or (found[1] if found else "") or "/".join(filter(None, subject))


class Target(Sent):
    """What an alert is about, in the older channel."""

    labels: Labels


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alert, or none: an acknowledged issue is the same as before."""
    document = _at_top(_at_top(document))
    sent = Body.model_validate(document)
    if not sent.key:
        raise NotUnderstood("id")
    if not sent.state:
        raise NotUnderstood("state")
    state = _state(sent)
    return [] if state is None else [_draft(sent, _labels(document, sent), state)]


def _state(sent: Body) -> State | None:
    """A word that is not known is no reason to lose an alert."""
    words = set(_LETTERS.findall(sent.state.lower()))
    if "acknowledged" in sent.trigger.lower() or "acknowledged" in words:
        return None
    return "resolved" if words & OVER else "test" if words == {"test"} else "firing"


def _at_top(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """With what an object such as `incident` holds. The one that tells a state is the alert, with its id."""
    inner = next((each for name in _HOLDERS if isinstance(each := document.get(name), Mapping)), {})
    own = {name: value for name, value in inner.items() if value is not None}
    tells = any(folded(str(name)) in ("state", "currentstate", "status") for name in own)
    if not tells:
        return {**own, **document}
    # Beside it an id is that of the delivery.
    return {name: value for name, value in document.items() if name != "id" or not _IDS & own.keys()} | own


def _draft(sent: Body, labels: Mapping[str, str], state: State) -> Draft:
    trace, error = first_of(labels, TRACE), first_of(labels, ERROR)
    return Draft(
        **about(labels, service=_entity(sent)),
        state=state,
        key=sent.key,
        message=error or _joined(sent.title),
        stack_trace=trace,
        error_text=bool(trace or error),
        first_seen=sent.at,
        count=max(sent.total_incidents, 1),
        url=sent.url,
        severity=sent.priority,
        details=said(
            condition=_joined(sent.conditions) or _joined(sent.accumulations.get("conditionName")),
            policy=_joined(sent.policies) or _joined(sent.accumulations.get("policyName")),
            entities=", ".join(affected) if len(affected := _named(sent.entities)) > 1 else "",
        ),
    )


def _entity(sent: Body) -> str:
    """The first of what is affected; the others are among the details."""
    known = (sent.entities, sent.targets, sent.entities_data.get("entities"), sent.entities_data.get("names"))
    return next((name for each in known for name in _named(each)), "")


def _named(value: object) -> list[str]:
    """The names of entities: one or several, as texts or as objects with a name."""
    items = value if isinstance(value, list) else [value]
    names = [each.get("name") if isinstance(each, Mapping) else each for each in items]
    return [name for name in names if isinstance(name, str) and name]


def _joined(value: object) -> str:
    return value if isinstance(value, str) else ", ".join(_named(value)) if isinstance(value, list) else ""


def _labels(document: Mapping[str, Any], sent: Body) -> dict[str, str]:
    """Tags, the labels of targets, and fields that somebody added to the payload."""
    raw = next(
        (each for name in ("rawTag", "tag", "tags") if isinstance(each := sent.accumulations.get(name), Mapping)), {}
    )
    tags = {name.removeprefix("tag."): _joined(value) for name, value in sent.accumulations.items() if "tag." in name}
    tags |= {str(name): _joined(value) for name, value in raw.items()}
    tags |= labelled(sent.metadata) | labelled(sent.labels) | labelled(sent.tags)
    for target in sent.targets:
        tags = {**(Target.model_validate(target).labels if isinstance(target, Mapping) else {}), **tags}
    own = {
        name: value for name, value in document.items() if isinstance(value, str) and name not in ("title", "details")
    }
    if own.get("version") == _FORMAT:
        del own["version"]
    return {**tags, **own}


SOURCE = Source(
    "newrelic", read, templated=True, takes="the payload of a New Relic workflow, with its `id` and `state`"
)
