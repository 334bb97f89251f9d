"""Requests that Ray Serve's HTTP proxy refuses: to the hosted model without its key, and to the list of routes.

Serve has no authentication: whoever reaches the proxy reaches every application behind it. Red Tide checks its own
tokens; the model's server (`/llm` in serve_config.yaml) does not, so the proxy does. `/-/healthz`, which probes read,
returns one word and stays open.
"""

import hashlib
import hmac
import logging
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.auth.tokens import LEAST_CHARACTERS
from service.api.errors import Refusal

MODEL_KEY = "REDTIDE_MODEL_API_KEY"
MODEL_SEGMENT = "llm"
"""A path with this segment, at its beginning or after a root path, belongs to the model's application."""
ROUTES = "/-/routes"
_log = logging.getLogger(__name__)


class Gate:
    """ASGI middleware of the proxy. The model is closed while `environment` has no usable key."""

    def __init__(self, app: ASGIApp, environment: Mapping[str, str]) -> None:
        self._app = app
        self._key = _usable(environment.get(MODEL_KEY, "").strip())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it before its body is read."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif scope["path"].endswith(ROUTES):
            await _refuse(404, "not found", scope, receive, send)
        elif MODEL_SEGMENT in scope["path"].split("/") and not self._shown(scope):
            await _refuse(401, self._missing(), scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _shown(self, scope: Scope) -> bool:
        kind, _, value = Headers(scope=scope).get("authorization", "").partition(" ")
        shown = hashlib.sha256(value.strip().encode("latin-1")).digest()
        return self._key is not None and kind.lower() == "bearer" and hmac.compare_digest(shown, self._key)

    def _missing(self) -> str:
        if self._key is None:
            return f"the model is closed: set {MODEL_KEY} where Ray is started, {LEAST_CHARACTERS} characters or more"
        return "the model's key is needed: Authorization: Bearer <key>"


def _usable(key: str) -> bytes | None:
    if key and len(key) < LEAST_CHARACTERS:
        _log.warning("%s: a key needs at least %d characters; the model stays closed", MODEL_KEY, LEAST_CHARACTERS)
    return hashlib.sha256(key.encode()).digest() if len(key) >= LEAST_CHARACTERS else None


async def _refuse(status: int, detail: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    await JSONResponse(Refusal(detail=detail).model_dump(), status, headers)(scope, receive, send)
