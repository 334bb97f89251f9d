"""Grafana alerting: Alertmanager's shape with more around it, or the body of legacy alerting (before version 9).

The body is signed when a secret is set there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import Field

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.labels import SEVERITY, environment_in, first_of, service_in
from service.intake.lenient import Draft, Fields, Items, Labels, Sent, Text, json_object, said
from service.intake.sources import alertmanager
from service.intake.webhook_signature import Signed

_OWN_FAILURE = "DatasourceError"


_TEST_NAME = "Test notification"
"""The rule of the button Send Test in legacy alerting."""


class One(alertmanager.One):
    """An alert with its numbers and with links."""

    values: Fields = Field(default_factory=dict)
    silence_url: Text = Field(default="", alias="silenceURL")
    dashboard_url: Text = Field(default="", alias="dashboardURL")
    panel_url: Text = Field(default="", alias="panelURL")


class Body(alertmanager.Body):
    """Alertmanager's group with a title."""

    alerts: list[One] = Field(max_length=alertmanager.MOST_ALERTS)  # type: ignore[assignment]  # narrower
    title: Text = ""


class Legacy(Sent):
    """One rule of legacy alerting."""

    rule_name: Text = Field(alias="ruleName")
    rule_url: Text = Field(default="", alias="ruleUrl")
    rule_id: Text = Field(default="", alias="ruleId")
    state: Text = ""
    message: Text = ""
    title: Text = ""
    tags: Labels = Field(default_factory=dict)
    matches: Items = Field(default_factory=list, alias="evalMatches")


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """Every alert of the group; the button "Test" of a contact point sends one named TestAlert."""
    whole = json_object(body)
    if "alerts" not in whole and "ruleName" in whole:
        return _of_legacy(Legacy.model_validate(whole))
    group = Body.model_validate(whole)
    return alertmanager.open_ones(
        [_draft(group, alert) for alert in group.alerts if not alertmanager.is_heartbeat(group, alert)]
    )


def _draft(group: Body, alert: One) -> Draft:
    draft = alertmanager.draft(group, alert)
    links = said(
        values=", ".join(f"{name}={value}" for name, value in alert.values.items()),
        dashboard=alert.dashboard_url,
        panel=alert.panel_url,
        silence=alert.silence_url,
    )
    draft = replace(draft, message=draft.message or group.title, details={**draft.details, **links})
    if alert.labels.get("alertname") == "TestAlert":
        return replace(draft, state="test")
    if alert.labels.get("alertname") == _OWN_FAILURE:
        error = alert.annotations.get("Error", "") or draft.message
        return replace(draft, state="monitoring", message=error, error_text=False)
    return draft


def _of_legacy(rule: Legacy) -> Sequence[Draft]:
    """`alerting` and `ok`; a rule that is paused or pending says nothing."""
    matches: list[dict[str, Any]] = [each for each in rule.matches if isinstance(each, dict)]
    labels = dict(rule.tags)
    for match in matches:
        tags = match.get("tags")
        labels |= {str(name): str(value) for name, value in tags.items()} if isinstance(tags, dict) else {}
    if rule.state not in ("alerting", "ok", "no_data"):
        return []
    state: State = "resolved" if rule.state == "ok" else "firing"
    return [
        Draft(
            state="test" if rule.rule_name == _TEST_NAME else state,
            key=f"rule-{rule.rule_id or rule.rule_name}",
            service=service_in(labels),
            environment=environment_in(labels),
            message=rule.message or rule.title,
            error_text=False,
            url=rule.rule_url,
            severity=first_of(labels, SEVERITY),
            details=said(
                alertname=rule.rule_name,
                values=", ".join(f"{match.get('metric')}={match.get('value')}" for match in matches),
            ),
        )
    ]


SOURCE = Source(
    "grafana",
    read,
    signed=Signed("x-grafana-alerting-signature", timestamp_header="x-grafana-alerting-timestamp"),
    takes="the default body of a Grafana webhook contact point, with its `alerts`",
)
