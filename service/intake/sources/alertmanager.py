"""Prometheus Alertmanager, webhook version 4: several alerts in one body, each firing or resolved."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from service.intake.adapter import Source
from service.intake.lenient import (
    ENVIRONMENT,
    ERROR,
    REPOSITORY,
    REVISION,
    SERVICE,
    TITLE,
    TRACE,
    Draft,
    Labels,
    Moment,
    Sent,
    Text,
    first_of,
)

MOST_ALERTS = 50_000
"""More are refused: 8 MB hold no more real ones."""


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
    common_labels: Labels = Field(default_factory=dict, alias="commonLabels")
    common_annotations: Labels = Field(default_factory=dict, alias="commonAnnotations")


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """Every alert of the group."""
    group = Body.model_validate_json(body)
    return [draft(group, alert) for alert in group.alerts]


def draft(group: Body, alert: One) -> Draft:
    """One alert; its own labels win over the common ones."""
    labels = {**group.common_labels, **alert.labels}
    said = {**labels, **group.common_annotations, **alert.annotations}
    trace, error = first_of(said, TRACE), first_of(said, ERROR)
    return Draft(
        state="resolved" if alert.status == "resolved" else "firing",
        key=alert.fingerprint or f"{group.group_key}{sorted(alert.labels.items())}",
        service=first_of(labels, SERVICE),
        environment=first_of(labels, ENVIRONMENT),
        message=error or first_of(said, TITLE),
        stack_trace=trace,
        error_text=bool(trace or error),
        first_seen=alert.starts_at,
        repository=first_of(said, REPOSITORY),
        revision=first_of(said, REVISION),
        url=alert.generator_url,
    )


SOURCE = Source("alertmanager", read)
