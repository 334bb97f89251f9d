"""New Relic: a workflow's webhook with the default payload or its variables by name, and the older alert channel."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import AliasChoices, Field

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.labels import ENVIRONMENT, ERROR, REPOSITORY, REVISION, SERVICE, TRACE, first_of, revision_in
from service.intake.lenient import (
    Count,
    Draft,
    Fields,
    Items,
    Labels,
    Moment,
    NotUnderstood,
    Sent,
    Text,
    json_object,
    said,
)

_OPEN = frozenset({"activated", "created", "open"})
_OVER = frozenset({"closed", "resolved"})
_FORMAT = "1.0"
"""What the older channel writes into `version`: the version of its format, and of nothing that is deployed."""
_ID = re.compile(r"/(?:issues|incidents)/([\w-]+)")


def _named(*names: str) -> str:
    return Field(default="", validation_alias=AliasChoices(*names))


def _listed(*names: str) -> list[Any]:
    return Field(default_factory=list, validation_alias=AliasChoices(*names))


class Body(Sent):
    """An issue, or an incident of the older channel."""

    id: Text = _named("id", "issueId", "issue_id", "incident_id")
    title: Any = _named("title", "issueTitle", "issue_title", "details", "condition_name")
    url: Text = _named("issueUrl", "issuePageUrl", "issue_url", "incident_url", "url")
    priority: Text = _named("priority", "severity")
    state: Text = _named("state", "current_state", "status")
    trigger: Text = _named("trigger", "triggerEvent")
    total: Count = Field(default=0, validation_alias=AliasChoices("totalIncidents", "total_incidents"))
    at: Moment = Field(default=None, validation_alias=AliasChoices("createdAt", "activatedAt", "timestamp"))
    entities: Items = _listed("impactedEntities", "impacted_entities", "entitiesNames")
    conditions: Any = _named("alertConditionNames", "condition_name")
    policies: Any = _named("alertPolicyNames", "policy_name")
    targets: Items = Field(default_factory=list)
    entities_data: Fields = Field(default_factory=dict, alias="entitiesData")
    accumulations: Fields = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its id, which its address holds too."""
        found = _ID.search(self.url)
        return self.id or (found[1] if found else "")


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The alert, or none: an acknowledged issue is the same as before."""
    whole = json_object(body)
    sent = Body.model_validate(whole)
    if not sent.key:
        raise NotUnderstood("id")
    if not sent.state:
        raise NotUnderstood("state")
    state = _state(sent)
    return [] if state is None else [_draft(sent, _labels(whole, sent), state)]


def _state(sent: Body) -> State | None:
    if "acknowledged" in sent.trigger.lower():
        return None
    word = sent.state.lower()
    return "firing" if word in _OPEN else "resolved" if word in _OVER else "test" if word == "test" else None


def _draft(sent: Body, labels: Mapping[str, str], state: State) -> Draft:
    trace, error = first_of(labels, TRACE), first_of(labels, ERROR)
    conditions = _joined(sent.conditions) or _joined(sent.accumulations.get("conditionName"))
    return Draft(
        state=state,
        key=sent.key,
        service=first_of(labels, SERVICE) or _entity(sent),
        environment=first_of(labels, ENVIRONMENT),
        message=error or _joined(sent.title),
        stack_trace=trace,
        error_text=bool(trace or error),
        first_seen=sent.at,
        count=max(sent.total, 1),
        repository=first_of(labels, REPOSITORY),
        revision=revision_in(first_of(labels, REVISION)),
        url=sent.url,
        severity=sent.priority,
        details=said(
            condition=conditions,
            policy=_joined(sent.policies) or _joined(sent.accumulations.get("policyName")),
            entities=", ".join(_names(sent.entities)) if len(sent.entities) > 1 else "",
        ),
    )


def _entity(sent: Body) -> str:
    """The first of what is affected; the others are among the details."""
    named = [each.get("name") for each in (*sent.targets, *_entities(sent)) if isinstance(each, Mapping)]
    return next(iter((*_names(sent.entities), *_names(named))), "")


def _entities(sent: Body) -> Sequence[Any]:
    entities = sent.entities_data.get("entities")
    return entities if isinstance(entities, list) else []


def _names(values: Sequence[object]) -> list[str]:
    return [value for value in values if isinstance(value, str) and value]


def _joined(value: object) -> str:
    return value if isinstance(value, str) else ", ".join(_names(value)) if isinstance(value, list) else ""


def _labels(whole: Mapping[str, Any], sent: Body) -> dict[str, str]:
    """Tags, the labels of targets, and fields that somebody added to the payload."""
    raw = sent.accumulations.get("rawTag")
    tags = {name.removeprefix("tag."): _joined(value) for name, value in sent.accumulations.items() if "tag." in name}
    tags |= {str(name): _joined(value) for name, value in raw.items()} if isinstance(raw, Mapping) else {}
    for target in sent.targets:
        tags = {**(Sample.model_validate(target).labels if isinstance(target, Mapping) else {}), **tags}
    own = {name: value for name, value in whole.items() if isinstance(value, str) and name not in ("title", "details")}
    if own.get("version") == _FORMAT:
        del own["version"]
    return {**tags, **own}


class Sample(Sent):
    """What an alert is about, in the older channel."""

    labels: Labels = Field(default_factory=dict)


SOURCE = Source("newrelic", read, takes="the payload of a New Relic workflow, with its `id` and `state`")
