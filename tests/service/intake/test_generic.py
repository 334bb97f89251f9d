"""Bodies of no known form: what is found in them, and what is not made of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.intake.field_search import FieldSearch
from service.intake.generic_place import revision_told, service_in
from service.intake.generic_reading import began, link_in, state_in, title_in
from service.intake.lenient import NotUnderstood
from service.intake.sources.generic import read
from service.intake.tracker_frames import frames_in
from tests.service.intake.generic_drafts import TRACE, only


@pytest.mark.parametrize("holder", ["data", "event", "alert", "payload", "incident", "details"])
def test_what_only_holds_the_rest_together_is_no_depth(holder: str) -> None:
    draft = only({"id": "1", holder: {"title": "card refused", "service": "pay", "severity": "high"}})
    assert (draft.message, draft.service, draft.severity) == ("card refused", "pay", "high")


def test_what_stands_nearer_to_the_top_counts_first() -> None:
    assert title_in(FieldSearch({"rule": {"title": "5xx"}, "message": "card refused"})) == "card refused"
    assert title_in(FieldSearch({"rule": {"title": "5xx"}, "message": ""})) == "5xx"


def test_of_two_commits_the_one_nearer_to_the_top_counts() -> None:
    deeper, nearer = "3f9a1c20b6d1", "a1b2c3d4e5f6"
    assert revision_told(FieldSearch({"x": {"y": {"git_sha": deeper}}, "z": {"git_sha": nearer}})) == nearer


def test_of_the_same_depth_the_better_name_counts() -> None:
    assert title_in(FieldSearch({"name": "rule 7", "failureReason": "card refused"})) == "card refused"
    assert title_in(FieldSearch({"name": "rule 7", "event": "created"})) == "rule 7"
    assert title_in(FieldSearch({"subject": "You have a new alert!", "description": "disk full"})) == "disk full"
    assert title_in(FieldSearch({"message": "OK", "check_name": "queue"})) == "queue"
    assert title_in(FieldSearch({"title": "New alert"})) == "New alert"
    assert title_in(FieldSearch({"name": "rule 7", "event": "the card was refused"})) == "the card was refused"


@pytest.mark.parametrize(
    ("document", "state"),
    [
        ({"status": "resolved"}, "resolved"),
        ({"type": "alert.resolved"}, "resolved"),
        ({"alert_type": "ALERT_RECOVERY"}, "resolved"),
        ({"monitorCondition": "Resolved"}, "resolved"),
        ({"state": "UP"}, "resolved"),
        ({"is_resolved": True}, "resolved"),
        ({"event": "API check 1 has recovered"}, "resolved"),
        ({"event": "the error rate went up again"}, "firing"),
        ({"event": "could not be resolved"}, "firing"),
        ({"event": "ack failed"}, "firing"),
        ({"type": "AlertResolved"}, "resolved"),
        ({"period": {"state": "UP"}}, "resolved"),
        ({"type": "error", "status": 200}, "firing"),
        ({"previous_state": "up", "current_state": "down"}, "firing"),
        ({"resolved": False, "status": "open"}, "firing"),
        ({"type": "test"}, "test"),
        ({"event": "test failed"}, "firing"),
        ({"action": "acknowledged", "alert_id": "7"}, None),
        ({"event": "incident.acknowledged"}, None),
        ({"action": "acknowledged"}, "firing"),
        ({"state": "not ok"}, "firing"),
        ({"state": "OK -> CRITICAL"}, "firing"),
        ({"state": "ok to alert"}, "firing"),
        ({"state": "CRITICAL -> OK"}, "resolved"),
        ({"status": "success rate low"}, "firing"),
        ({"type": "deploy_failed"}, "firing"),
        ({"status": "Down ended (now: Up)"}, "resolved"),
        ({"status": "DOWN (was UP)"}, "firing"),
        ({"status": "up (previously down)"}, "resolved"),
        ({"event_type": "HEALTH_RULE_VIOLATION_ENDED"}, "resolved"),
        ({"event_type": "POLICY_CLOSE_CRITICAL"}, "resolved"),
        ({"event_type": "order_ended"}, "firing"),
        ({"monitor_status": "online"}, "resolved"),
        ({"is_up": 1}, "resolved"),
        ({"is_ok": 0}, "firing"),
        ({"message": "cpu", "level": "OK"}, "resolved"),
        ({"message": "cpu", "severity": "normal"}, "firing"),
        ({"message": "cpu", "severity": "clear", "status": "firing"}, "firing"),
        ({"data": {"snitch": {"name": "backup", "status": "healthy"}}}, "resolved"),
        ({"message": "paid", "data": {"order": {"status": "closed"}}}, "firing"),
        ({"NOTIFICATIONTYPE": "RECOVERY", "SERVICESTATE": "OK"}, "resolved"),
        ({"NOTIFICATIONTYPE": "ACKNOWLEDGEMENT", "SERVICESTATE": "CRITICAL", "alert_id": "7"}, None),
        ({}, "firing"),
    ],
)
def test_the_state_is_a_word_of_the_sender_and_no_word_of_a_sentence(
    document: dict[str, Any], state: str | None
) -> None:
    assert state_in(FieldSearch(document), keyed="alert_id" in document) == state


@pytest.mark.parametrize(
    ("document", "at"),
    [
        ({"firedDateTime": "2026-03-02T08:14:55Z", "resolvedDateTime": "2026-03-02T09:14:55Z"}, "2026-03-02T08:14:55"),
        ({"lastOccurredOn": "2026-03-02T09:14:55Z", "firstOccurredOn": "2026-03-02T08:14:55Z"}, "2026-03-02T08:14:55"),
        ({"event_date": "2026.03.02", "event_time": "08:14:55"}, "2026-03-02T08:14:55"),
        ({"timestamp": "2026/03/02 08:14:55 GMT"}, "2026-03-02T08:14:55"),
        ({"ts": "1772439295.5"}, "2026-03-02T08:14:55.500000"),
        ({"updated_at": "2026-03-02T08:14:55Z"}, "2026-03-02T08:14:55"),
        ({"response_time": 258, "time": "soon"}, None),
    ],
)
def test_the_beginning_is_found_under_any_name_for_it(document: dict[str, Any], at: str | None) -> None:
    found = began(FieldSearch(document))
    assert (found.isoformat().removesuffix("+00:00") if found else None) == at


@pytest.mark.parametrize(
    ("document", "link"),
    [
        ({"image_url": "https://x.org/a.png", "alert_url": "https://x.org/1"}, "https://x.org/1"),
        ({"monitor": {"url": "https://shop.org/x"}, "rca_link": "https://x.org/2"}, "https://x.org/2"),
        ({"url": "https://x.org"}, ""),
        ({"url": "javascript:alert(1)"}, ""),
        ({"request": {"url": "https://shop.org/pay"}}, ""),
    ],
)
def test_a_link_is_a_page_about_the_alert(document: dict[str, Any], link: str) -> None:
    assert link_in(FieldSearch(document)) == link


def test_who_sends_is_the_service_only_if_nothing_else_is_and_it_is_a_name() -> None:
    assert service_in(FieldSearch({"source": "orders"})) == "orders"
    assert service_in(FieldSearch({"source": "orders", "project": {"name": "pay"}})) == "pay"
    assert service_in(FieldSearch({"source": "POST /api/v1/invoices"})) == ""


def test_a_number_is_no_service_and_a_pod_names_its_workload() -> None:
    assert service_in(FieldSearch({"project_id": "4711", "labels": {"pod": "pay-6d5f8b9c7-x2x4z"}})) == "pay"
    assert service_in(FieldSearch({"project_id": "208c5e92-f250-40be-b7c2-50508c268c15"})) == ""
    assert service_in(FieldSearch({"project_id": "pay"})) == "pay"


def test_the_id_of_an_item_of_a_list_of_alerts_tells_it_from_the_others() -> None:
    keys = [draft.key for draft in read({"id": "9", "alerts": [{"id": 1, "title": "a"}, {"id": 2, "title": "b"}]})]
    assert keys == ["1", "2"]
    assert only({"id": "9", "title": "a"}).key == ""
    assert only({"event_type": "incident.opened", "id": "9", "data": {"id": "INC-1", "title": "a"}}).key == "INC-1"


def test_the_word_error_in_the_kind_of_a_body_does_not_hide_its_state() -> None:
    assert state_in(FieldSearch({"event": "error_activity", "error": {"status": "Ignored"}})) is None
    assert state_in(FieldSearch({"type": "alert", "incident": {"status": "resolved"}})) == "resolved"


OF_ANOTHER = [
    {"circuit_breaker": {"state": "closed"}},
    {"health": {"db": {"status": "UP"}}},
    {"response": {"status": "success"}},
    {"order": {"status": "closed"}},
    {"address": {"resolved": True}},
    {"request": {"parameters": {"action": "close"}}},
    {"params": {"action": "close"}},
    {"context": {"status": "closed"}},
    {"tags": ["status:closed"]},
    {"data": {"status": "closed"}},
    {"event": "connection closed"},
    {"event": {"action": "close"}},
    {"type": "ResolveError"},
    {"type": "ConnectionClosed"},
    {"queue": {"action": "ack"}},
    {"user": {"state": "muted"}},
    {"job": {"type": "ping"}},
]
"""What is said of something else than the alert."""


@pytest.mark.parametrize("beside", [*OF_ANOTHER, {"action": "close"}, {"action": "deploy"}, {"event": "ping"}])
@pytest.mark.parametrize("error", [{"stack_trace": TRACE}, {"error_type": "ValueError"}, {"error": "ValueError: bad"}])
def test_no_error_is_over_because_something_beside_it_is(error: dict[str, Any], beside: dict[str, Any]) -> None:
    assert only({"service": "checkout", "message": "pay failed", **error, **beside}).state == "firing"


@pytest.mark.parametrize("beside", OF_ANOTHER)
def test_no_report_without_an_error_is_over_because_something_in_it_is(beside: dict[str, Any]) -> None:
    assert only({"service": "checkout", "message": "pay failed", "severity": "critical", **beside}).state == "firing"


@pytest.mark.parametrize(
    "told",
    [
        {"status": "resolved", "alert_id": "7"},
        {"state": "closed", "alert_id": "7"},
        {"resolved": True, "alert_id": "7"},
        {"event": "incident.resolved"},
        {"event": "issue.closed", "alert_id": "7"},
        {"event_action": "resolve"},
        {"alert_type": "ALERT_RECOVERY"},
        {"alert": {"status": "resolved"}},
        {"alert_id": "7", "data": {"status": "resolved", "error": {"type": "ValueError", "stack": TRACE}}},
    ],
)
def test_an_error_is_over_when_the_alert_is(told: dict[str, Any]) -> None:
    assert only({"title": "t", "stack_trace": TRACE, **told}).state == "resolved"
    assert read({"title": "t", "stack_trace": TRACE, "alert_status": "acknowledged"}) == []


def test_the_names_of_our_own_form_for_both_revisions_are_read() -> None:
    draft = only({"title": "t", "deployed": "a76f85c30b1d", "base": "b16d21700c2e"})
    assert (draft.revision, draft.base) == ("a76f85c30b1d", "b16d21700c2e")
    assert only({"title": "t", "base": "https://x.org"}).base == ""


def test_a_list_of_alerts_is_one_draft_each_with_what_stands_around_it() -> None:
    drafts = read({"env": "qa", "alerts": [{"title": "a"}, {"title": "b", "env": "dev"}]})
    assert [(draft.message, draft.environment) for draft in drafts] == [("a", "qa"), ("b", "dev")]


def test_an_id_of_the_delivery_is_not_the_name_of_what_fires() -> None:
    assert only({"title": "t", "id": "7f3", "event_id": "9"}).key == ""
    assert only({"title": "t", "alert": {"id": "7f3"}}).key == "7f3"


def test_a_body_of_a_known_sender_is_read_as_that() -> None:
    body = {
        "alerts": [{"status": "firing", "labels": {"alertname": "A", "job": "pay"}, "annotations": {"summary": "s"}}]
    }
    assert (only(body).service, only(body).details["alertname"]) == ("pay", "A")


@pytest.mark.parametrize("document", [{}, {"ok": True}, {"a": {"b": [1, 2]}}, {"title": "   "}, {"title": None}])
def test_what_says_nothing_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        read(document)


@pytest.mark.parametrize(
    "row",
    [
        "app/cart.rb:41:in `total'",
        "[PROJECT_ROOT]/app/cart.rb:41:in 'total'",
        "app/cart.rb:41:in total",
        {"file": "[PROJECT_ROOT]/app/cart.rb", "number": "41", "method": "total"},
        {"filename": "app/cart.rb", "lineno": 41, "function": "total", "code": {"41": "sum"}},
        {"fileName": "app/cart.rb", "lineNumber": 41, "methodName": "total", "context_line": "sum"},
    ],
)
def test_a_frame_under_each_name_for_it(row: object) -> None:
    (frame,) = frames_in([row])
    assert (frame.file, frame.line, frame.function) == ("app/cart.rb", 41, "total")


def test_what_is_no_frame_is_left_out() -> None:
    assert frames_in([None, 3, "a sentence", {}, []]) == []
    assert frames_in("app/cart.rb:41") == []


@pytest.mark.parametrize("thing", ["monitor", "workflow", "site", "pipeline", "task", "check"])
@pytest.mark.parametrize("form", ["{}_name", "{}Label", "{}_title", "{}DisplayName"])
def test_what_is_watched_is_named_in_any_of_the_forms(thing: str, form: str) -> None:
    assert only({"message": "it is down", form.format(thing): "Shop"}).service == "Shop"


@pytest.mark.parametrize("flag", ["fixed", "cleared", "is_resolved", "recovered"])
def test_a_flag_says_that_it_is_over(flag: str) -> None:
    told = {"title": "Load is high", "alert_id": "a-1"}
    assert (only(told | {flag: True}).state, only(told | {flag: False}).state) == ("resolved", "firing")


@pytest.mark.parametrize(("name", "service"), [("attributes", "Payments"), ("fields", "")])
def test_names_and_values_in_a_list_are_labels(name: str, service: str) -> None:
    pairs = [{"name": "Environment", "value": "staging"}, {"name": "service", "value": {"label": "Payments"}}]
    told = only({"title": "t t t", name: pairs})
    assert (told.service, told.environment) == (service, "staging")


def test_what_the_alert_says_comes_before_the_error_and_that_before_a_name() -> None:
    failed = {"workflow": {"name": "nightly"}, "run": {"last_error": {"message": "no such table"}}}
    assert only(failed).message == "no such table"
    assert only(failed | {"summary": "Run failed"}).message == "Run failed"


def test_errors_beside_words_of_the_body_are_one_alert() -> None:
    errors = [{"type": "HTTPError", "message": "500"}, {"type": "ValueError", "message": "x"}]
    told = only({"message": "Action failed", "errors": errors})
    assert (told.message, told.trace.exception if told.trace else "") == ("Action failed", "HTTPError")
    assert len(read({"errors": errors})) == 2


@pytest.mark.parametrize("name", ["violated_at", "issued_at", "when", "lastUpdated", "seen"])
def test_a_date_with_a_time_of_day_is_when_it_began_under_any_name(name: str) -> None:
    told = only({"title": "Load is high", name: "2026-03-02T08:14:55Z"})
    assert told.first_seen == datetime(2026, 3, 2, 8, 14, 55, tzinfo=UTC)


@pytest.mark.parametrize("name", ["expires_at", "user_created_at", "resolved_at", "next_check"])
def test_a_time_of_something_else_is_not(name: str) -> None:
    assert only({"title": "Load is high", name: "2026-03-02T08:14:55Z"}).first_seen is None


def test_a_class_beside_its_file_and_line_is_an_error() -> None:
    thrown = {"class": "ErrorException", "message": "no route", "file": "app/Home.php", "line": 12}
    told = only({"event": "error_occurred", "application": {"name": "Shop"}, "payload": thrown})
    assert told.trace
    assert (told.trace.exception, told.trace.frames[0].line, told.service) == ("ErrorException", 12, "Shop")
