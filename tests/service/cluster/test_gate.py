"""What a stranger gets from Serve's proxy besides Red Tide itself."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from service.cluster import gate

KEY = "a-key-for-tests-only"


async def whatever(request: Request) -> Response:
    return PlainTextResponse("passed")


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


BEHIND = Starlette(
    routes=[WebSocketRoute("/{path:path}", socket), Route("/{path:path}", whatever, methods=["GET", "POST"])]
)


async def answered(path: str, authorization: str | None = None, key: str = KEY) -> httpx.Response:
    app = gate.Gate(BEHIND, {gate.MODEL_KEY: key})
    headers = {} if authorization is None else {"Authorization": authorization}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://proxy") as client:
        return await client.post(path, headers=headers)


@pytest.mark.parametrize(
    "path",
    ["/llm", "/llm/", "/llm/v1/models", "/llm/v1/chat/completions", "/l%6cm/v1/models", "/root/llm/v1"],
)
@pytest.mark.parametrize(
    "shown", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {KEY}", KEY, f"Bearer {KEY}x"]
)
async def test_the_model_asks_for_its_key(path: str, shown: str | None) -> None:
    refused = await answered(path, shown)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert KEY not in refused.text


async def test_the_model_answers_whoever_shows_it() -> None:
    assert (await answered("/llm/v1/models", f"Bearer {KEY}")).text == "passed"
    assert (await answered("/llm/v1/models", f"bearer  {KEY} ")).text == "passed"


@pytest.mark.parametrize(("key", "shown"), [("", ""), ("", "Bearer "), ("short", "Bearer short"), ("  ", "Bearer   ")])
async def test_without_a_usable_key_the_model_is_closed(key: str, shown: str) -> None:
    refused = await answered("/llm/v1/models", shown, key)
    assert refused.status_code == 401
    assert gate.MODEL_KEY in refused.json()["detail"]


@pytest.mark.parametrize("path", ["/alerts", "/", "/-/healthz", "/llms", "/incidents/INC-llm"])
async def test_everything_else_passes(path: str) -> None:
    assert (await answered(path)).text == "passed"


async def test_serves_list_of_routes_is_nobodys() -> None:
    assert (await answered("/-/routes")).status_code == 404


def test_a_web_socket_to_the_model_is_closed_too() -> None:
    client = TestClient(gate.Gate(BEHIND, {gate.MODEL_KEY: KEY}))
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/llm/v1/realtime"):
        pass
    with client.websocket_connect("/llm/v1/realtime", headers={"Authorization": f"Bearer {KEY}"}):
        pass
