"""Serves a Slack on loopback: its Web API over HTTP, and its sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response, WebSocket

from tests.attack.live import listening
from tests.service.notify.slack_api import Slack


@asynccontextmanager
async def running(slack: Slack) -> AsyncIterator[Slack]:
    """Serve it on loopback for the time of the block."""
    app = FastAPI()

    @app.api_route("/api/{method}", methods=["GET", "POST"])
    async def call(method: str, request: Request) -> Response:
        if request.method == "GET":
            fields: dict[str, Any] = dict(request.query_params)
        elif method.startswith("conversations."):
            fields = {}  # these methods take no JSON
        elif method.startswith("apps."):
            fields = {}  # its arguments come as a form
        else:
            fields = await request.json()
        shown = request.headers.get("authorization", "")
        return slack.answer(method, fields, shown.removeprefix("Bearer ") or None)

    @app.websocket("/link/")
    async def link(socket: WebSocket) -> None:
        await slack.connected(socket)

    async with listening(app) as port:
        slack.url = f"http://127.0.0.1:{port}/api/"
        yield slack
