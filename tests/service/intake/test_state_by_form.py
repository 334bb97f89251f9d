"""The ends of Uptime Kuma and of Splunk On-Call, which have no word for a state that counts elsewhere."""

from typing import Any

import pytest

from service.intake.lenient import Draft
from service.intake.sources.generic import read


def only(body: dict[str, Any]) -> Draft:
    (draft,) = read(body)
    return draft


def kuma(status: int, said: str) -> dict[str, Any]:
    return {
        "heartbeat": {"monitorID": 5, "status": status, "time": "2026-11-30 13:00:00", "msg": "x", "important": True},
        "monitor": {"id": 5, "name": "Billing site", "url": "https://billing.acme.org", "type": "http"},
        "msg": f"[Billing site] [{said}] x",
    }


def on_call(kind: str) -> dict[str, Any]:
    return {"incident_number": "5", "message_type": kind, "entity_id": "disk/db1", "state_message": "disk is full"}


def icinga(kind: str, said: str) -> dict[str, Any]:
    return {"host": "web-1", "service": "http", "notification_type": kind, "check_result": {"output": said}}


@pytest.mark.parametrize(
    ("fired", "ended"),
    [
        (kuma(0, "🔴 Down"), kuma(1, "✅ Up")),
        (on_call("CRITICAL"), on_call("RECOVERY")),
        (icinga("PROBLEM", "HTTP CRITICAL"), icinga("RECOVERY", "HTTP OK")),
    ],
)
def test_the_end_names_the_alert_that_fired(fired: dict[str, Any], ended: dict[str, Any]) -> None:
    first, last = only(fired), only(ended)
    assert (first.state, last.state) == ("firing", "resolved")
    assert first.key
    assert first.key == last.key


@pytest.mark.parametrize(
    "body",
    [
        kuma(2, "Pending"),
        {"title": "bus", "heartbeat": {"status": 1}},
        {"title": "bus", "message_type": "RECOVERY"},
        {"title": "bus", "queue": on_call("RECOVERY")},
        {"level": "error", "message": "bus", **on_call("RECOVERY")},
    ],
)
def test_what_only_resembles_one_is_firing(body: dict[str, Any]) -> None:
    assert only(body).state == "firing"


def test_maintenance_is_neither_trouble_nor_its_end() -> None:
    assert read(kuma(3, "Maintenance")) == []


def test_two_checks_of_a_host_are_two_alerts_and_a_log_of_a_host_has_no_key() -> None:
    http, disk = icinga("PROBLEM", "x"), icinga("PROBLEM", "x") | {"service": "disk"}
    assert only(http).key != only(disk).key
    assert not only({"host": "web-1", "service": "http", "message": "x", "level": "error"}).key
