"""Bodies that do not come, come slowly or are too large: over a real HTTP server, in raw bytes."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.settings import Settings
from service.settings.limits import BodyBounds
from service.store.store import Store
from tests.attack.half_sent import half_sent, status_of
from tests.attack.live import listening
from tests.service.payloads import SENTRY
from tests.service.stand_ins import ALERT, AUTHORIZED, TOKEN, Bell

ONE_DATABASE = True
SECRET = "the-secret-of-the-sender"
CLAIM = {"Sentry-Hook-Signature": "0" * 64}
HANGS = 120  # only a guard: nothing below has to be quick
BOUNDS: dict[str, Any] = {"seconds": 600, "unproven_seconds": 600, "unproven_count": 4, "unproven_size": 200_000}
IMPATIENT = {"seconds": 1.0, "unproven_seconds": 1.0}


@pytest_asyncio.fixture
async def port(store: Store, settings: Settings, bounds: dict[str, Any]) -> AsyncIterator[int]:
    few = settings.model_copy(update={"bodies": BodyBounds(**BOUNDS | bounds), "max_body_bytes": 100_000})
    trust = Trust.of({"REDTIDE_API_TOKEN": TOKEN, "REDTIDE_SECRETS_SENTRY": SECRET})
    async with listening(create_api(store, Bell(), few, trust)) as port:
        yield port


@pytest.fixture
def bounds() -> dict[str, Any]:
    """Changed by those tests that need others."""
    return {}


def speaker(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=HANGS)


async def signed(client: httpx.AsyncClient, body: bytes | None = None) -> int:
    body = json.dumps(SENTRY).encode() if body is None else body
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    answer = await client.post("/alerts/sentry", content=body, headers={"Sentry-Hook-Signature": signature})
    return answer.status_code


REFUSED = [
    ("/alerts/sentry", {}),
    ("/alerts/sentry", {"Sentry-Hook-Signature": "not a signature"}),
    ("/alerts/sentry", {"Authorization": "Bearer no-token-of-anybody"}),
    ("/alerts/pagerduty", {"X-PagerDuty-Signature": f"v1={'0' * 64}"}),  # no secret is configured
    ("/alerts/nobody", CLAIM),
    ("/alerts", {}),
    ("/deploys", {}),
]


@pytest.mark.parametrize(("path", "headers"), REFUSED)
async def test_who_proves_nothing_is_refused_before_the_body_is_there(
    port: int, path: str, headers: dict[str, str]
) -> None:
    async with half_sent(port, path, headers, connections=2) as readers:
        assert [await status_of(reader, HANGS) for reader in readers] == [401, 401]


async def test_a_signed_time_of_long_ago_is_refused_before_the_body_is_there(store: Store, settings: Settings) -> None:
    trust = Trust.of({"REDTIDE_SECRETS_REDTIDE": SECRET})
    async with (
        listening(create_api(store, Bell(), settings, trust)) as port,
        half_sent(port, "/alerts/redtide", {"X-RedTide-Signature": f"t=1000,v1={'0' * 64}"}, 1) as (reader,),
    ):
        assert await status_of(reader, HANGS) == 401


@pytest.mark.parametrize("bounds", [IMPATIENT])
@pytest.mark.parametrize("headers", [CLAIM, AUTHORIZED], ids=["claimed", "proven"])
async def test_a_body_that_does_not_come_is_given_up(port: int, headers: dict[str, str]) -> None:
    async with half_sent(port, "/alerts/sentry", headers, connections=3) as readers:
        assert [await status_of(reader, HANGS) for reader in readers] == [408] * 3


@pytest.mark.parametrize("bounds", [IMPATIENT])
async def test_trickling_does_not_lengthen_the_time(port: int) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in (CLAIM | {"Content-Length": "10000"}).items())
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST /alerts/sentry HTTP/1.1\r\nHost: redtide\r\n{head}\r\n".encode())

    async def trickle() -> None:
        while True:
            writer.write(b"{")
            await asyncio.sleep(0.1)  # the attack itself: ten bytes a second

    trickling = asyncio.create_task(trickle())
    try:
        assert await status_of(reader, HANGS) == 408
    finally:
        trickling.cancel()
        writer.close()


async def test_the_first_of_too_many_unproven_bodies_gives_way_and_an_honest_sender_passes(port: int) -> None:
    async with half_sent(port, "/alerts/sentry", CLAIM, connections=20) as readers, speaker(port) as client:
        assert [await status_of(reader, HANGS) for reader in readers[:16]] == [503] * 16
        assert [await signed(client) for _ in range(3)] == [202] * 3
        assert (await client.post("/alerts", json=ALERT, headers=AUTHORIZED)).status_code == 202
        assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize("bounds", [{"unproven_count": 100}])
async def test_the_largest_unproven_body_gives_way_when_their_bytes_are_too_many(port: int) -> None:
    part = b"x" * 60_000
    async with half_sent(port, "/alerts/sentry", CLAIM, connections=5, announced=90_000, sent=part) as readers:
        ended = [asyncio.create_task(status_of(reader, HANGS)) for reader in readers]
        done, others = await asyncio.wait(ended, timeout=HANGS, return_when=asyncio.FIRST_COMPLETED)
        async with speaker(port) as client:
            assert await signed(client) == 202
        assert {task.result() for task in done} == {503}
        assert len(others) >= 3
        for task in others:
            task.cancel()


@pytest.mark.parametrize("bounds", [{"count": 4}])
async def test_a_known_sender_that_half_sends_leaves_room_for_others(port: int) -> None:
    known = {"Authorization": f"Bearer {SECRET}"}
    async with half_sent(port, "/alerts/sentry", known, connections=20), speaker(port) as client:
        assert (await client.post("/alerts", json=ALERT, headers=AUTHORIZED)).status_code == 202
        assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize("bounds", [{"count": 4, "long_count": 4, "short": 1_000}])
async def test_a_short_body_does_not_wait_for_the_long_ones_of_its_own_sender(port: int) -> None:
    async with half_sent(port, "/alerts", AUTHORIZED, connections=20, announced=90_000), speaker(port) as client:
        assert (await client.post("/alerts", json=ALERT, headers=AUTHORIZED)).status_code == 202


@pytest.mark.parametrize("bounds", [{"count": 2, "waiting": 0}])
async def test_who_cannot_even_wait_is_told_to_come_again(port: int) -> None:
    async with half_sent(port, "/alerts", AUTHORIZED, connections=1), speaker(port) as client:
        answer = await client.post("/alerts", json=ALERT, headers=AUTHORIZED)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize("headers", [CLAIM, AUTHORIZED], ids=["claimed", "proven"])
@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_larger_than_the_limit_is_refused_whatever_it_announces(
    port: int, headers: dict[str, str], announced: bool
) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 10_000

    async with speaker(port) as client:
        body = b"x" * 100_001 if announced else parts()
        answer = await client.post("/alerts/sentry", content=body, headers=headers)
    assert answer.status_code == 413


async def test_what_is_sent_with_a_question_for_health_is_not_read(port: int) -> None:
    async with half_sent(port, "/healthz", {}, connections=3, method="GET", announced=10**9) as readers:
        assert [await status_of(reader, HANGS) for reader in readers] == [200] * 3
