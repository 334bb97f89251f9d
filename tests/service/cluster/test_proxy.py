"""What a sender is told by Serve's proxy while there is no application. test_runner.py asks a real one."""

import importlib
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from ray.serve._private.http_util import validate_http_proxy_callback_return
from ray.serve._private.proxy import HTTPProxy
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from service.cluster import proxy

OF_SERVE = "Path '/alerts' not found. Ping http://.../-/routes for available routes."


async def answered(status: int, body: str, **headers: str) -> httpx.Response:
    def endpoint(request: Request) -> Response:
        return PlainTextResponse(body, status_code=status, headers=headers)

    app = proxy.ComeBack(Starlette(routes=[Route("/alerts", endpoint, methods=["POST"])]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://proxy") as client:
        return await client.post("/alerts")


async def test_while_there_is_no_application_senders_are_told_to_come_back() -> None:
    seen = await answered(404, OF_SERVE)
    assert (seen.status_code, seen.headers["retry-after"]) == (503, "5")
    assert "try again" in seen.json()["detail"]


@pytest.mark.parametrize(
    ("status", "body"), [(404, '{"detail":"no incident has the id x"}'), (404, ""), (202, "{}"), (200, OF_SERVE)]
)
async def test_what_the_application_says_passes(status: int, body: str) -> None:
    seen = await answered(status, body)
    assert (seen.status_code, seen.text, "retry-after" in seen.headers) == (status, body, False)


async def test_every_503_says_when_to_come_back_and_what_it_said_itself_holds() -> None:
    assert (await answered(503, "no replica")).headers["retry-after"] == "5"
    assert (await answered(503, "no replica", **{"Retry-After": "30"})).headers["retry-after"] == "30"


def test_serve_finds_and_takes_it() -> None:
    module, _, name = proxy.CALLBACK.partition(":")
    found = getattr(importlib.import_module(module), name)()
    assert validate_http_proxy_callback_return(found) == found


async def test_the_words_of_serve_are_still_these() -> None:
    asked: Any = SimpleNamespace(path="/alerts")
    nobody: Any = None
    messages = [each async for each in HTTPProxy.not_found_response(nobody, asked)]
    assert OF_SERVE in str(messages)
