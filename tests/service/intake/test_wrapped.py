"""What relays and workflow tools put around a known sender's body."""

import json
from dataclasses import replace
from typing import Any

import pytest

from service.intake.sources import SOURCES
from tests.service.intake.cases import Case, cases

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


ENDS_ANY = {"event_action": "resolve", "routing_key": "x", "dedup_key": "victim"}


@pytest.mark.parametrize("inner", [OVER, ENDS_ANY, {"action": "Acknowledge", "alert": {"alertId": "1"}}])
@pytest.mark.parametrize("name", ["message", "event"])
@pytest.mark.parametrize("around", [{"level": "error", "app": "shop"}, {"app": "shop"}, {"timestamp": 1772438400}])
def test_the_words_of_a_log_record_are_no_body(name: str, inner: object, around: dict[str, Any]) -> None:
    (read,) = told({**around, name: json.dumps(inner)})
    assert read == ("firing", json.dumps(inner))


def test_a_service_named_outside_is_that_of_the_alert() -> None:
    (notice,) = Case("generic", "wrapped", {"service": "shop", "payload": OVER}).notices()
    assert (notice.state, notice.alert.service) == ("resolved", "shop")


def test_of_two_bodies_in_one_none_is_chosen() -> None:
    assert told({"data": ALARM, "body": OVER}) == [("firing", "too high")]


def relayed(case: Case, body: object) -> Case:
    return replace(case, body={"headers": {"host": "x"}, "params": {}, "query": {}, "body": body})


@pytest.mark.parametrize("source", sorted(set(SOURCES) - {"generic", "redtide"}))
def test_at_its_own_address_too_a_senders_body_is_read_through_what_stands_around_it(source: str) -> None:
    bodies = [case for case in cases() if case.source == source and case.alerts and isinstance(case.body, dict)][:15]
    assert bodies
    for case in bodies:
        expected = case.read().drafts
        assert relayed(case, case.body).read().drafts == expected, case.about
        assert relayed(case, json.dumps(case.body)).read().drafts == expected, case.about


def test_what_nobody_understands_is_refused_for_what_was_sent() -> None:
    (error,) = Case("pagerduty", "wrapped", {"body": {"order": 7}}).read().errors or ()
    assert error["loc"] == ("event",)


def test_our_own_form_is_read_only_as_it_is() -> None:
    (case, *_) = (case for case in cases() if case.source == "redtide" and case.alerts)
    assert relayed(case, case.body).read().errors
