"""Half-sent and unwanted bodies against a real `redtide serve`: nobody else notices. 256 connections at the most."""

import asyncio
import hashlib
import hmac
import json

import httpx
import pytest

from tests.attack.half_sent import half_sent
from tests.attack.memory import resident
from tests.service.payloads import SENTRY, TRACE
from tests.service.served import Served
from tests.service.shared_service import SECRET, SecondLife
from tests.service.stand_ins import ALERT, AUTHORIZED

HEADS = [{}, {"Sentry-Hook-Signature": "0" * 64}, {"Authorization": f"Bearer {SECRET}"}]
LARGE = 8 * 2**20 - 1_000
pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


@pytest.fixture
def service(second_life: SecondLife) -> Served:
    """Nobody comes after these tests: the last one leaves it more work than any other test could wait for."""
    return second_life.service


def stranger(service: Served) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=service.client.base_url, trust_env=False, timeout=60)


async def signed(service: Served, number: int) -> int:
    body = json.dumps(SENTRY | {"number": number}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    async with stranger(service) as client:
        answer = await client.post("/alerts/sentry", content=body, headers={"Sentry-Hook-Signature": signature})
    return answer.status_code


async def test_half_sent_bodies_keep_nobody_waiting(service: Served) -> None:
    for number, headers in enumerate(HEADS):
        async with half_sent(service.client.base_url.port or 0, "/alerts/sentry", headers):
            health, alert, webhook = await asyncio.gather(
                service.client.get("/healthz"), service.client.post("/alerts", json=ALERT), signed(service, number)
            )
        assert (health.status_code, alert.status_code, webhook) == (200, 202, 202), headers


async def test_large_bodies_that_prove_nothing_leave_no_memory_behind(service: Served) -> None:
    before = memory(service)
    answers: dict[int, int] = {}
    async with stranger(service) as client:

        async def send(headers: dict[str, str]) -> None:
            answer = await client.post("/alerts/sentry", content=b"x" * LARGE, headers=headers)
            answers[answer.status_code] = answers.get(answer.status_code, 0) + 1

        for headers in HEADS[:2]:
            await asyncio.gather(*(send(headers) for _ in range(100)), return_exceptions=True)
    assert answers[401] >= 100
    assert set(answers) <= {401, 503}
    assert (await service.client.get("/healthz")).status_code == 200
    assert memory(service) - before < 250 * 2**20


def memory(service: Served) -> int:
    """Of the processes through which requests go."""
    found = resident(service.process.pid)
    return sum(size for name, size in found.items() if "ProxyActor" in name or "Ingress" in name)


async def test_large_bodies_of_a_known_sender_stop_nobody(service: Served) -> None:
    """Neither others nor the short alerts of the same sender."""

    def group(number: int) -> bytes:
        traced = {"annotations": {"stack_trace": f"{TRACE}\n" * 28}}
        alerts = [{"labels": {"service": f"s{number}-{each}"}, **traced} for each in range(1_000)]
        return json.dumps({"alerts": alerts}).encode()

    async with httpx.AsyncClient(
        base_url=service.client.base_url, trust_env=False, timeout=None, headers=AUTHORIZED
    ) as sender:
        large = [asyncio.create_task(sender.post("/alerts/alertmanager", content=group(each))) for each in range(5)]
        await asyncio.sleep(2)  # they are under way
        for number in range(5):
            assert (await service.client.get("/healthz")).status_code == 200
            assert (await service.client.post("/alerts", json=ALERT)).status_code == 202
            assert await signed(service, number) == 202
        assert not any(each.done() for each in large)
        for each in large:
            each.cancel()
