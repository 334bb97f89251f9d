"""What cannot be understood is refused by name, and an operator can look into it."""

import json

import httpx
import pytest

from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.intake.sources import SOURCES
from service.settings import Settings
from service.store.refused import MOST
from service.store.store import Store
from tests.service.stand_ins import ALERT, AUTHORIZED, TOKEN, Bell

pytestmark = pytest.mark.usefixtures("bodies_are_read_in_a_fork")


async def refused(client: httpx.AsyncClient, **query: str) -> list[dict[str, object]]:
    answer = await client.get("/alerts/refused", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["refused"]
    return found


@pytest.mark.parametrize("source", sorted(set(SOURCES) - {"redtide", "generic"}))
async def test_a_foreign_body_is_refused_and_shown_and_counted_on_nobodys_incident(
    client: httpx.AsyncClient, store: Store, source: str
) -> None:
    answers = [await client.post(f"/alerts/{source}", json={"text": "disk full"}) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {422}
    assert "docs/alert-sources.md" in answers[0].json()["detail"][0]["msg"]
    (shown,) = await refused(client)
    assert (shown["source"], shown["times"], shown["body"]) == (source, 2, '{"text": "disk full"}')
    assert await store.queries.incidents() == ()


async def test_our_own_json_is_shown_too(client: httpx.AsyncClient) -> None:
    assert (await client.post("/alerts", json={"message": "boom"})).status_code == 422
    assert (await client.post("/alerts", content=b"{", headers={"content-type": "application/json"})).status_code == 422
    assert [(each["source"], each["field"]) for each in await refused(client, source="redtide")][1:] == [
        ("redtide", "service")
    ]
    assert (await client.post("/deploys", json={"x": 1})).status_code == 422
    assert len(await refused(client)) == 2


async def test_only_the_latest_of_a_source_are_stored_and_no_secret(client: httpx.AsyncClient) -> None:
    secret = "ghp_" + "a1B2" * 9
    await client.post("/alerts/datadog", json={"text": "the first"})
    for number in range(MOST + 3):
        await client.post("/alerts/sentry", json={"text": f"{number} Authorization: Bearer {secret}"})
    of_sentry = await refused(client, source="sentry", limit="200")
    assert len(of_sentry) == MOST
    assert str(of_sentry[0]["body"]).startswith(f'{{"text": "{MOST + 2} ')
    assert secret not in str(of_sentry)
    assert len(await refused(client, source="datadog")) == 1


async def test_of_a_long_body_the_beginning_is_stored(client: httpx.AsyncClient) -> None:
    assert (await client.post("/alerts/sentry", json={"text": "x" * 100_000})).status_code == 422
    assert len(str((await refused(client))[0]["body"])) == 16_000


async def test_a_source_that_there_is_not_is_told_with_those_that_there_are(client: httpx.AsyncClient) -> None:
    answer = await client.get("/alerts/refused", params={"source": "typo"})
    assert answer.status_code == 404
    assert "datadog" in answer.json()["detail"]


async def test_a_token_that_may_not_read_sees_none(store: Store, settings: Settings) -> None:
    tokens = {"w": {"token": TOKEN, "scopes": ["alerts:write"]}}
    trust = Trust.of({"REDTIDE_API_TOKENS": json.dumps(tokens)})
    transport = httpx.ASGITransport(create_api(store, Bell(), settings, trust))
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide") as client:
        assert (await client.get("/alerts/refused")).status_code == 401
        assert (await client.get("/alerts/refused", headers=AUTHORIZED)).status_code == 403


async def test_the_address_of_a_sender_fills_gaps_and_nothing_else(client: httpx.AsyncClient, store: Store) -> None:
    item = {"id": 5, "title": "KeyError: 'x'", "environment": "staging", "level": 40}
    where = "/alerts/rollbar?service=checkout&environment=production&repository=shop"
    answer = await client.post(where, json={"event_name": "new_item", "data": {"item": item}})
    alert = (await store.queries.incident(answer.json()["alerts"][0]["id"])).alert
    assert (alert.service, alert.environment, alert.repository) == ("checkout", "staging", "shop")


async def test_our_own_json_may_leave_the_repository_out(client: httpx.AsyncClient, store: Store) -> None:
    without = {name: value for name, value in ALERT.items() if name != "repository"}
    answer = await client.post("/alerts", json=without | {"surprise": 1})
    assert answer.status_code == 202, answer.text
    assert (await store.queries.incident(answer.json()["id"])).alert.repository == "shop"


async def test_a_service_without_a_known_repository_is_refused(store: Store, settings: Settings) -> None:
    two = settings.model_copy(update={"repositories": {"shop": settings.repositories["shop"], "pay": "/pay"}})
    transport = httpx.ASGITransport(create_api(store, Bell(), two))
    without = {name: value for name, value in ALERT.items() if name != "repository"}
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=AUTHORIZED) as client:
        answer = await client.post("/alerts", json=without)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "repository"]
    assert "pay, shop" in answer.json()["detail"][0]["msg"]
