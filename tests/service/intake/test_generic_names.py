"""Which of several names counts in a body of no known form."""

from typing import Any

import pytest

from service.intake.lenient import Draft, NotUnderstood, moment_of
from service.intake.sources.generic import read

T = "2026-03-02T08:14:55Z"


def only(body: dict[str, Any]) -> Draft:
    (draft,) = read(body)
    return draft


def test_an_end_that_names_its_alert_alone_ends_it_and_one_that_names_none_is_refused() -> None:
    found = only({"status": "resolved", "alert_id": "7"})
    assert (found.state, found.key) == ("resolved", "7")
    with pytest.raises(NotUnderstood):
        read({"status": "resolved"})
    with pytest.raises(NotUnderstood):
        read({"status": "firing", "alert_id": "7"})


@pytest.mark.parametrize(
    ("body", "service"),
    [
        ({"title": "x", "name": "Shop", "url": "https://shop.acme.org"}, "Shop"),
        ({"title": "x", "name": "High load", "url": "https://mon.acme.org/alerts/1"}, ""),
        ({"title": "x", "notifier": {"name": "client", "url": "https://client.acme.org"}}, ""),
        ({"title": "x", "monitor_name": "load", "tags": ["service:shop"]}, "shop"),
        ({"title": "x", "service": "own", "labels": {"service": "shop"}}, "own"),
        ({"title": "x", "source": "prometheus"}, ""),
        ({"title": "x", "source": "aws.ecs"}, ""),
        ({"title": "x", "target": "billing::pay"}, ""),
        ({"title": "x", "check": {"metadata": {"name": "http"}}}, "http"),
    ],
)
def test_what_names_the_service(body: dict[str, Any], service: str) -> None:
    assert only(body).service == service


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"message": "charge failed", "metadata": {"summary": "a label"}}, "charge failed"),
        ({"service_description": "HTTP", "output": "HTTP CRITICAL"}, "HTTP CRITICAL"),
        ({"short_description": "Errors", "description": "more than five"}, "Errors"),
        ({"alert_subject": "Problem: disk", "alert_message": "much more"}, "Problem: disk"),
        ({"event": "heartbeat.missed", "monitor": {"id": "1", "name": "Import"}}, "heartbeat.missed"),
        ({"event": "heartbeat.up", "monitor": {"id": "1", "name": "Import"}}, "Import"),
    ],
)
def test_what_happened(body: dict[str, Any], title: str) -> None:
    assert only(body).message == title


@pytest.mark.parametrize(
    "body",
    [
        {"title": "x", "timestamp": "2026-03-02T09:00:00Z", "downtime": {"started_at": T}},
        {"title": "x", "date": "2026-03-02", "long_date_time": T},
        {"title": "x", "queryStartTime": "2026-03-02T08:00:00Z", "timestamp": T},
        {"title": "x", "dateTime": "20260302081455"},
        {"title": "x", "instant": {"epochSecond": 1772439295}},
    ],
)
def test_when_it_began(body: dict[str, Any]) -> None:
    assert only(body).first_seen == moment_of(T)


@pytest.mark.parametrize("text", ["20269902081455", "20260302081465", "12345678901234"])
def test_digits_that_are_no_day_are_not_read_as_one(text: str) -> None:
    found = moment_of(text)
    assert found is None or found.year > 2286


@pytest.mark.parametrize(
    ("kind", "state"),
    [("FIRING_TO_OK", "resolved"), ("OK_TO_FIRING", "firing"), ("uptimeCheckRecoveredNotification", "resolved")],
)
def test_a_change_is_what_it_becomes(kind: str, state: str) -> None:
    assert only({"title": "x", "alert_id": "7", "type": kind}).state == state


def test_a_known_senders_numbers_are_not_taken_for_its_words() -> None:
    incident = {"incident_number": 9, "title": "Errors", "status": 1, "service": {"name": "shop"}}
    assert only({"payload": {"event_type": "triggered", "incident": incident}}).message == "Errors"
