"""Which service an alert names: from the name of a pod, from words beside it, and what is no name at all."""

import pytest

from service.intake.alert_event import Notice
from service.intake.free_text import labels_in
from tests.service.intake.cases import Case


def only(source: str, body: object) -> Notice:
    (notice,) = Case(source, "one", body).notices()
    return notice


@pytest.mark.parametrize(
    ("pod", "workload"),
    [
        ("checkout-558d948f57-57n2h", "checkout"),  # as Kubernetes names the pod of a deployment
        ("fluentd-x2k9p", "fluentd"),  # of a daemon set
        ("redis-0", "redis"),  # of a stateful set
        ("api-7d8f9c6b5-abc12", "api"),  # as people write one
        ("payment-api-7c9d-xk2p1", "payment-api"),
        ("cart-service-59f7", "cart-service"),
        ("order-service2-proxy", "order-service2-proxy"),
        ("web-v2", "web-v2"),
        ("shop-cafe", "shop-cafe"),
        ("team-b2b", "team-b2b"),
    ],
)
def test_a_pod_belongs_to_the_workload_that_its_name_begins_with(pod: str, workload: str) -> None:
    alert = {"labels": {"alertname": "PodNotReady", "pod": pod}}
    assert only("alertmanager", {"alerts": [alert]}).alert.service == workload


@pytest.mark.parametrize("nothing", ["7", "-1", "3.5", "true", "False", '{"value": "checkout"}', "[checkout]", " "])
def test_a_number_an_answer_or_an_object_is_no_service(nothing: str) -> None:
    sent = {"event": {"event_type": "incident.triggered", "data": {"id": "P1", "service": {"summary": nothing}}}}
    assert only("pagerduty", sent).alert.service == "unknown"


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("service=checkout environment=qa", "checkout"),
        ("Labels:\n - alertname = Slow\n - service = checkout", "checkout"),
        ("too slow\nservice: checkout\n", "checkout"),
        ("KeyError: order of service=evil", ""),
        ("KeyError: service=evil", ""),
        ("Labels: service=evil", ""),
        ("GET https://acme.org/?x=1&service=evil", ""),
    ],
)
def test_labels_in_a_text_stand_on_lines_of_their_own(text: str, service: str) -> None:
    assert labels_in(text).get("service", "") == service


@pytest.mark.parametrize("entity", ["", "billing"])
def test_whoever_caused_an_error_does_not_choose_its_service_at_opsgenie(entity: str) -> None:
    alert = {"alertId": "1", "message": "orders fail", "entity": entity, "description": "KeyError in service=evil"}
    assert only("opsgenie", {"action": "Create", "alert": alert}).alert.service == (entity or "unknown")


def test_a_description_at_opsgenie_names_no_commit_no_error_and_no_repository() -> None:
    lines = "service=checkout\nenv=qa\nrepo=evil\ncommit=3f9a1c20b6d1\nerror=evil\nstack_trace=evil"
    alert = only("opsgenie", {"action": "Create", "alert": {"message": "orders fail", "description": lines}}).alert
    assert (alert.service, alert.environment, alert.repository) == ("checkout", "qa", "shop")
    assert (alert.deployed, alert.message) == (None, "orders fail")


@pytest.mark.parametrize(
    ("action", "states"),
    [("Close", ["resolved"]), ("Acknowledge", []), ("Create", ["firing"]), ("", ["firing"]), ("pay", ["firing"])],
)
def test_an_action_beside_an_alert_of_opsgenie_that_stands_alone_counts(action: str, states: list[str]) -> None:
    body = {"message": "Disk full", "action": action, "alias": "disk"}
    assert [notice.state for notice in Case("opsgenie", "alone", body).notices()] == states


@pytest.mark.parametrize("where", ["notice", "body"])
@pytest.mark.parametrize("told", [True, False])
def test_a_context_at_honeybadger_only_fills_gaps(where: str, told: bool) -> None:
    held = {"service": "billing", "repository": "pay", "env": "qa", "git_sha": "3f9a1c20b6d1"}
    client = {"environment_name": "production", "revision": "0badc0ffee12"} if told else {}
    notice = {"environment": client, **({"context": held} if where == "notice" else {})}
    project = {"name": "checkout", "github_project": "acme/shop"} if told else {}
    body = {"event": "occurred", "fault": {"klass": "PayError"}, "project": project, "notice": notice}
    alert = only("honeybadger", body | ({"context": held} if where == "body" else {})).alert
    found = (alert.service, alert.environment, alert.repository, alert.deployed)
    others = ("billing", "qa", "pay", "3f9a1c20b6d1")
    assert found == (("checkout", "production", "shop", "0badc0ffee12") if told else others)


@pytest.mark.parametrize("field", ["service", "source", "application_name", "monitor"])
def test_a_persons_address_is_no_service(field: str) -> None:
    assert only("generic", {"title": "Site is down", field: "ben@shop.example"}).alert.service == "unknown"
