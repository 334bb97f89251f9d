"""Nobody passes without a valid token: asked before a body is read, and by each endpoint for the scope it needs."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.auth.tokens import Caller, Trust

OPEN = frozenset({"/healthz", "/docs", "/docs/oauth2-redirect", "/openapi.json"})
WEBHOOKS = "/alerts/"
"""Below it senders prove themselves over the bytes they sent, which the endpoint does."""
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Red Tide", Basic realm="Red Tide, any name and a token as password"'}
NOBODY = "a valid token is needed: Authorization: Bearer <token> (see REDTIDE_API_TOKEN)"
_bearer = HTTPBearer(auto_error=False, description="A token of REDTIDE_API_TOKEN or REDTIDE_API_TOKENS.")


class Door:
    """ASGI middleware: a request without a valid token is answered 401 before its body is read."""

    def __init__(self, app: ASGIApp, trust: Trust) -> None:
        self._app = app
        self._trust = trust

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in who shows a token, and everybody where it is open."""
        if scope["type"] != "http" or scope["path"] in OPEN or scope["path"].startswith(WEBHOOKS):
            await self._app(scope, receive, send)
            return
        caller = self._trust.caller(Headers(scope=scope).get("authorization"))
        if caller is None:
            await JSONResponse({"detail": NOBODY}, status_code=401, headers=CHALLENGE)(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, receive, send)


def _caller(
    request: Request,
    needed: SecurityScopes,
    shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],  # tells OpenAPI
) -> Caller:
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None:
        raise HTTPException(401, NOBODY, headers=CHALLENGE)
    missing = [scope for scope in needed.scopes if scope not in caller.scopes]
    if missing:
        raise HTTPException(403, f"this token lacks the scope {', '.join(missing)}{_remedy(missing, caller)}")
    return caller


def _remedy(missing: list[str], caller: Caller) -> str:
    """Up to 0.2.0 `reverts:write` was the scope of feedback too: say what such a token lacks now."""
    was_enough = missing == ["feedback:write"] and "reverts:write" in caller.scopes
    return ", which reverts:write no longer stands for: add it to the token in REDTIDE_API_TOKENS" if was_enough else ""


Writer = Annotated[Caller, Security(_caller, scopes=["alerts:write"])]
Reader = Annotated[Caller, Security(_caller, scopes=["incidents:read"])]
Judge = Annotated[Caller, Security(_caller, scopes=["feedback:write"])]
