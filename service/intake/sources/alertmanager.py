"""Prometheus Alertmanager, webhook versions 3 and 4: several alerts in one body, each firing or resolved."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field

from service.intake.adapter import Source
from service.intake.free_text import trace_in
from service.intake.labels import (
    ERROR,
    SEVERITY,
    TITLE,
    TRACE,
    about,
    first_of,
    own_labels,
    service_in,
    without_instance,
    without_unit,
)
from service.intake.lenient import Count, Draft, Labels, Moment, Objects, Sent, Text, is_over, said

MOST_ALERTS = 50_000
"""More are refused: 8 MB hold no more real ones."""
_HEARTBEATS = frozenset({"Watchdog", "DeadMansSwitch", "DeadMansSnitch", "InfoInhibitor"})
_PLACES = ("namespace", "pod", "instance", "cluster", "region", "reason", "rulename")


class One(Sent):
    """One alert of the group."""

    status: Text
    labels: Labels
    annotations: Labels
    starts_at: Moment
    ends_at: Moment
    generator_url: Text
    fingerprint: Text


class Body(Sent):
    """The group. What all alerts share is repeated on each of them."""

    status: Text
    alerts: Annotated[list[One], Objects] = Field(max_length=MOST_ALERTS)
    group_key: Text
    truncated_alerts: Count
    group_labels: Labels
    common_labels: Labels
    common_annotations: Labels


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """Every alert of the group; or one alone, of those that Prometheus itself sends in a list."""
    alone = "alerts" not in document and "labels" in document
    group = Body.model_validate({"alerts": [document]} if alone else whole(document))
    return open_ones([draft(group, alert) for alert in group.alerts if not is_heartbeat(group, alert)])


def whole(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A group of which only the labels are told is one alert."""
    told = any(document.get(name) for name in ("commonLabels", "groupLabels"))
    return {**document, "alerts": [{}]} if told and "alerts" not in document else document


def is_heartbeat(group: Body, alert: One) -> bool:
    """Whether it says only that alerts arrive (or, InfoInhibitor, which others do not): nothing has failed."""
    return (alert.labels.get("alertname") or group.common_labels.get("alertname")) in _HEARTBEATS


def open_ones(drafts: Sequence[Draft]) -> list[Draft]:
    """Without the end of what still fires: one pod is well again while another is not."""
    firing = {draft.key for draft in drafts if draft.state == "firing"}
    return [draft for draft in drafts if draft.state != "resolved" or draft.key not in firing]


def draft(group: Body, alert: One) -> Draft:
    """One alert; its own labels win over the common ones."""
    labels = own_labels({**group.group_labels, **group.common_labels, **alert.labels})
    notes = {**group.common_annotations, **alert.annotations}
    everything = {**labels, **notes}
    trace, error = first_of(everything, TRACE) or trace_in(*notes.values()), first_of(everything, ERROR)
    message, service = error or first_of(everything, TITLE), service_in(labels)
    return Draft(
        **about(everything) | {"service": service},
        state="resolved" if is_over(alert.status, group.status, _end(alert)) else "firing",
        key=_key(labels, service) or alert.fingerprint or f"{group.group_key}{sorted(alert.labels.items()) or ''}",
        former_key=_named(without_unit(labels)),
        message="" if message == trace else message,
        stack_trace=trace,
        error_text=bool(trace or error),
        first_seen=alert.starts_at,
        url=alert.generator_url,
        severity=first_of(labels, SEVERITY),
        details=_details(group, labels, notes, message, trace),
    )


def _end(alert: One) -> str:
    """What Prometheus itself sends has no status: it is over when its end has come."""
    return "resolved" if alert.ends_at is not None and alert.ends_at <= datetime.now(UTC) else ""


def _key(labels: Mapping[str, str], service: str) -> str:
    """Its series without the instance, and the service where the instance alone tells it, as a pod's name does."""
    series = without_instance(labels)
    return _named(series if service_in(series) == service else {**series, "service": service})


def _named(series: Mapping[str, str]) -> str:
    return repr(sorted(series.items())) if series.get("alertname") else ""


def _details(
    group: Body, labels: Mapping[str, str], notes: Mapping[str, str], message: str, trace: str
) -> dict[str, str]:
    others = {name: text for name, text in notes.items() if text not in (message, trace)}
    return said(
        alertname=first_of(labels, ("alertname",)),
        **{name: labels[name] for name in _PLACES if name in labels},
        truncatedAlerts=str(group.truncated_alerts or ""),
    ) | said(**others)


SOURCE = Source("alertmanager", read, takes="Alertmanager's webhook body (version 4) with its `alerts`")
