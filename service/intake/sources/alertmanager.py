"""Prometheus Alertmanager, webhook version 4: several alerts in one body, each firing or resolved."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from service.intake.adapter import Source
from service.intake.free_text import trace_in
from service.intake.labels import (
    ERROR,
    REPOSITORY,
    REVISION,
    SEVERITY,
    TITLE,
    TRACE,
    environment_in,
    first_of,
    revision_in,
    service_in,
    without_instance,
)
from service.intake.lenient import Count, Draft, Labels, Moment, Sent, Text, json_object, said

MOST_ALERTS = 50_000
"""More are refused: 8 MB hold no more real ones."""
_HEARTBEATS = frozenset({"Watchdog", "DeadMansSwitch", "DeadMansSnitch", "InfoInhibitor"})
_PLACES = ("namespace", "pod", "instance", "cluster", "region", "reason", "rulename")


class One(Sent):
    """One alert of the group."""

    status: Text = ""
    labels: Labels = Field(default_factory=dict)
    annotations: Labels = Field(default_factory=dict)
    starts_at: Moment = Field(default=None, alias="startsAt")
    generator_url: Text = Field(default="", alias="generatorURL")
    fingerprint: Text = ""


class Body(Sent):
    """The group. What all alerts share is repeated on each of them."""

    alerts: list[One] = Field(max_length=MOST_ALERTS)
    group_key: Text = Field(default="", alias="groupKey")
    truncated: Count = Field(default=0, alias="truncatedAlerts")
    common_labels: Labels = Field(default_factory=dict, alias="commonLabels")
    common_annotations: Labels = Field(default_factory=dict, alias="commonAnnotations")


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """Every alert of the group."""
    group = Body.model_validate(json_object(body))
    return open_ones([draft(group, alert) for alert in group.alerts if not is_heartbeat(group, alert)])


def is_heartbeat(group: Body, alert: One) -> bool:
    """Whether it says only that alerts arrive (or, InfoInhibitor, which others do not): nothing has failed."""
    return (alert.labels.get("alertname") or group.common_labels.get("alertname")) in _HEARTBEATS


def open_ones(drafts: Sequence[Draft]) -> list[Draft]:
    """Without the end of what still fires: one pod is well again while another is not."""
    firing = {draft.key for draft in drafts if draft.state == "firing"}
    return [draft for draft in drafts if draft.state != "resolved" or draft.key not in firing]


def draft(group: Body, alert: One) -> Draft:
    """One alert; its own labels win over the common ones. Its name is that of its series without the instance."""
    labels = {**group.common_labels, **alert.labels}
    notes = {**group.common_annotations, **alert.annotations}
    told: dict[str, Any] = {**labels, **notes}
    trace, error = first_of(told, TRACE) or trace_in(*notes.values()), first_of(told, ERROR)
    message = error or first_of(told, TITLE)
    return Draft(
        state="resolved" if alert.status == "resolved" else "firing",
        key=_key(labels) or alert.fingerprint or f"{group.group_key}{sorted(alert.labels.items())}",
        service=service_in(labels),
        environment=environment_in(labels),
        message="" if message == trace else message,
        stack_trace=trace,
        error_text=bool(trace or error),
        first_seen=alert.starts_at,
        repository=first_of(told, REPOSITORY),
        revision=revision_in(first_of(told, REVISION)),
        url=alert.generator_url,
        severity=first_of(labels, SEVERITY),
        details=_details(group, labels, notes, message, trace),
    )


def _key(labels: Mapping[str, str]) -> str:
    return repr(sorted(without_instance(labels).items())) if labels.get("alertname") else ""


def _details(
    group: Body, labels: Mapping[str, str], notes: Mapping[str, str], message: str, trace: str
) -> dict[str, str]:
    told = {name: text for name, text in notes.items() if text not in (message, trace)}
    return said(
        alertname=labels.get("alertname", ""),
        **{name: labels[name] for name in _PLACES if name in labels},
        truncatedAlerts=str(group.truncated or ""),
    ) | said(**told)


SOURCE = Source("alertmanager", read, takes="Alertmanager's webhook body (version 4) with its `alerts`")
