"""Names of labels, fields and variables as people write them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from service.intake.labels import about, environment_in, first_of, own_labels, service_in, tagged
from service.intake.lenient import Fields, Items, Moment, Sent, Text, is_over, named
from service.intake.names import folded, variables


@pytest.mark.parametrize(
    "name", ["service_version", "service.version", "Service-Version", "serviceVersion", "SERVICE VERSION"]
)
def test_one_name_in_every_spelling(name: str) -> None:
    assert folded(name) == "serviceversion"
    assert about({name: "0badc0ffee12"})["revision"] == "0badc0ffee12"


def test_the_order_of_names_decides_and_not_their_spelling() -> None:
    assert first_of({"app": "a", "Service": "b"}, ("service", "app")) == "b"


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        " ",
        "null",
        "None",
        "N/A",
        "<no value>",
        "[object Object]",
        "undefined",
        "{{x.y}}",
        "$service",
        "##SERVICE##",
        "$SERVICEDESC$",
        "{ServiceName}",
    ],
)
def test_what_a_template_leaves_is_no_name(nothing: str) -> None:
    assert about({"service": nothing, "app": "checkout"})["service"] == "checkout"


@pytest.mark.parametrize(
    ("labels", "service"),
    [
        ({"exported_service": "billing", "service": "prometheus-pushgateway", "job": "pushgateway"}, "billing"),
        ({"exported_job": "billing", "job": "pushgateway"}, "billing"),
        ({"container_label_com_docker_compose_service": "billing", "job": "cadvisor"}, "billing"),
        ({"label_app_kubernetes_io_name": "billing", "job": "kube-state-metrics"}, "billing"),
        ({"destination_service_name": "billing", "job": "kubernetes-pods"}, "billing"),
        ({"k8s.pod.name": "billing-7d9f8bb9c5-x2x4z"}, "billing"),
    ],
)
def test_the_service_is_found_behind_who_reports_it(labels: dict[str, str], service: str) -> None:
    assert service_in(own_labels(labels)) == service


def test_a_namespace_that_is_called_like_an_environment_is_one() -> None:
    assert environment_in({"k8s.namespace.name": "staging"}) == "staging"
    assert environment_in({"destination_service_namespace": "shop"}) == ""


def test_tags_are_pairs_in_a_list_or_in_one_text() -> None:
    assert tagged("env:qa, service = checkout ,monitor") == {"env": "qa", "service": "checkout"}
    assert tagged(["env:qa", 3, None, ":x", "a:b:c"]) == {"env": "qa", "a": "b:c"}


@pytest.mark.parametrize(
    "text",
    [
        "service=checkout env=qa",
        "service: checkout\nenv: qa",
        " - service = checkout\n - env = qa",
        "service=checkout;env=qa",
        "service:checkout|env:qa",
        "map[env:qa service:checkout]",
        '{service="checkout", env="qa"}',
        "{'service': 'checkout', 'env': 'qa'}",
        "service:checkout,env:qa,service:other",
        "service=checkout env=qa service=other",
    ],
)
def test_labels_in_one_text_are_read_however_they_were_printed(text: str) -> None:
    assert tagged(text) == {"service": "checkout", "env": "qa"}


def test_a_value_in_a_text_of_labels_may_hold_the_signs_of_others() -> None:
    assert tagged('{title="slow, very", agent="x; service=forged"}') == {
        "title": "slow, very",
        "agent": "x; service=forged",
    }
    assert tagged("title: it broke service=forged, env: qa") == {"title": "it broke service=forged", "env": "qa"}


@pytest.mark.parametrize(
    "document",
    [{"alert": {"id": 7}}, {"alert.id": 7}, {"alertId": 7}, {"alert": {"alert_id": 7}}, {"alert_id": 7, "alert": "x"}],
)
def test_a_variable_is_found_however_a_template_nests_it(document: dict[str, Any]) -> None:
    assert variables(document)["alertid"] == 7


class Sample(Sent):
    """A part of a body."""

    at: Moment = named("startsAt", "time")
    first_name: Text
    parts: Items
    more: Fields


def test_an_object_may_come_as_a_text_and_what_says_nothing_is_missing() -> None:
    found = Sample.model_validate(
        json.dumps({"FirstName": "a", "parts": "[1]", "more": '{"b": 2}', "startsAt": "", "time": 5})
    )
    assert (found.first_name, found.parts, found.more) == ("a", [1], {"b": 2})
    assert found.at == datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        *(1772439295, 1772439295000, 1772439295000000, 1772439295000000000, "1772439295", "1772439295.0"),
        *("2026-03-02T08:14:55Z", "2026-03-02 08:14:55 UTC", "2026-03-02 09:14:55 +0100 CET", "2026-03-02 08:14:55"),
        *("2026-03-02 08:14:55.000000001 +0000 UTC m=+0.1", "Mon, 02 Mar 2026 08:14:55 GMT"),
    ],
)
def test_a_time_is_read_as_senders_write_it(written: object) -> None:
    assert Sample.model_validate({"time": written}).at == datetime(2026, 3, 2, 8, 14, 55, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["yesterday", "0001-01-01T00:00:00Z", True, [], "9" * 300, 10**4_000, float("nan"), -(10**30)]
)
def test_what_is_no_time_is_none(written: object) -> None:
    assert Sample.model_validate({"time": written}).at is None


def test_the_first_word_for_a_state_counts() -> None:
    assert is_over("", "Recovered from Warn")
    assert not is_over("firing", "resolved")
    assert not is_over("")
