"""Every adapter on what its sender posts: where a test of the collection of bodies says too little."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.intake import generic_error
from service.intake.lenient import Draft, NotUnderstood
from service.intake.sources import SOURCES
from tests.service.payloads import ALERTMANAGER, DATADOG, ELASTIC, GRAFANA, PAGERDUTY, SENTRY, TRACE
from tools.traces import parse

DOCS = Path(__file__).parents[3] / "docs" / "alert-sources.md"


def read(source: str, body: object) -> list[Draft]:
    return list(SOURCES[source].read(json.loads(json.dumps(body))))


def changed(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of `body` with one field changed."""
    copied = copy.deepcopy(body)
    *way, last = path.split(".")
    inner: Any = copied
    for step in way:
        inner = inner[int(step) if step.isdecimal() else step]
    inner[last] = value
    return copied


def test_alertmanager_sends_several_alerts_in_one_body() -> None:
    firing, resolved = read("alertmanager", ALERTMANAGER)
    assert (firing.state, firing.service, firing.environment) == ("firing", "checkout", "prod")
    assert (firing.message, firing.error_text) == ("5xx above 2%", False)
    assert firing.first_seen is not None
    assert (resolved.state, resolved.service, resolved.error_text) == ("resolved", "billing", True)
    assert resolved.stack_trace == TRACE


def test_grafana_sends_tests_too() -> None:
    assert [draft.state for draft in read("grafana", GRAFANA)] == ["firing"]
    test = changed(GRAFANA, "alerts.0.labels", {"alertname": "TestAlert", "instance": "Grafana"})
    assert [draft.state for draft in read("grafana", test)] == ["test"]


def test_frames_of_sentry_become_a_trace_that_is_read_back() -> None:
    (draft,) = read("sentry", SENTRY)
    trace = parse(draft.stack_trace)
    assert (draft.service, draft.environment, draft.revision, draft.key) == ("checkout", "staging", "3f9a1c2", "41190")
    assert (trace.exception, trace.message) == ("TypeError", "null given")
    assert [(frame.path, frame.line) for frame in trace.frames] == [("src/Cart.php", 88), ("index.php", 12)]


@pytest.mark.parametrize("platform", ["php", "python", "javascript", "node", "java", "ruby", "other"])
def test_frames_of_sentry_are_read_back_whatever_the_platform(platform: str) -> None:
    (draft,) = read("sentry", changed(SENTRY, "data.event.platform", platform))
    trace = parse(draft.stack_trace)
    assert trace.message == "null given"
    assert [frame.path.rpartition("/")[2] for frame in trace.frames] == ["Cart.php", "index.php"]
    assert [frame.line for frame in trace.frames] == [88, 12]


def test_sentrys_error_resource_is_the_same_and_others_bring_no_alert() -> None:
    error = {"action": "created", "data": {"error": SENTRY["data"]["event"]}}
    assert read("sentry", error)[0].key == "41190"
    assert read("sentry", {"action": "created", "data": {"installation": {"uuid": "1"}}}) == []


@pytest.mark.parametrize(
    ("event", "states"),
    [
        ("incident.triggered", ["firing"]),
        ("incident.reopened", ["firing"]),
        ("incident.resolved", ["resolved"]),
        ("incident.acknowledged", []),
        ("pagey.ping", ["test"]),
    ],
)
def test_pagerduty_says_what_happened_but_not_the_error(event: str, states: list[str]) -> None:
    drafts = read("pagerduty", changed(PAGERDUTY, "event.event_type", event))
    assert [draft.state for draft in drafts] == states
    assert all((draft.service, draft.key, draft.error_text) == ("checkout", "checkout-5xx", False) for draft in drafts)


@pytest.mark.parametrize(
    ("tab", "revision"), [("params", "1.2"), ("request", "1.2"), ("user", "1.2"), ("deploy", "deadbee1")]
)
def test_of_bugsnags_meta_data_only_what_the_program_says_of_itself_names_the_commit(tab: str, revision: str) -> None:
    error = {"errorId": "1", "exceptionClass": "E", "message": "m", "app": {"version": "1.2"}}
    meta = {"metaData": {tab: {"commit": "deadbee1", "image": "shop:deadbee1"}}}
    (draft,) = read("bugsnag", {"project": {"name": "shop"}, "error": error | meta})
    assert draft.revision == revision


