"""Times in a body that are not the alert's."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from service.intake.body_reading import read_body

OLD, NOW = "2020-01-01T00:00:00Z", "2026-11-30T10:00:00Z"
AT = datetime(2026, 11, 30, 10, tzinfo=UTC)


def _first_seen(**told: Any) -> datetime | None:  # noqa: ANN401 (any JSON)
    body = {"title": "order failed", "service": "shop", **told}
    (draft,) = read_body("generic", json.dumps(body).encode(), {}).drafts
    return draft.first_seen


@pytest.mark.parametrize(
    "told",
    [
        {"user_created_at": OLD},
        {"last_login_time": OLD},
        {"order": {"delivery_time": OLD}},
        {"order": {"started_at": OLD}},
        {"patient": {"created_at": OLD}},
        {"labels": {"created": OLD}},
        {"monitor": {"created_at": OLD}},
        {"thing": {"start_date": "2020-01-01", "start_time": "10:00"}},
    ],
)
def test_a_time_of_something_else_is_not_when_the_alert_began(told: dict[str, Any]) -> None:
    assert _first_seen(**told) is None
    assert _first_seen(**told, timestamp=NOW) == AT


@pytest.mark.parametrize(
    "told",
    [
        {"breach_time": NOW},
        {"outage_started_at": NOW},
        {"error": {"first_occurred_on": NOW}},
        {"heartbeat": {"time": NOW}},
        {"custom": {"triggered_at": NOW}},
        {"data": {"issue": {"start": NOW}}},
        {"date": "2026-11-30", "time": "10:00"},
    ],
)
def test_a_time_of_the_alert_is_read(told: dict[str, Any]) -> None:
    assert _first_seen(**told) == AT
