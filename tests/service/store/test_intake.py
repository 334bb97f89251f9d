"""From what senders post to one incident per error, on both databases, through the HTTP interface and the store."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from incidents.alert import Deploy
from service.intake.alert_event import Notice
from service.intake.fingerprint import keys_of
from service.settings import Settings
from service.store.store import Store
from tests.service.payloads import ALERTMANAGER, BODIES, ELASTIC, GRAFANA, PAGERDUTY, SENTRY, TRACE
from tests.service.stand_ins import ALERT, Bell, alert, found
from tests.service.store.sending import aged, sent, shown
from tools.traces import parse


async def test_the_same_error_is_one_incident_with_an_exact_count(client: httpx.AsyncClient, bell: Bell) -> None:
    answers = await asyncio.gather(
        *(sent(client, message=f"order {n} is null", stack_trace="", count=3) for n in range(40))
    )
    assert len({answer["id"] for answer in answers}) == 1
    seen = await shown(client, answers[0])
    assert (seen["alerts"], seen["errors"]) == (40, 120)
    assert sorted(answer["effect"] for answer in answers) == ["counted"] * 39 + ["opened"]
    assert bell.rung == 1


async def test_two_replicas_that_get_the_same_new_error_at_once_open_one_incident(
    store: Store, settings: Settings
) -> None:
    other = Store(settings.store_address())
    ids = await asyncio.gather(*(each.intake.accept(alert(), "{}") for each in (store, other) for _ in range(10)))
    await other.close()
    assert len(set(ids)) == 1
    assert (await store.queries.incident(ids[0])).alerts == 20


@pytest.mark.parametrize(
    "change",
    [
        {"service": "billing"},
        {"environment": "staging"},
        {"message": "undefined index"},
        {"message": "undefined index", "stack_trace": TRACE},
    ],
)
async def test_another_error_service_or_environment_is_another_incident(
    client: httpx.AsyncClient, change: dict[str, str]
) -> None:
    first = await sent(client, stack_trace="")
    other = await sent(client, **{"stack_trace": "", **change})
    assert other["id"] != first["id"]
    assert (other["effect"], (await shown(client, first))["alerts"]) == ("opened", 1)


async def test_the_same_delivery_told_again_counts_once(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "d-1"}
    first = (await client.post("/alerts", json=ALERT, headers=headers)).json()
    again = (await client.post("/alerts", json=ALERT, headers=headers)).json()
    assert (again["id"], again["effect"]) == (first["id"], "repeated")
    assert (await shown(client, first))["alerts"] == 1


async def test_flapping_does_not_restart_the_investigation(client: httpx.AsyncClient, store: Store) -> None:
    first = await sent(client, key="k")
    claim = await store.leases.claim("me")
    assert claim
    await store.outcomes.finish(claim, found(first["id"]))
    for _ in range(3):
        assert (await sent(client, key="k", state="resolved", stack_trace="", message=""))["effect"] == "resolved"
        assert (await sent(client, key="k"))["effect"] == "counted"
    seen = await shown(client, first)
    assert (seen["status"], seen["version"], seen["alerts"], seen["resolved_at"]) == ("done", 1, 4, None)
    assert await store.leases.claim("me") is None


async def test_a_new_deploy_restarts_the_investigation_of_the_same_incident(
    client: httpx.AsyncClient, store: Store
) -> None:
    first = await sent(client)
    stale = await store.leases.claim("me")
    assert stale
    again = await sent(client, base=None, deployed="c" * 40)
    assert (again["id"], again["effect"], again["status"]) == (first["id"], "restarted", "open")
    assert await store.leases.renew("me", [first["id"]]) == set()
    assert not await store.outcomes.finish(stale, found(first["id"]))
    fresh = await store.leases.claim("me")
    assert fresh
    assert (fresh.incident.base, fresh.incident.deployed, fresh.round) == ("a" * 40, "c" * 40, 2)
    assert await store.outcomes.finish(fresh, found(first["id"]))
    audits = (await client.get(f"/incidents/{first['id']}/audits")).json()["records"]
    assert [(each["action"], each["detail"]["why"]) for each in audits] == [("restarted", "new deploy")]


async def test_a_trace_that_comes_later_restarts_the_investigation(client: httpx.AsyncClient, store: Store) -> None:
    message = "TypeError: Cart::total(): Return value must be of type int, null returned"
    first = await sent(client, message=message, stack_trace="")
    traced = await sent(client, message=message, stack_trace=TRACE)
    without = await sent(client, message=message, stack_trace="")
    assert [each["effect"] for each in (first, traced, without)] == ["opened", "restarted", "counted"]
    assert len({each["id"] for each in (first, traced, without)}) == 1
    claim = await store.leases.claim("me")
    assert claim
    assert claim.incident.alert.stack_trace == TRACE


async def test_quiet_for_a_lifetime_the_same_error_is_a_new_incident(
    client: httpx.AsyncClient, store: Store, settings: Settings
) -> None:
    first = await sent(client)
    await aged(store, first["id"], last_seen_at=datetime.now(UTC) - timedelta(seconds=settings.life.seconds + 1))
    second = await sent(client)
    assert second["id"] != first["id"]
    await aged(store, second["id"], resolved_at=datetime.now(UTC) - timedelta(seconds=settings.life.flap_seconds + 1))
    assert (await sent(client))["id"] not in (first["id"], second["id"])


async def test_related_incidents_are_grouped_and_shown_and_none_is_swallowed(client: httpx.AsyncClient) -> None:
    ids = [(await sent(client, service=name))["id"] for name in ("checkout", "billing", "mail")]
    elsewhere = (await sent(client, environment="staging"))["id"]
    seen = (await client.get(f"/incidents/{ids[1]}")).json()
    page = (await client.get("/incidents", params={"group": ids[0]})).json()["incidents"]
    assert seen["group"] == ids[0]
    assert set(seen["related"]) == {ids[0], ids[2]}
    assert {each["id"] for each in page} == set(ids)
    assert (await client.get(f"/incidents/{elsewhere}")).json()["related"] == []


async def test_a_group_takes_nobody_any_more_once_its_first_incident_is_old(
    client: httpx.AsyncClient, store: Store, settings: Settings
) -> None:
    """Where an incident comes every few minutes one group would last all night, and nobody be told of the later ones."""
    first, second = [await sent(client, service=name) for name in ("checkout", "billing")]
    assert (await shown(client, second))["group"] == first["id"]
    await aged(store, first["id"], opened_at=datetime.now(UTC) - timedelta(seconds=settings.life.group_seconds + 1))
    third, fourth = [await sent(client, service=name) for name in ("mail", "search")]
    assert {(await shown(client, each))["group"] for each in (third, fourth)} == {third["id"]}


async def test_a_test_opens_nothing_and_the_end_of_something_unknown_is_kept(
    client: httpx.AsyncClient, store: Store
) -> None:
    test, end = await sent(client, state="test"), await sent(client, state="resolved")
    assert [(each["id"], each["effect"]) for each in (test, end)] == [(None, "kept"), (None, "kept")]
    assert await store.queries.incidents() == ()


@pytest.mark.parametrize("source", sorted(BODIES))
async def test_every_source_opens_an_incident(client: httpx.AsyncClient, store: Store, source: str) -> None:
    answer = await client.post(f"/alerts/{source}", json=BODIES[source])
    assert answer.status_code == 202, answer.text
    first = answer.json()["alerts"][0]
    seen = await store.queries.incident(first["id"])
    assert first["effect"] == "opened"
    assert (seen.alert.service, seen.alert.repository) == ("checkout", "shop")
    assert seen.log_lookup is (source in ("alertmanager", "grafana", "pagerduty", "datadog"))


async def test_one_group_of_alertmanager_may_open_and_end_incidents(client: httpx.AsyncClient) -> None:
    both_fire = ALERTMANAGER | {"alerts": [each | {"status": "firing"} for each in ALERTMANAGER["alerts"]]}
    opened = (await client.post("/alerts/alertmanager", json=both_fire)).json()["alerts"]
    mixed = (await client.post("/alerts/alertmanager", json=ALERTMANAGER)).json()["alerts"]
    assert [each["effect"] for each in mixed] == ["counted", "resolved"]
    assert [each["id"] for each in mixed] == [each["id"] for each in opened]


async def test_pagerdutys_end_finds_its_beginning(client: httpx.AsyncClient) -> None:
    opened = (await client.post("/alerts/pagerduty", json=PAGERDUTY)).json()["alerts"][0]
    event = PAGERDUTY["event"] | {"event_type": "incident.resolved"}
    ended = (await client.post("/alerts/pagerduty", json={"event": event})).json()["alerts"][0]
    assert (ended["id"], ended["effect"]) == (opened["id"], "resolved")


async def test_a_retried_delivery_of_sentry_counts_once(client: httpx.AsyncClient) -> None:
    headers = {"Request-ID": "r-1"}
    answers = [(await client.post("/alerts/sentry", json=SENTRY, headers=headers)).json() for _ in range(2)]
    assert [answer["alerts"][0]["effect"] for answer in answers] == ["opened", "repeated"]


async def test_a_body_of_another_shape_is_refused_with_its_field(client: httpx.AsyncClient) -> None:
    answers = {
        "alertmanager": await client.post("/alerts/alertmanager", json=ALERTMANAGER | {"alerts": "none"}),
        "grafana": await client.post("/alerts/grafana", json=GRAFANA | {"alerts": "none"}),
        "pagerduty": await client.post("/alerts/pagerduty", json={"event": [1]}),
        "elastic": await client.post("/alerts/elastic", json=ELASTIC | {"context": 7}),
        "datadog": await client.post("/alerts/datadog", content=b"{"),
    }
    told = {name: answer.json()["detail"][0]["loc"] for name, answer in answers.items()}
    assert {answer.status_code for answer in answers.values()} == {422}
    assert told == {
        "alertmanager": ["body", "alerts"],
        "grafana": ["body", "alerts"],
        "pagerduty": ["body", "event"],
        "elastic": ["body", "context"],
        "datadog": ["body"],
    }
    assert (await client.post("/alerts/unheard-of", json={})).status_code == 404


async def test_revisions_nobody_knows_yet_are_looked_for_again_when_the_work_begins(
    client: httpx.AsyncClient, store: Store
) -> None:
    await client.post("/alerts/pagerduty", json=PAGERDUTY)
    at = datetime.fromisoformat(PAGERDUTY["event"]["data"]["created_at"])
    for revision, minutes in (("v1", -60), ("v2", -1)):
        deploy = Deploy(repository="shop", revision=revision, at=at + timedelta(minutes=minutes), service="checkout")
        await store.deploys.add(deploy)
    claim = await store.leases.claim("me")
    assert claim
    assert (claim.incident.base, claim.incident.deployed) == ("v1", "v2")


async def test_a_claim_takes_the_worst_first(store: Store) -> None:
    notices = [("quiet", 1, 3), ("loud", 900, 3), ("important", 5, 1)]
    for name, count, tier in notices:
        this = alert(service=name, count=count)
        await store.intake.register(
            [Notice(alert=this, body="{}", tier=tier, **keys_of(this, parse(this.text))._asdict())]
        )
    claims = [await store.leases.claim("me") for _ in notices]
    assert [claim.incident.alert.service for claim in claims if claim] == ["important", "loud", "quiet"]


async def test_a_sender_that_names_another_revision_each_time_restarts_only_so_often(
    client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.store.incident_matcher.MOST_RESTARTS", 3)
    effects = [(await sent(client, deployed=f"{number:040x}"))["effect"] for number in range(6)]
    assert effects == ["opened", "restarted", "restarted", "restarted", "counted", "counted"]
    found_row = (await store.queries.incidents())[0]
    await aged(store, found_row.id, status="failed")
    assert (await sent(client, deployed="f" * 40))["effect"] == "counted"
    assert (await store.queries.incident(found_row.id)).alerts == 7


async def test_deploys_of_the_future_do_not_hide_those_of_today(client: httpx.AsyncClient) -> None:
    now = datetime.now(UTC)
    told = [
        *({"revision": f"{hour}" * 40, "at": (now - timedelta(hours=hour)).isoformat()} for hour in (2, 1)),
        *({"revision": f"{number:040x}", "at": f"9998-01-01T00:00:{number % 60:02d}Z"} for number in range(120)),
    ]
    answer = await client.post("/deploys", json=[{"repository": "shop", "service": "pay"} | each for each in told])
    assert answer.status_code == 201
    seen = await shown(client, await sent(client, service="pay", base=None, deployed=None))
    assert (seen["base"], seen["deployed"]) == ("2" * 40, "1" * 40)
