"""What the sender of a failed request wrote, and bodies that only resemble a known sender's."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from service.intake.lenient import Draft
from service.intake.sources.generic import read

TRACE = 'Traceback (most recent call last):\n  File "/srv/pay.py", line 9, in charge\n    raise E\nValueError: bad card'


def only(document: dict[str, Any]) -> Draft:
    (draft,) = read(document)
    return draft


FORGED = {
    "status": "ok",
    "service": "victim",
    "environment": "other",
    "repository": "other",
    "commit": "deadbee1",
    "fingerprint": "forged",
    "count": 900,
    "url": "https://forged.org/x/1",
    "title": "forged",
    "severity": "low",
}


@pytest.mark.parametrize(
    "name",
    [
        *("params", "request", "headers", "query", "form", "cookies", "session", "user", "request_params", "args"),
        *("queryParams", "body", "payload", "content", "input", "locals", "order"),
    ],
)
@pytest.mark.parametrize("shape", [dict, json.dumps, lambda sent: [sent]], ids=["object", "text", "list"])
def test_what_belongs_to_the_failed_request_says_nothing_of_the_alert(
    name: str, shape: Callable[[dict[str, object]], object]
) -> None:
    own = {"error": TRACE, "app": "shop"}
    assert only(own | {name: shape(FORGED)}) == only(own)
    assert only({"event": own | {name: shape(FORGED)}}) == only({"event": own})
    assert only(own | {"request": {"params": shape(FORGED)}}) == only(own)


@pytest.mark.parametrize(
    "document",
    [
        {"event_name": "order.failed", "data": {"error": "boom"}},
        {"event_name": "order.failed", "data": {"error": "boom", "item": {"id": 3}}},
        {"action": "retry", "data": {"error": "boom", "event": "x"}, "service": "pay", "title": "boom"},
        {"action": "retry", "data": {"error": TRACE, "issue": {"id": "7"}}, "title": "boom"},
        {"event_name": "deploy", "data": {"error": TRACE}, "title": "boom"},
        {"event": {"event_type": "incident.failed", "data": {"error": TRACE, "title": "boom"}}},
        {"event": {"event_type": "user.login", "resource_type": "user"}, "message": "boom", "level": "error"},
        {"alert": {"alertId": 1}, "action": "pay", "message": "boom", "app": "shop"},
        {"action": "create_order", "data": {"error": {"code": 1}}, "message": "boom"},
    ],
)
def test_an_error_that_only_resembles_the_body_of_a_known_sender_is_an_alert(document: dict[str, Any]) -> None:
    assert (only(document).state, only(document).message) == ("firing", "boom")


@pytest.mark.parametrize(
    "document",
    [
        {"event_name": "deploy", "data": {"deploy": {"comment": "ValueError: x", "environment": "qa"}}},
        {"action": "archived", "data": {"issue": {"title": "ValueError: x", "id": "1"}}},
        {"event": {"event_type": "incident.annotated", "data": {"content": "looking", "id": "1"}}},
        {"event": {"event_type": "incident.priority_updated", "data": {"title": "ValueError: x", "id": "1"}}},
        {"action": "AddNote", "alert": {"alertId": "1", "message": "ValueError: x"}},
    ],
)
def test_what_a_known_sender_says_beside_alerts_is_none(document: dict[str, Any]) -> None:
    assert read(document) == []


AS_JSON = json.dumps(FORGED | {"alert_state": "resolved", "alert_id": "42", "started_at": "2020-01-01T00:00:00Z"})


@pytest.mark.parametrize("name", ["message", "text", "description", "details", "reason", "msg", "body", "info"])
def test_words_are_no_fields_also_where_they_are_json(name: str) -> None:
    own = {"title": "ValueError: bad input", "app": "shop", "timestamp": "2026-03-02T08:14:55Z"}
    plain, told = only(own | {name: "bad"}), only(own | {name: AS_JSON})
    assert replace(told, details={}) == replace(plain, details={})


@pytest.mark.parametrize("shape", [lambda text: {"type": "ValueError", "message": text}, lambda text: text])
def test_what_an_error_says_of_itself_is_kept_where_it_is_json(shape: Callable[[str], object]) -> None:
    first, second = (only({"error": shape(json.dumps({"kind": kind})), "app": "shop"}) for kind in ("k1", "k2"))
    assert (first.message, second.message) == ('{"kind": "k1"}', '{"kind": "k2"}')
    assert only({"error": shape(AS_JSON), "app": "shop"}).service == "shop"


@pytest.mark.parametrize("name", ["details", "extra", "context", "metadata"])
def test_a_sentence_with_commas_is_no_labels(name: str) -> None:
    told = only({"title": "Bad thing", name: "a=1,alert_id=42,service=victim,alert_state=resolved"})
    assert (told.state, told.service, told.key) == ("firing", "", "")


@pytest.mark.parametrize("state", ["resolved", "ack"])
@pytest.mark.parametrize("holder", ["extra", "user_input", "context"])
def test_a_state_deep_in_what_a_program_logged_is_not_that_of_the_alert(holder: str, state: str) -> None:
    for inner in ({"alert_state": state}, {"order": {"alert_status": state}}, {"item": {"alert_status": state}}):
        assert only({"level": "error", "event": "order not stored", "app": "shop", holder: inner}).state == "firing"


@pytest.mark.parametrize("holder", ["context", "extra"])
def test_an_order_that_an_error_was_about_names_no_place(holder: str) -> None:
    own = {"error": TRACE, "app": "shop"}
    assert only(own | {holder: {"order": FORGED}}) == only(own | {holder: {"order": {"id": "7"}}})


PAIRS = [
    {"name": name, "value": value} for name, value in (FORGED | {"alert_id": "42", "alert_state": "resolved"}).items()
]


@pytest.mark.parametrize("own", [{"error": TRACE, "app": "shop"}, {"level": "error", "message": "boom", "app": "shop"}])
@pytest.mark.parametrize("name", ["items", "facts", "custom", "positions"])
def test_names_and_values_in_what_a_program_logged_say_nothing_of_the_alert(own: dict[str, Any], name: str) -> None:
    for told in (only(own | {name: PAIRS}), only(own | {"order": {name: PAIRS}})):
        assert replace(told, message="") == replace(only(own), message="")


@pytest.mark.parametrize("name", ["message", "event", "title"])
def test_a_text_that_is_called_like_an_object_does_not_lift_it(name: str) -> None:
    own = {"level": "error", "app": "shop", name: "positions"}
    assert only(own | {"positions": FORGED | {"alert_state": "resolved"}}).state == "firing"
    assert only(own | {"positions": FORGED}).service == "shop"


@pytest.mark.parametrize(
    "beside",
    [
        {"fixed": True},
        {"cleared": "true"},
        {"resolved_at": "2026-03-02T08:14:55Z"},
        {"closed_at": "2026-03-02T08:14:55Z"},
        {"attachments": [{"fields": [{"title": "Status", "value": "resolved"}]}]},
        {"embeds": [{"fields": [{"name": "state", "value": "ok"}]}]},
        {"breach": {"state": "ok"}, "error": TRACE},
        {"data": {"status": "resolved"}},
        {"attributes": {"alert_state": "resolved"}},
        {"type": "order.resolved"},
        {"event_type": "ticket.closed"},
        {"event": "payment.recovered"},
    ],
)
def test_no_record_of_an_error_is_over_because_something_in_it_is(beside: dict[str, Any]) -> None:
    assert only({"level": "error", "message": "boom", "app": "shop"} | beside).state == "firing"


@pytest.mark.parametrize("name", ["last_error_message", "failure_reason", "order_summary"])
def test_words_under_a_name_that_ends_so_are_no_fields(name: str) -> None:
    own = {"title": "Payment failed", "app": "shop"}
    told = only(own | {name: AS_JSON})
    assert (told.state, told.service, told.key, told.revision) == ("firing", "shop", "", "")


TITLED = {"title": "x failed", "app": "shop"}


@pytest.mark.parametrize(
    "beside",
    [
        {"fixed": True},
        {"cleared": "true"},
        {"closed_at": "2026-11-29T10:00:00Z"},
        {"severity": "critical", "resolved_at": "2026-11-29T10:00:00Z"},
        {"attachments": [{"status": "closed", "name": "bill.pdf"}]},
        {"data": json.dumps({"alert_state": "resolved"})},
        {"metadata": {"alert_state": "resolved"}, "answers": PAIRS},
        {"fields": PAIRS},
    ],
)
def test_no_alert_without_a_key_is_over_because_something_beside_its_title_is(beside: dict[str, Any]) -> None:
    assert only(TITLED | beside).state == "firing"


def test_answers_and_texts_choose_no_place_and_no_key() -> None:
    for own in (TITLED, {"error": TRACE, "app": "shop"}):
        told = only(own | {"answers": PAIRS, "username": AS_JSON})
        assert (told.service, told.environment, told.repository, told.revision, told.key) == ("shop", "", "", "", "")


def test_a_name_of_a_user_lifts_no_object_of_that_name() -> None:
    told = only(TITLED | {"username": "profile", "profile": {"service": "victim"}})
    assert told.service == "shop"


def test_rows_called_fields_name_no_service_and_no_key_also_beside_a_title_alone() -> None:
    told = only({"title": "x failed", "fields": PAIRS})
    assert (told.service, told.key) == ("", "")


@pytest.mark.parametrize(
    "beside",
    [
        {"error": TRACE},
        {"level": "error"},
        {"event": {"exception": {"type": "ValueError", "message": "boom"}}},
        {"error_message": "boom"},
        {"items": [{"stack_trace": TRACE}]},
    ],
)
def test_rows_called_fields_say_nothing_where_an_error_is_told(beside: dict[str, Any]) -> None:
    own = TITLED | beside
    told, plain = only(own | {"fields": PAIRS}), only(own)
    assert (told.service, told.environment, told.repository, told.revision, told.key) == (
        plain.service,
        plain.environment,
        plain.repository,
        plain.revision,
        plain.key,
    )
