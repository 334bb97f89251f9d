"""Grafana alerting: Alertmanager's shape with more around it, or the body of legacy alerting (before version 9).

The body is signed when a secret is set there.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urljoin

from pydantic import Field

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.labels import SEVERITY, about, first_of, service_in
from service.intake.lenient import Draft, Fields, Items, Labels, Objects, Sent, Text, is_over, said
from service.intake.sources import alertmanager
from service.intake.webhook_signature import Signed

_OWN_FAILURE = "DatasourceError"
_VALUE = re.compile(r"var='([^'\s]{1,50})'(?:(?!var=').){0,2000}?\bvalue=([^\s\]]{1,50})")
"""One number of `valueString`, which older versions send and newer ones send beside `values`."""
_SITE = re.compile(r"https?://[^/?#\s]{1,300}/")
_BRACKETS = re.compile(r"^\[[^\]]{1,40}\] ?")
"""`[FIRING:2]` before a title."""
_SILENT = frozenset({"paused", "pending", "unknown"})
_TEST_NAME = "Test notification"
"""The rule of the button Send Test in legacy alerting."""


class One(alertmanager.One):
    """An alert with its numbers and with links."""

    values: Fields
    value_string: Text
    silence_url: Text
    dashboard_url: Text
    panel_url: Text


class Body(alertmanager.Body):
    """Alertmanager's group with a title."""

    alerts: Annotated[list[One], Objects] = Field(max_length=alertmanager.MOST_ALERTS)  # type: ignore[assignment]  # narrower
    title: Text
    message: Text
    external_url: Text


class Legacy(Sent):
    """One rule of legacy alerting."""

    rule_name: Text
    rule_url: Text
    rule_id: Text
    state: Text
    message: Text
    title: Text
    tags: Labels
    eval_matches: Items


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """Every alert of the group; the button "Test" of a contact point sends one named TestAlert."""
    if "alerts" not in document and ("ruleName" in document or "evalMatches" in document):
        return _of_legacy(Legacy.model_validate(document))
    group = Body.model_validate(alertmanager.whole(document))
    return alertmanager.open_ones(
        [_draft(group, alert) for alert in group.alerts if not alertmanager.is_heartbeat(group, alert)]
    )


def _draft(group: Body, alert: One) -> Draft:
    draft = alertmanager.draft(group, alert)
    links = said(
        values=", ".join(f"{name}={value}" for name, value in alert.values.items() or _numbers(alert.value_string)),
        dashboard=alert.dashboard_url,
        panel=alert.panel_url,
        silence=alert.silence_url,
    )
    # The button Test of version 12 gives an address relative to Grafana's own.
    url = urljoin(group.external_url, draft.url) if draft.url else ""
    draft = replace(draft, url=url, message=draft.message or _said_of(group), details={**draft.details, **links})
    if alert.labels.get("alertname") == "TestAlert":
        return replace(draft, state="test")
    if alert.labels.get("alertname") == _OWN_FAILURE:
        error = alert.annotations.get("Error", "") or draft.message
        return replace(draft, state="monitoring", message=error, error_text=False)
    return draft


def _said_of(group: Body) -> str:
    """The title, unless it only counts the alerts."""
    counted = not _BRACKETS.sub("", group.title).strip()
    return (group.message if counted else "") or group.title


def _numbers(values: str) -> list[tuple[str, str]]:
    """`[ var='B' labels={...} value=17 ], ...` as pairs."""
    return [(found[1], found[2]) for found in _VALUE.finditer(values[:20_000])]


def _of_legacy(rule: Legacy) -> Sequence[Draft]:
    """A rule that is paused, pending or unknown says nothing; all but `ok` fires."""
    matches: list[dict[str, Any]] = [each for each in rule.eval_matches if isinstance(each, dict)]
    found = [{**rule.tags, **_tags(match)} for match in matches] or [rule.tags]
    labels = _common(found)
    services = {service_in(each) for each in found} - {""}
    # A template that leaves the state out may have it before the title.
    told = rule.state or next(iter(_BRACKETS.findall(rule.title)), "").strip("[] ")
    if told.lower() in _SILENT:
        return []
    state: State = "resolved" if is_over(told) else "firing"
    return [
        Draft(
            **about(labels) | {"service": services.pop() if len(services) == 1 else ""},
            state="test" if rule.rule_name == _TEST_NAME else state,
            key=_key(rule),
            former_key=_name(rule),
            siteless=not _SITE.match(rule.rule_url),
            message=rule.message or rule.title,
            error_text=False,
            url=rule.rule_url,
            severity=first_of(labels, SEVERITY),
            details=said(
                alertname=rule.rule_name,
                values=", ".join(f"{match.get('metric') or 'value'}={match.get('value')}" for match in matches),
            ),
        )
    ]


def _tags(match: Mapping[str, Any]) -> dict[str, str]:
    tags = match.get("tags")
    return {str(name): str(value) for name, value in tags.items()} if isinstance(tags, dict) else {}


def _common(found: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What no two series say differently: of several services the alert is about none alone."""
    said_there: dict[str, set[str]] = {}
    for each in found:
        for name, value in each.items():
            said_there.setdefault(name, set()).add(value)
    return {name: min(values) for name, values in said_there.items() if len(values) == 1}


def _key(rule: Legacy) -> str:
    """Another Grafana may use the same number and name."""
    name, site = _name(rule), _SITE.match(rule.rule_url)
    return f"{site[0] if site else ''}{name}" if name else ""


def _name(rule: Legacy) -> str:
    """The rule's number, or its name."""
    name = rule.rule_id or rule.rule_name or _BRACKETS.sub("", rule.title)
    return f"rule-{name}" if name else ""


SOURCE = Source(
    "grafana",
    read,
    templated=True,
    signed=Signed("x-grafana-alerting-signature", timestamp_header="x-grafana-alerting-timestamp"),
    takes="the default body of a Grafana webhook contact point, with its `alerts`",
)
