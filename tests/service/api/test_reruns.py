"""A person, or a corrected alert, gives an incident what it lacked."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from incidents.alert import Deploy
from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.settings import Settings
from service.store import reruns
from service.store.store import Store
from tests.service.payloads import PAGERDUTY, TRACE
from tests.service.stand_ins import ALERT, AUTHORIZED, NOON, TOKEN, Bell, found
from tools.traces import parse


async def opened(client: httpx.AsyncClient, **changes: object) -> str:
    answer = await client.post("/alerts", json=ALERT | changes)
    assert answer.status_code == 202, answer.text
    identity: str = answer.json()["id"]
    return identity


async def failed(store: Store, reason: str = "deployed: no such revision") -> None:
    claim = await store.leases.claim("me")
    assert claim
    assert await store.outcomes.fail(claim, reason)


async def audits(client: httpx.AsyncClient, incident: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = (await client.get(f"/incidents/{incident}/audits")).json()["records"]
    return [each for each in records if each["action"] == "restarted"]


@pytest.mark.parametrize("corrected", [{"deployed": "c" * 40}, {"base": "d" * 40}])
async def test_a_corrected_alert_repairs_a_failed_incident(
    client: httpx.AsyncClient, store: Store, bell: Bell, corrected: dict[str, str]
) -> None:
    incident = await opened(client)
    await failed(store)
    again = (await client.post("/alerts", json=ALERT | corrected)).json()
    assert (again["id"], again["effect"], again["status"]) == (incident, "restarted", "open")
    claim = await store.leases.claim("me")
    assert claim
    expected = {"base": "a" * 40, "deployed": "b" * 40} | corrected
    assert (claim.incident.base, claim.incident.deployed) == (expected["base"], expected["deployed"])
    assert (claim.incident.alert.base, claim.incident.alert.deployed) == (expected["base"], expected["deployed"])
    assert [each["detail"]["why"] for each in await audits(client, incident)] == ["corrected"]
    assert bell.rung == 2


async def test_the_same_alert_does_not_start_a_failed_incident_again(client: httpx.AsyncClient, store: Store) -> None:
    await opened(client)
    await failed(store)
    assert (await client.post("/alerts", json=ALERT)).json()["effect"] == "counted"
    assert await store.leases.claim("me") is None


@pytest.mark.parametrize("ended", ["failed", "done"])
async def test_a_person_has_it_investigated_again(
    client: httpx.AsyncClient, store: Store, bell: Bell, ended: str
) -> None:
    incident = await opened(client)
    if ended == "failed":
        await failed(store)
    else:
        claim = await store.leases.claim("me")
        assert claim
        await store.outcomes.finish(claim, found(incident))
    answer = await client.post(f"/incidents/{incident}/rerun")
    assert answer.status_code == 202, answer.text
    assert (answer.json()["effect"], answer.json()["status"], bell.rung) == ("restarted", "open", 2)
    claim = await store.leases.claim("me")
    assert claim
    assert (claim.round, claim.incident.deployed) == (2, "b" * 40)
    assert await store.outcomes.finish(claim, found(incident))
    (record,) = await audits(client, incident)
    assert (record["actor"], record["detail"]["why"]) == ("operator", "rerun")


async def test_who_works_on_it_loses_the_claim(client: httpx.AsyncClient, store: Store) -> None:
    incident = await opened(client)
    stale = await store.leases.claim("me")
    assert stale
    await client.post(f"/incidents/{incident}/rerun", json={})
    assert not await store.outcomes.finish(stale, found(incident))


async def test_a_person_corrects_the_revisions(client: httpx.AsyncClient, store: Store) -> None:
    incident = await opened(client)
    await failed(store)
    await client.post(f"/incidents/{incident}/rerun", json={"deployed": "e" * 40})
    claim = await store.leases.claim("me")
    assert claim
    assert (claim.incident.alert.base, claim.incident.alert.deployed) == ("a" * 40, "e" * 40)


async def test_deploys_that_were_reported_late_count_when_it_is_run_again(
    client: httpx.AsyncClient, store: Store
) -> None:
    answer = await client.post("/alerts/pagerduty", json=PAGERDUTY)
    await failed(store, "no deploys known")
    for revision, day in (("v1", 1), ("v2", 2)):
        await store.deploys.add(Deploy(repository="shop", revision=revision, at=NOON.replace(year=2025, day=day)))
    await client.post(f"/incidents/{answer.json()['alerts'][0]['id']}/rerun")
    claim = await store.leases.claim("me")
    assert claim
    assert (claim.incident.base, claim.incident.deployed) == ("v1", "v2")


@pytest.mark.parametrize("as_text", [False, True])
async def test_a_trace_is_added_and_investigated(
    client: httpx.AsyncClient, store: Store, bell: Bell, as_text: bool
) -> None:
    incident = (await client.post("/alerts/pagerduty", json=PAGERDUTY)).json()["alerts"][0]["id"]
    assert (await store.queries.incident(incident)).log_lookup
    where = f"/incidents/{incident}/trace"
    sent = (
        await client.post(where, content=TRACE, headers={"content-type": "text/plain; charset=utf-8"})
        if as_text
        else await client.post(where, json={"stack_trace": TRACE})
    )
    assert sent.status_code == 202, sent.text
    assert (sent.json()["effect"], bell.rung) == ("restarted", 2)
    claim = await store.leases.claim("me")
    assert claim
    assert claim.incident.trace
    assert claim.incident.trace.exception == "TypeError"
    assert claim.incident.alert.stack_trace == TRACE
    assert not (await store.queries.incident(incident)).log_lookup
    (record,) = await audits(client, incident)
    assert (record["actor"], record["detail"]["why"]) == ("operator", "trace added")


async def test_an_incident_with_an_added_trace_is_still_found_by_its_sender(
    client: httpx.AsyncClient, bell: Bell
) -> None:
    incident = (await client.post("/alerts/pagerduty", json=PAGERDUTY)).json()["alerts"][0]["id"]
    await client.post(f"/incidents/{incident}/trace", json={"stack_trace": TRACE})
    rung = bell.rung
    again = PAGERDUTY | {"event": PAGERDUTY["event"] | {"id": "02"}}
    end = PAGERDUTY | {"event": PAGERDUTY["event"] | {"id": "03", "event_type": "incident.resolved"}}
    told = [(await client.post("/alerts/pagerduty", json=body)).json()["alerts"][0] for body in (again, end)]
    assert [(each["id"], each["effect"]) for each in told] == [(incident, "counted"), (incident, "resolved")]
    assert bell.rung == rung + 1, "its end is said in its messages"


async def test_revisions_corrected_while_a_trace_is_parsed_stay_corrected(
    client: httpx.AsyncClient, store: Store
) -> None:
    incident = await opened(client)
    being_parsed = (await store.queries.incident(incident)).alert.model_copy(update={"stack_trace": TRACE})
    await client.post(f"/incidents/{incident}/rerun", json={"deployed": "e" * 40})
    await store.reruns.add_trace(incident, being_parsed, parse(TRACE), "0" * 16, "operator")
    claim = await store.leases.claim("me")
    assert claim
    assert (claim.incident.alert.deployed, claim.incident.alert.stack_trace) == ("e" * 40, TRACE)


async def test_two_incidents_may_get_the_same_trace(client: httpx.AsyncClient, store: Store) -> None:
    incidents = [await opened(client, message=text, stack_trace="") for text in ("null given", "no such index")]
    for incident in incidents:
        sent = await client.post(f"/incidents/{incident}/trace", json={"stack_trace": TRACE, "message": ""})
        assert sent.status_code == 202, sent.text
    claims = [await store.leases.claim("me") for _ in incidents]
    assert {claim.incident.id for claim in claims if claim} == set(incidents)


async def test_no_secret_of_an_added_trace_is_stored(client: httpx.AsyncClient, store: Store) -> None:
    secret = "ghp_" + "a1B2" * 9
    incident = await opened(client)
    await client.post(f"/incidents/{incident}/trace", json={"stack_trace": f"{TRACE}\nAuthorization: Bearer {secret}"})
    assert secret not in (await store.queries.incident(incident)).model_dump_json()


@pytest.mark.parametrize(
    ("path", "body", "content_type", "status"),
    [
        ("trace", b"", "application/json", 422),
        ("trace", b"{}", "application/json", 422),
        ("trace", b'{"stack_trace": "  "}', "application/json", 422),
        ("trace", b'{"stack_trace": 1}', "application/json", 422),
        ("trace", b'{"stack_trace": "x", "more": 1}', "application/json", 422),
        ("trace", b"x" * 1_000_001, "text/plain", 422),
        ("trace", b" \n", "text/plain", 422),
        ("rerun", b'{"deployed": "a\\nb"}', "application/json", 422),
        ("rerun", b'{"surprise": 1}', "application/json", 422),
    ],
)
async def test_what_is_of_no_use_is_refused_and_starts_nothing(
    client: httpx.AsyncClient, store: Store, path: str, body: bytes, content_type: str, status: int
) -> None:
    incident = await opened(client)
    await failed(store)
    where = f"/incidents/{incident}/{path}"
    answer = await client.post(where, content=body, headers={"content-type": content_type})
    assert answer.status_code == status, answer.text
    assert await store.leases.claim("me") is None


@pytest.mark.parametrize("path", ["trace", "rerun"])
async def test_an_unknown_incident_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    body = {"stack_trace": "x"} if path == "trace" else {}
    assert (await client.post(f"/incidents/INC-nobody/{path}", json=body)).status_code == 404


@pytest.mark.parametrize("path", ["trace", "rerun"])
async def test_a_token_that_only_reads_starts_nothing(store: Store, settings: Settings, path: str) -> None:
    tokens = {"r": {"token": TOKEN, "scopes": ["incidents:read"]}}
    trust = Trust.of({"REDTIDE_API_TOKENS": json.dumps(tokens)})
    transport = httpx.ASGITransport(create_api(store, Bell(), settings, trust))
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=AUTHORIZED) as client:
        assert (await client.post(f"/incidents/INC-x/{path}", json={"stack_trace": "x"})).status_code == 403


async def test_reruns_of_one_incident_are_bounded(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reruns, "MOST", 7)
    incident = await opened(client)
    answers = await asyncio.gather(*(client.post(f"/incidents/{incident}/rerun") for _ in range(7)))
    assert {answer.status_code for answer in answers} == {202}
    answer = await client.post(f"/incidents/{incident}/rerun")
    assert answer.status_code == 422
    assert "again 7 times" in answer.json()["detail"][0]["msg"]
