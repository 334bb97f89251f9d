"""Nobody passes without a valid token: asked before a body is read, and by each endpoint for the scope it needs."""

from collections.abc import Callable, Collection
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.auth.proof import WEBHOOKS, Proof, proof_of
from service.api.auth.tokens import Caller, Trust
from service.api.errors import UNPROVEN

OPEN = ("/healthz",)
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Red Tide", Basic realm="Red Tide, any name and a token as password"'}
NOBODY = "a valid token is needed: Authorization: Bearer <token> (see REDTIDE_API_TOKEN)"
_bearer = HTTPBearer(auto_error=False, description="A token of REDTIDE_API_TOKEN or REDTIDE_API_TOKENS.")


class Door:
    """ASGI middleware: a request whose head proves nothing is answered 401, and its body is not read.

    `open_paths` ask for nothing. Paths that `guarded` says no to pass as they are: they are somebody else's.
    """

    def __init__(
        self,
        app: ASGIApp,
        trust: Trust,
        open_paths: Collection[str] = OPEN,
        guarded: Callable[[str], bool] = lambda path: True,
    ) -> None:
        self._app = app
        self._trust = trust
        self._open = frozenset(open_paths)
        self._guarded = guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note in the scope's state who calls and how far it is proven."""
        if scope["type"] != "http" or not self._guarded(scope["path"]):
            await self._app(scope, receive, send)
            return
        path, headers = scope["path"], Headers(scope=scope)
        proof = proof_of(self._trust, path, headers)
        if proof is Proof.NONE and path not in self._open:
            await _refusal(path)(scope, receive, send)
            return
        caller = self._trust.caller(headers.get("authorization"))
        state = scope.setdefault("state", {})
        state.update(caller=caller, proof=proof, sender=caller.name if caller else path)
        await self._app(scope, receive, send)


def _refusal(path: str) -> JSONResponse:
    detail = UNPROVEN if path.startswith(WEBHOOKS) else NOBODY
    return JSONResponse({"detail": detail}, status_code=401, headers=CHALLENGE)


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
