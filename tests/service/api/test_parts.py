"""A body of many alerts is stored in parts, and nothing of it is lost or counted twice."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import pytest

from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.settings import Settings
from service.store.store import Store
from tests.service.payloads import ALERTMANAGER, BODIES
from tests.service.stand_ins import AUTHORIZED, Bell

ONE_DATABASE = True
pytestmark = pytest.mark.usefixtures("bodies_are_read_in_a_fork")
SECRET = "the-secret-of-the-sender"


def group(number: int, trace: str = "") -> dict[str, Any]:
    """A body of so many errors of as many services, long enough together to be read in another process."""
    one = ALERTMANAGER["alerts"][0] | {"annotations": {"error": "null given", "stack_trace": trace}}
    named = ({"labels": one["labels"] | {"service": f"s{each}"}, "fingerprint": f"f{each}"} for each in range(number))
    return ALERTMANAGER | {"alerts": [one | each for each in named]}


async def test_more_than_a_thousand_alerts_of_one_body_are_all_stored(client: httpx.AsyncClient, store: Store) -> None:
    answer = await client.post("/alerts/alertmanager", json=group(1_050), timeout=120)
    assert answer.status_code == 202, answer.text[:300]
    taken = answer.json()["alerts"]
    assert [each["effect"] for each in taken] == ["opened"] * 1_050
    assert sum((await store.queries.counts()).values()) == 1_050
    assert (await store.queries.incident(taken[1_049]["id"])).alert.service == "s1049"


async def test_who_hung_up_half_way_and_sends_it_again_counts_once(store: Store, settings: Settings) -> None:
    api = create_api(store, Bell(), settings)
    transport = httpx.ASGITransport(api)
    begun, go_on = asyncio.Event(), asyncio.Event()
    register = api.state.parts.batch_writer._register

    async def slow(notices: Any) -> Any:  # noqa: ANN401
        begun.set()
        await go_on.wait()
        return await register(notices)

    api.state.parts.batch_writer._register = slow
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=AUTHORIZED) as client:
        first = asyncio.create_task(client.post("/alerts/alertmanager", json=group(250)))
        await begun.wait()
        first.cancel()
        go_on.set()
        again = (await client.post("/alerts/alertmanager", json=group(250), timeout=60)).json()["alerts"]
    await api.state.parts.close()
    incidents = await store.queries.incidents(limit=300)
    assert (len(again), len(incidents)) == (250, 250)
    assert {each.alerts for each in incidents} == {1}


def signed(source: str, body: bytes, at: int) -> dict[str, str]:
    def digest(before: bytes = b"") -> str:
        return hmac.new(SECRET.encode(), before + body, hashlib.sha256).hexdigest()

    return {
        "sentry": {"Sentry-Hook-Signature": digest()},
        "pagerduty": {"X-PagerDuty-Signature": f"v1={digest()}"},
        "grafana": {
            "X-Grafana-Alerting-Signature": digest(f"{at}:".encode()),
            "X-Grafana-Alerting-Timestamp": str(at),
        },
        "redtide": {"X-RedTide-Signature": f"t={at},v1={digest(f'{at}.'.encode())}"},
    }[source]


IDS = {"sentry": "Request-ID", "pagerduty": "X-Webhook-Id", "grafana": "X-Request-ID", "redtide": "Idempotency-Key"}


@pytest.mark.parametrize("source", sorted(IDS))
async def test_a_recorded_body_counts_once_under_whatever_id_it_is_sent_again(
    store: Store, settings: Settings, source: str
) -> None:
    trust = Trust.of({f"REDTIDE_SECRETS_{source.upper()}": SECRET})
    body, now = json.dumps(BODIES[source]).encode(), int(time.time())
    transport = httpx.ASGITransport(create_api(store, Bell(), settings, trust))
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide") as client:

        async def effect(body: bytes, at: int, delivery: str) -> str:
            headers = signed(source, body, at) | {IDS[source]: delivery}
            answer = await client.post(f"/alerts/{source}", content=body, headers=headers)
            assert answer.status_code == 202, answer.text
            said: str = answer.json()["alerts"][0]["effect"]
            return said

        assert [await effect(body, now, f"d-{number}") for number in range(3)] == ["opened", "repeated", "repeated"]
        fresh = body if source in ("grafana", "redtide") else body.replace(b"2026-01-15", b"2026-01-16")
        assert await effect(fresh, now - 1, "d-9") == "counted"


async def test_without_a_signed_time_the_same_words_of_grafana_count_again_only_later(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust = Trust.of({"REDTIDE_SECRETS_GRAFANA": SECRET})
    body = json.dumps(BODIES["grafana"]).encode()
    headers = {"X-Grafana-Alerting-Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}
    transport = httpx.ASGITransport(create_api(store, Bell(), settings, trust))
    start = time.time()
    effects = []
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide") as client:
        for later in (0, 290, 4 * 3_600):
            monkeypatch.setattr("service.intake.body_reading.time.time", lambda later=later: start + later)
            answer = await client.post("/alerts/grafana", content=body, headers=headers)
            effects += [each["effect"] for each in answer.json()["alerts"]]
    assert effects == ["opened", "repeated", "counted"]
