"""Grafana unified alerting: Alertmanager's shape with more around it, and a signature when a secret is set there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from service.intake.adapter import Source
from service.intake.lenient import Draft, Text
from service.intake.sources import alertmanager
from service.intake.webhook_signature import Signed


class Body(alertmanager.Body):
    """Alertmanager's group with a title."""

    title: Text = ""


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """Every alert of the group; the button "Test" of a contact point sends one named TestAlert."""
    group = Body.model_validate_json(body)
    return [_draft(group, alert) for alert in group.alerts]


def _draft(group: Body, alert: alertmanager.One) -> Draft:
    draft = alertmanager.draft(group, alert)
    if alert.labels.get("alertname") == "TestAlert":
        return replace(draft, state="test")
    return replace(draft, message=draft.message or group.title)


SOURCE = Source(
    "grafana",
    read,
    signed=Signed("x-grafana-alerting-signature", timestamp_header="x-grafana-alerting-timestamp"),
)
