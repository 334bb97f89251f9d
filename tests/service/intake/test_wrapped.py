"""What relays and workflow tools put around a known sender's body."""

import json
from typing import Any

import pytest

from tests.service.intake.cases import Case

ALARM = {"AlarmName": "cpu", "NewStateValue": "ALARM", "NewStateReason": "too high"}
OVER = ALARM | {"NewStateValue": "OK"}


def told(body: object) -> list[tuple[str, str]]:
    return [(notice.state, notice.alert.message) for notice in Case("generic", "wrapped", body).notices()]


@pytest.mark.parametrize(
    "body",
    [
        {"specversion": "1.0", "id": "7", "type": "acme.alert", "source": "/relay", "subject": "cpu", "data": ALARM},
        {"headers": {"host": "x"}, "params": {}, "query": {"a": "b"}, "body": ALARM, "executionMode": "production"},
        {"event": "alert.fired", "payload": json.dumps(ALARM)},
        {"type": "relayed", "data": {"timestamp": "2026-03-02T08:14:55Z", "payload": ALARM}},
    ],
)
def test_a_known_body_is_read_through_what_stands_around_it(body: object) -> None:
    assert told(body) == [("firing", "cpu: too high")]


@pytest.mark.parametrize(
    "around",
    [
        {"error": "KeyError: 'x'"},
        {"message": "cart failed", "level": "error"},
        {"stack_trace": "KeyError: 'x'\n  at cart"},
        {"order": {"id": 7}, "title": "cart failed"},
    ],
)
def test_what_was_sent_to_a_program_that_failed_ends_nothing(around: dict[str, Any]) -> None:
    for name in ("body", "data", "payload"):
        states = [state for state, _ in told({**around, name: OVER})]
        assert states in (["firing"], []), name


def test_of_two_bodies_in_one_none_is_chosen() -> None:
    assert told({"data": ALARM, "body": OVER}) == [("firing", "too high")]