def test_pagerdutys_messages_are_refused_when_they_hold_too_much_text(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = (
        'Traceback (most recent call last):\n  File "/srv/pay.py", line {0}, in charge\n    raise E\nValueError: bad'
    )
    pages = [
        {"id": str(number), "title": "t", "body": {"details": trace.format(number)}, "service": {"name": "shop"}}
        for number in range(10)
    ]
    body = {"messages": [{"event": "incident.trigger", "incident": page} for page in pages]}
    assert [draft.stack_trace for draft in read("pagerduty", body)] == [trace.format(number) for number in range(10)]
    monkeypatch.setattr(generic_error, "_MOST_OF_BODY", 9 * len(trace))
    with pytest.raises(NotUnderstood) as refused:
        read("pagerduty", body)
    assert "send fewer alerts at once" in refused.value.text


def test_free_words_of_a_page_do_not_overrule_pagerdutys_own_service() -> None:
    words = {"type": "incident_body", "details": "order note: service=victim repository=payments commit=deadbee1"}
    (draft,) = read("pagerduty", changed(PAGERDUTY, "event.data.body", words))
    assert (draft.service, draft.repository, draft.revision) == ("checkout", "", "")
    (alone,) = read("pagerduty", changed(changed(PAGERDUTY, "event.data.body", words), "event.data.service", None))
    assert alone.service == "", "a sentence may quote whoever caused the error"
    labels = {"type": "incident_body", "details": "order note:\nservice=victim repository=payments"}
    (labelled,) = read("pagerduty", changed(changed(PAGERDUTY, "event.data.body", labels), "event.data.service", None))
    assert labelled.service == "victim"


def test_kibanas_hits_bring_the_error() -> None:
    (draft,) = read("elastic", ELASTIC)
    assert (draft.stack_trace, draft.message, draft.count) == (TRACE, "null returned", 12)
    assert (draft.revision, draft.key, draft.error_text) == ("3f9a1c20b6d1", "u-1", True)
    assert read("elastic", changed(ELASTIC, "alert.group", "recovered"))[0].state == "resolved"


def test_kibanas_hits_may_be_missing_or_text() -> None:
    (without,) = read("elastic", changed(ELASTIC, "context.hits", None))
    (as_text,) = read("elastic", changed(ELASTIC, "context.hits", json.dumps(ELASTIC["context"]["hits"])))
    assert (without.error_text, without.message) == (False, "rule 'checkout errors' matched query")
    assert as_text.stack_trace == TRACE


def test_a_variable_datadog_does_not_know_is_missing() -> None:
    (draft,) = read("datadog", DATADOG)
    assert (draft.service, draft.environment, draft.stack_trace, draft.error_text) == (
        "checkout",
        "production",
        "",
        False,
    )
    assert draft.first_seen is not None
    assert draft.first_seen.year == 2026
    assert read("datadog", changed(DATADOG, "transition", "Recovered"))[0].state == "resolved"


@pytest.mark.parametrize("source", ["elastic", "datadog"])
def test_the_template_in_the_documentation_is_read_once_it_is_rendered(source: str) -> None:
    found = re.search(rf"<!-- template: {source} -->\n```json\n(.*?)\n```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    rendered = re.sub(r"\{\{\{[\w.]+\}\}\}", '[{"error": {"message": "null"}}]', found[1])
    rendered = re.sub(r"\{\{([\w.]+)\}\}", r"a \1", rendered)
    rendered = re.sub(r"\$(TAGS\[\w+\]|[A-Z_]+)", r"a \1", rendered)
    (draft,) = SOURCES[source].read(json.loads(rendered))
    assert (draft.state, draft.error_text) == ("firing", True)
    assert draft.service in ("checkout", "a TAGS[service]")
    assert "service" in draft.service or draft.repository == "shop"


def test_the_same_policy_of_another_project_or_environment_is_another_alert_of_google() -> None:
    incident = {"incident_id": "0.a", "state": "open", "policy_name": "5xx", "condition_name": "5xx", "metadata": {}}
    shop = {"type": "cloud_run_revision", "labels": {"service_name": "checkout", "project_id": "acme-prod"}}
    pods = {"type": "k8s_container", "labels": {"container_name": "checkout", "namespace_name": "staging"}}
    bodies = [
        {"incident": incident | {"resource": shop, "scoping_project_id": "acme-prod"}},
        {"incident": incident | {"resource": shop, "scoping_project_id": "acme-dev"}},
        {"incident": incident | {"resource": pods, "scoping_project_id": "acme-prod"}},
    ]
    keys = [read("google", body)[0].key for body in bodies]
    assert len(set(keys)) == 3
    closed = {"incident": bodies[0]["incident"] | {"incident_id": "0.b", "state": "closed"}}
    assert read("google", closed)[0].key == keys[0]


def test_beside_the_signed_message_of_sns_nothing_counts() -> None:
    signed = {"AlarmName": "real", "NewStateValue": "ALARM", "StateChangeTime": "2026-03-02T08:14:55.390+0000"}
    forged = {
        "AlarmName": "forged",
        "NewStateValue": "OK",
        "Records": [{"Sns": {"Message": '{"AlarmName": "forged"}'}}],
    }
    (draft,) = read("cloudwatch", {"Type": "Notification", "Message": json.dumps(signed), **forged})
    assert (draft.key, draft.state) == ("real", "firing")


def test_of_what_a_lambda_passes_on_each_record_is_an_alarm_and_a_wrong_one_is_named() -> None:
    alarms = [json.dumps({"AlarmName": name, "NewStateValue": "ALARM"}) for name in "ab"]
    records = [{"EventSource": "aws:sns", "Sns": {"Message": each}} for each in alarms]
    assert [draft.key for draft in read("cloudwatch", {"Records": records})] == ["a", "b"]
    with pytest.raises(NotUnderstood) as refused:
        read("cloudwatch", {"Records": [*records, {"Sns": None}]})
    assert refused.value.field == "Records.2.Sns.Message"


@pytest.mark.parametrize("data", ["no base64!", "bm8ganNvbg==", "W10="])
def test_a_push_of_pubsub_that_holds_no_body_is_refused_by_its_field(data: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        read("google", {"message": {"data": data}, "subscription": "s"})
    assert refused.value.field == "message.data"


@pytest.mark.parametrize(
    ("document", "revision"),
    [
        ({"service": {"version": "v1.4.2"}}, "v1.4.2"),
        ({"labels": {"git_sha": "release-77"}}, "release-77"),
        ({"service": {"version": "v1.4.2"}, "labels": {"git_sha": "3f9a1c20b6d1"}}, "3f9a1c20b6d1"),
    ],
)
def test_a_hit_of_elastic_tells_its_version_and_rather_its_commit(document: dict[str, Any], revision: str) -> None:
    body = {"rule": {"id": "1", "name": "errors"}, "context": {"hits": [{"_source": {**document, "message": "boom"}}]}}
    assert [draft.revision for draft in read("elastic", body)] == [revision]


@pytest.mark.parametrize("shape", [json.dumps, lambda resource: [resource]], ids=["text", "list"])
@pytest.mark.parametrize("name", ["event", "issue"])
def test_a_resource_of_sentry_in_a_text_or_a_list_is_read(shape: Callable[[object], object], name: str) -> None:
    resource = {"title": "KeyError: 'price'", "issue_id": "7", "id": "7", "level": "error"}
    (draft,) = read("sentry", {"action": "triggered", "data": {name: shape(resource), "project": "checkout"}})
    assert (draft.message, draft.key, draft.service) == ("KeyError: 'price'", "7", "checkout")


def test_an_alert_of_sentry_without_its_event_is_refused() -> None:
    with pytest.raises(NotUnderstood):
        read("sentry", {"action": "triggered", "data": {"event": None}})


def test_words_that_a_template_has_quoted_are_read() -> None:
    event = {
        "event_type": '"incident.triggered"',
        "data": {"title": "slow", "id": "1", "service": {"summary": '"checkout"'}},
    }
    (draft,) = read("pagerduty", {"event": event})
    assert (draft.state, draft.service) == ("firing", "checkout")
