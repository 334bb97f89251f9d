"""Keys name what fires: the end of one thing is not taken for the end of another that is called alike."""

import json

import pytest

from tests.service.intake.cases import Case


def datadog(transition: str, **more: str) -> dict[str, str]:
    return {"title": f"[{transition}] CPU is high", "alert_transition": transition, **more}


def pod(state: str, name: str) -> dict[str, object]:
    return {"status": state, "labels": {"alertname": "PodNotReady", "namespace": "shop", "pod": name}}


def lag(topic: str) -> dict[str, object]:
    return {"labels": {"alertname": "Lag", "about": "words " * 50, "service": "checkout", "topic": topic}}


def metric(action: str, title: str) -> dict[str, object]:
    return {"action": action, "data": {"metric_alert": {"title": title}}}


def rule(state: str, site: str) -> dict[str, object]:
    return {"ruleName": "CPU", "ruleId": 1, "ruleUrl": f"https://{site}/d/x", "state": state}


def monitor(text: str, site: str) -> dict[str, object]:
    link = f"https://{site}/acme/uptime-monitors/3"
    return {"text": "GlitchTip Uptime Alert", "attachments": [{"title": "web", "title_link": link, "text": text}]}


APART = [
    ("alertmanager", [{"alerts": [pod("firing", "checkout-57n2h"), pod("resolved", "billing-x2k9p")]}]),
    ("alertmanager", [{"alerts": [lag("orders"), lag("invoices")]}]),
    ("datadog", [datadog("Triggered", tags="service:checkout"), datadog("Recovered", tags="service:billing")]),
    (
        "datadog",
        [datadog("Triggered", alert_id="7", scope="host:a"), datadog("Recovered", alert_id="7", scope="host:b")],
    ),
    ("grafana", [rule("alerting", "one.acme.org"), rule("ok", "two.acme.org")]),
    ("glitchtip", [monitor("has gone down", "one.acme.org"), monitor("is back up", "two.acme.org")]),
]


@pytest.mark.parametrize(("source", "bodies"), APART)
def test_two_things_that_are_called_alike_have_two_keys(source: str, bodies: list[object]) -> None:
    notices = [notice for body in bodies for notice in Case(source, "apart", body).notices()]
    assert len(notices) == 2
    assert len({notice.key for notice in notices}) == 2


@pytest.mark.parametrize(
    ("source", "bodies"),
    [
        ("datadog", [datadog("Triggered", tags="service:checkout"), datadog("Recovered", tags="service:checkout")]),
        ("grafana", [rule("alerting", "one.acme.org"), rule("ok", "one.acme.org")]),
        ("glitchtip", [monitor("has gone down", "one.acme.org"), monitor("is back up", "one.acme.org")]),
    ],
)
def test_the_end_of_a_thing_has_the_key_of_its_beginning(source: str, bodies: list[object]) -> None:
    first, last = [notice for body in bodies for notice in Case(source, "one", body).notices()]
    assert (first.state, last.state) == ("firing", "resolved")
    assert first.key == last.key != ""
    assert first.identity == last.identity


def test_metric_alerts_without_a_number_are_told_apart_by_their_words() -> None:
    bodies = [metric("critical", "errors"), metric("resolved", "slow pages")]
    first, second = [notice for body in bodies for notice in Case("sentry", "metric", body).notices()]
    assert first.key == second.key == ""
    assert first.identity != second.identity


def series(**labels: str) -> dict[str, object]:
    return {"alerts": [{"status": "firing", "labels": {"alertname": "Down"} | labels}]}


@pytest.mark.parametrize("source", ["alertmanager", "grafana"])
@pytest.mark.parametrize("name", ["service", "app", "job", "deployment"])
def test_a_series_whose_label_names_the_service_is_known_by_its_labels_alone(source: str, name: str) -> None:
    (notice,) = Case(source, "series", series(**{name: "billing", "instance": "10.0.0.7:80"})).notices()
    assert notice.key == repr(sorted({"alertname": "Down", name: "billing"}.items()))
    assert (notice.former_key, notice.former_bare) == ("", "")


@pytest.mark.parametrize(
    ("source", "body", "former"),
    [
        ("alertmanager", series(pod="billing-57n2h"), "[('alertname', 'Down')]"),
        ("alertmanager", series(name="cron.service", job="node"), "[('alertname', 'Down'), ('job', 'node')]"),
        ("alertmanager", series(job="x" * 300), f"[('alertname', 'Down'), ('job', '{'x' * 300}')]"[:200]),
        ("datadog", datadog("Triggered", alert_id="456", tags="service:billing"), "456"),
        ("datadog", datadog("Triggered", tags="service:billing"), "CPU is high"),
        ("grafana", rule("alerting", "one.acme.org"), "rule-1"),
        ("glitchtip", monitor("has gone down", "one.acme.org"), "/uptime-monitors/3"),
    ],
)
def test_the_key_of_an_older_build_is_known_too(source: str, body: object, former: str) -> None:
    (notice,) = Case(source, "former", body).notices()
    assert notice.key != notice.former_key == former
    assert notice.former_bare not in ("", notice.bare)


