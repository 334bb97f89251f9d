"""The middleware of Ray Serve's HTTP proxy: the gate, and the answers while the application is not deployed.

The proxy listens before the application is deployed and after it is gone, and answers 404 then. A sender takes a 404 as
final and its alert is lost, so the answer becomes "try again". Serve calls `middlewares` in the proxy's process when
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
    """Return the middleware of Serve's proxy; the last one is outermost."""
    return [Middleware(ComeBack), *admission(os.environ), Middleware(Gate, environment=os.environ)]


class ComeBack:
    """ASGI middleware: 503 with Retry-After instead of the proxy's own 404, and Retry-After with every 503.

    A 404 of a deployed application passes. The application at `/` matches every path, so the proxy sends no 404 of its
    own while it is deployed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Delay a 404 until the first bytes of its body show whether it is the proxy's own."""
        delayed: list[Message] = []
        replaced = False

        async def passed(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                if message["status"] == 404:
                    delayed.append(message)
                    return
                _timed(message)
            elif delayed and _of_the_proxy(message):
                replaced = True
                await _refusal(scope, receive, send)
            if replaced:
                return
            while delayed:
                await send(delayed.pop())
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
