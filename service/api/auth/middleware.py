"""Nobody passes without a valid token: asked before a body is read, and by each endpoint for the scope it needs."""

from collections.abc import Awaitable, Callable, Collection
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from incidents.errors import StoreUnavailable
from service.api.auth.proof import LOGIN_PATH, WEBHOOKS, Proof, proof_of
from service.api.auth.sessions import COOKIE, Session, Sessions
from service.api.auth.tokens import Caller, Trust
from service.api.errors import RETRY_SECONDS, UNPROVEN

OPEN = ("/healthz",)
STATIC = "/console/static/"
"""Style and script of the pages, the same for everybody."""
FORMS = "/console/"
"""Only below it may a session change anything: there each form proves that it came from a page of ours."""
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Red Tide", Basic realm="Red Tide, any name and a token as password"'}
NOBODY = "a valid token is needed: Authorization: Bearer <token> (see REDTIDE_API_TOKEN)"
_bearer = HTTPBearer(auto_error=False, description="A token of REDTIDE_API_TOKEN or REDTIDE_API_TOKENS.")


class Door:
    """ASGI middleware: a request whose head proves nothing is answered 401, and its body is not read.

    `open_paths` ask for nothing. Paths that `guarded` says no to pass as they are: they are somebody else's. `ended` says
    whether the session of this id was logged out; without it (in the proxy, which has no store) the signature decides.
    """

    def __init__(
        self,
        app: ASGIApp,
        trust: Trust,
        open_paths: Collection[str] = OPEN,
        guarded: Callable[[str], bool] = lambda path: True,
        sessions: Sessions | None = None,
        ended: Callable[[str], Awaitable[bool]] | None = None,
    ) -> None:
        self._app = app
        self._trust = trust
        self._sessions = sessions or Sessions(trust)
        self._ended = ended
        self._open = frozenset(open_paths)
        self._guarded = guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note in the scope's state who calls and how far it is proven."""
        if scope["type"] != "http" or not self._guarded(scope["path"]):
            await self._app(scope, receive, send)
            return
        path, headers, send = scope["path"], Headers(scope=scope), _private(send)
        proof = proof_of(self._trust, path, headers)
        caller = self._trust.caller(headers.get("authorization"))
        try:
            session = None if caller else await self._session(scope, headers)
        except StoreUnavailable:
            await _AWAY(scope, receive, send)
            return
        if session is not None:
            caller, proof = session.caller, Proof.TOKEN if proof is Proof.NONE else proof
        if proof is Proof.NONE and path not in self._open and not path.startswith(STATIC):
            await _refusal(scope, headers)(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state.update(caller=caller, session=session, proof=proof, sender=caller.name if caller else path)
        await self._app(scope, receive, send)

    async def _session(self, scope: Scope, headers: Headers) -> Session | None:
        """Raises StoreUnavailable."""
        path = scope["path"]
        if path.startswith(WEBHOOKS) or (scope["method"] not in ("GET", "HEAD") and not path.startswith(FORMS)):
            return None
        session = self._sessions.session(cookie_parser(headers.get("cookie", "")).get(COOKIE))
        if session is not None and self._ended is not None and await self._ended(session.id):
            return None
        return session


_AWAY = JSONResponse(
    {"detail": "the incident store is unavailable: try again"}, 503, headers={"Retry-After": str(RETRY_SECONDS)}
)


def _private(send: Send) -> Send:
    """No cache may give one caller's answer to another, or a page to a program; what says otherwise itself may be kept."""

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Cache-Control", "no-store")
            headers.setdefault("Vary", "Accept, Cookie, Authorization")
        await send(message)

    return marked


def wants_page(headers: Headers) -> bool:
    """Whether a browser asks, for somebody to read. Programs ask for JSON, or for anything."""
    return "text/html" in headers.get("accept", "")


def _refusal(scope: Scope, headers: Headers) -> Response:
    path = scope["path"]
    if scope["method"] == "GET" and wants_page(headers):
        query = scope.get("query_string", b"").decode("latin-1")
        wanted = f"{path}?{query}" if query else path
        root = scope.get("root_path", "")
        return RedirectResponse(f"{root}{LOGIN_PATH}?next={quote(wanted, safe='')}", status_code=303)
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
Reverter = Annotated[Caller, Security(_caller, scopes=["reverts:write"])]
Judge = Annotated[Caller, Security(_caller, scopes=["feedback:write"])]
Rescorer = Annotated[Caller, Security(_caller, scopes=["rescorings:write"])]
