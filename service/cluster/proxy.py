"""What is put around Ray Serve's HTTP proxy: its gate, and what it answers while the application is not there.

The proxy listens before the application is deployed and after it is gone, and answers 404 then. A sender takes that
for good and its alert is lost: it is told to come back instead. Serve calls `middlewares` in the proxy's process when
the environment variable `VARIABLE` names it: `redtide serve` sets it, and a cluster must have it where Ray is started
(k8s/raycluster.yaml).
"""

import os

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.errors import RETRY_SECONDS, Refusal
from service.cluster.admission import admission
from service.cluster.gate import Gate

VARIABLE = "RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH"
CALLBACK = "service.cluster.proxy:middlewares"
_AWAY = "Red Tide is starting or stopping: nothing was stored, try again"


def middlewares() -> list[Middleware]:
    """What Serve puts around its proxy: the last one outermost."""
    return [Middleware(ComeBack), *admission(os.environ), Middleware(Gate, environment=os.environ)]


class ComeBack:
    """ASGI middleware: 503 with Retry-After for the proxy's own 404, and Retry-After with every 503.

    A 404 of an application that is there passes. The application at `/` matches every path, so that the proxy has none
    of its own while it is deployed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A 404 is held until its first bytes tell whose it is."""
        held: list[Message] = []
        replaced = False

        async def passed(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                if message["status"] == 404:
                    held.append(message)
                    return
                _timed(message)
            elif held and _of_the_proxy(message):
                replaced = True
                await _refusal(scope, receive, send)
            if replaced:
                return
            while held:
                await send(held.pop())
            await send(message)

        await self._app(scope, receive, passed if scope["type"] == "http" else send)


_refusal = JSONResponse(
    Refusal(detail=_AWAY).model_dump(), status_code=503, headers={"Retry-After": str(RETRY_SECONDS)}
)


def _timed(start: Message) -> None:
    if start["status"] == 503:
        MutableHeaders(scope=start).setdefault("Retry-After", str(RETRY_SECONDS))


def _of_the_proxy(body: Message) -> bool:
    said: bytes = body.get("body", b"")
    return said.startswith(b"Path '") and b"/-/routes" in said
