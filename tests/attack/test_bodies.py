"""Bodies that never come, bodies that nobody asked for, and bodies that are legal and large: others are answered."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.attack.half_sent import half_sent
from tests.attack.memory import resident
from tests.recorded import Recorded
from tests.service.served import Served
from tests.service.stand_ins import AUTHORIZED

pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]
LARGE = 8 * 2**20
GROWTH = 300 * 2**20
"""More than a hundred bodies of 8 MB may leave behind in all processes together: they are 840 MB."""


def port(service: Served) -> int:
    found = service.client.base_url.port
    assert found
    return found


async def others_are_answered(service: Served, alert: dict[str, Any]) -> None:
    """Within the patience of the client, which is shorter than the time a half-sent body is waited for."""
    assert (await service.client.get("/healthz")).is_success
    assert (await service.client.post("/alerts", json=alert)).status_code == 202


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sentry-Hook-Signature": "0" * 64}, {"Authorization": "Bearer nobody-knows-this-token"}, AUTHORIZED],
    ids=["unproven", "signature", "wrong-token", "right-token"],
)
async def test_half_sent_requests_stop_nobody(service: Served, recorded: Recorded, headers: dict[str, str]) -> None:
    alert = recorded.alert.model_dump(mode="json") | {"service": f"beside-{len(headers)}-{headers.keys()}"[:60]}
    async with half_sent(port(service), "/alerts/sentry", headers):
        await others_are_answered(service, alert)


async def test_bodies_of_strangers_leave_no_memory_behind(service: Served, recorded: Recorded) -> None:
    before = sum(resident(service.process.pid).values())
    statuses = await _strangers(port(service), 100)
    grown = sum(resident(service.process.pid).values()) - before
    assert not [status for status in statuses if 200 <= status < 300], statuses
    assert grown < GROWTH, f"{grown / 2**20:.0f} MB"
    await others_are_answered(service, recorded.alert.model_dump(mode="json") | {"service": "after-strangers"})


async def _strangers(to: int, number: int) -> Counter[int]:
    """Status -> how often; 0: the connection was closed while the body was being sent."""
    statuses: Counter[int] = Counter()
    gate = asyncio.Semaphore(10)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{to}", trust_env=False, timeout=60) as client:

        async def one() -> None:
            async with gate:
                try:
                    statuses[(await client.post("/alerts/sentry", content=_padding())).status_code] += 1
                except httpx.TransportError:
                    statuses[0] += 1

        await asyncio.gather(*(one() for _ in range(number)))
    return statuses


async def _padding() -> AsyncIterator[bytes]:
    for _ in range(LARGE // 2**16):
        yield b" " * 2**16


async def test_large_legal_bodies_do_not_stop_the_others(service: Served, recorded: Recorded) -> None:
    """Stack traces up to the limit of a body, from somebody who may send them."""
    alert = recorded.alert.model_dump(mode="json")
    line = '  File "/srv/app/shop/cart.py", line 9, in total\n    return sum(price_of(item) for item in self.items)\n'
    large = json.dumps(alert | {"service": "large", "stack_trace": line * ((LARGE - 20_000) // len(json.dumps(line)))})
    async with httpx.AsyncClient(
        base_url=service.client.base_url, trust_env=False, timeout=300, headers=AUTHORIZED
    ) as client:
        sending = [asyncio.create_task(client.post("/alerts", content=large)) for _ in range(5)]
        await others_are_answered(service, alert | {"service": "beside-large"})
        statuses = [(await each).status_code for each in sending]
    assert set(statuses) <= {202, 413, 422, 429, 503}, statuses