@pytest.mark.parametrize(
    ("fired", "over"),
    [
        ({"scope": "env:p,service:a"}, {"scope": "service:a, env:p"}),
        ({"scope": "service:a", "tags": "service:a"}, {"tags": "service:a"}),
    ],
)
def test_the_scope_of_a_monitor_is_one_however_it_is_written(fired: dict[str, str], over: dict[str, str]) -> None:
    bodies = [datadog("Triggered", alert_id="5", **fired), datadog("Recovered", alert_id="5", **over)]
    first, last = [notice for body in bodies for notice in Case("datadog", "scope", body).notices()]
    assert first.key == last.key


def test_an_issue_that_tells_a_place_is_the_incident_of_its_events() -> None:
    exception = {"type": "KeyError", "value": "'price'"}
    frames = [{"filename": "shop/cart.py", "function": "total", "lineno": 9}]
    event = {"exception": {"values": [exception | {"stacktrace": {"frames": frames}}]}, "project_slug": "checkout"}
    issue = {"title": "KeyError: 'price'", "metadata": exception | {"filename": "shop/api.py", "function": "post"}}
    (told,) = Case("sentry", "event", {"action": "triggered", "data": {"event": event}}).notices()
    (known,) = Case("sentry", "issue", {"action": "created", "data": {"issue": issue, "project": "checkout"}}).notices()
    assert known.trace
    assert known.trace.frames[0].path == "shop/api.py"
    assert known.identity == known.bare == told.bare != told.identity


def test_alerts_whose_words_are_objects_of_two_kinds_are_two() -> None:
    bodies = (
        {"title": json.dumps({"kind": kind, "order": number})} for kind, number in (("k1", 1), ("k1", 2), ("k2", 2))
    )
    first, again, other = (Case("generic", "kinds", body).notices()[0].identity for body in bodies)
    assert first == again != other


@pytest.mark.parametrize("words", [{"name": "User {}", "error": "refused"}, {"code": "{}"}, {"kind": "order {}"}])
def test_who_writes_the_words_opens_no_incident_with_each(words: dict[str, str]) -> None:
    told = ({name: text.format(number) for name, text in words.items()} for number in range(200))
    found = [Case("generic", "flood", {"message": json.dumps(each), "app": "shop"}).notices()[0] for each in told]
    assert len({notice.identity for notice in found}) <= 48


@pytest.mark.parametrize("title", ["Comment refused: hi | staging | x", "no stock in this shop (staging)"])
def test_the_words_of_a_title_name_no_environment(title: str) -> None:
    event = {"event_type": "incident.triggered", "data": {"title": title, "id": "1"}}
    assert Case("pagerduty", "words", {"event": event}).notices()[0].alert.environment == "production"
    assert Case("generic", "words", {"title": "[staging] x failed"}).notices()[0].alert.environment == "production"


@pytest.mark.parametrize("title", ["[Critical] | Staging | SQS", "[staging] disk is full"])
def test_a_title_names_the_environment(title: str) -> None:
    event = {"event_type": "incident.triggered", "data": {"title": title, "id": "1"}}
    (notice,) = Case("pagerduty", "title", {"event": event}).notices()
    assert notice.alert.environment.lower() == "staging"


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("pagerduty", {"event": {"event_type": "incident.triggered", "data": {"title": "[staging] disk", "id": "1"}}}),
        ("opsgenie", {"action": "Create", "alert": {"alertId": "1", "message": "[staging] disk"}}),
    ],
)
def test_an_alert_that_an_older_build_filed_under_production_is_found_there(
    source: str, body: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    (now,) = Case(source, "now", body).notices()
    monkeypatch.setattr("service.intake.normalise.environment_in_title", lambda title: "")
    (before,) = Case(source, "before", body).notices()
    assert (before.alert.environment, now.alert.environment) == ("production", "staging")
    assert now.former_bare == before.bare != now.bare
    assert before.former_bare == ""


def test_what_an_error_says_names_no_environment() -> None:
    event = {"title": "ValueError: bad [staging] input", "project_slug": "checkout"}
    (notice,) = Case("sentry", "said", {"action": "triggered", "data": {"event": event}}).notices()
    assert notice.alert.environment == "production"


@pytest.mark.parametrize("name", ["test_id", "trigger_id", "monitor_id", "rule_id"])
def test_an_alert_that_an_older_build_knew_by_its_words_is_found_by_them(name: str) -> None:
    told = {"title": "Site is down", "service": "billing"}
    (before,) = Case("generic", "before", told).notices()
    (now,) = Case("generic", "now", told | {name: "77"}).notices()
    assert now.former_bare == before.bare != now.bare
