"""The proxy's part of the door: what it refuses, what it lets pass, and that no half-sent body reaches a replica."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from ray.serve._private.http_util import _apply_middlewares
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from incidents.errors import InputError
from service.cluster import admission
from service.settings import Settings
from service.settings.limits import BodyBounds
from tests.attack.half_sent import half_sent, status_of
from tests.attack.live import listening
from tests.service.stand_ins import AUTHORIZED, TOKEN

SIGNED = {"Sentry-Hook-Signature": "0" * 64}
KNOWN = {"REDTIDE_API_TOKEN": TOKEN, "REDTIDE_SECRETS_SENTRY": "the-secret-of-the-sender"}


@asynccontextmanager
async def proxy(environment: Mapping[str, str]) -> AsyncIterator[tuple[int, list[str]]]:
    """A server wrapped as Serve wraps its own, and the paths that were handed on to a replica."""
    reached: list[str] = []

    async def replica(request: Request) -> Response:
        reached.append(request.url.path)
        return PlainTextResponse(str(len(await request.body())))

    inner = Starlette(routes=[Route("/{path:path}", replica, methods=["GET", "POST"])])
    around: list[Any] = [*admission.admission(environment)]
    async with listening(_apply_middlewares(inner, around)) as port:
        yield port, reached


async def test_a_request_reaches_a_replica_only_when_its_body_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDTIDE_BODIES", '{"unproven_seconds": 0.5, "seconds": 0.5}')
    async with proxy(KNOWN) as (port, reached):
        for headers, status in (({}, 401), (SIGNED, 408), (AUTHORIZED, 408)):
            async with half_sent(port, "/alerts/sentry", headers, connections=2) as readers:
                assert [await status_of(reader, 5) for reader in readers] == [status] * 2
        assert reached == []
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            answer = await client.post("/alerts/sentry", content=b"x" * 300_000, headers=SIGNED)
            health = await client.get("/healthz")
    assert (answer.text, health.status_code) == ("300000", 200)
    assert reached == ["/alerts/sentry", "/healthz"]


async def test_other_applications_of_the_cluster_are_left_alone() -> None:
    async with (
        proxy(KNOWN) as (port, _),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        answers = [await client.post(path, content=b"12345") for path in ("/llm/v1/chat/completions", "/alertsx", "//")]
    assert [answer.text for answer in answers] == ["5"] * 3


async def test_without_any_token_of_its_own_the_proxy_leaves_it_to_the_replicas() -> None:
    async with (
        proxy({}) as (port, reached),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        await client.post("/alerts", content=b"12345")
    assert reached == ["/alerts"]


def test_tokens_that_cannot_be_used_are_said_there_too() -> None:
    with pytest.raises(InputError, match="REDTIDE_API_TOKEN"):
        admission.admission({"REDTIDE_API_TOKEN": "short"})


def test_the_proxy_of_redtide_serve_has_the_bounds_of_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(max_body_bytes=5_000, bodies=BodyBounds(count=7), docs="open")
    for name, value in admission.environment_of(settings).items():
        monkeypatch.setenv(name, value)
    bodies, door = admission.admission(KNOWN)
    assert bodies.kwargs == {"limit": 5_000, "bounds": BodyBounds(count=7)}
    assert "/docs" in str(door.kwargs["open_paths"])
    assert Settings().bodies == BodyBounds(count=7)
