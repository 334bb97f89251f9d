"""Single sign-on: to the provider with a fresh state, and back from it with a session."""

import hmac
import logging
import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from incidents.errors import InputError
from service.api.auth.proof import SIGN_ON_PATH, SIGNED_ON_PATH
from service.api.auth.roles import Role
from service.api.auth.sessions import STATE_SECONDS
from service.api.dependencies import Parts, TheParts
from service.console.browser import HEADERS, BrowserRoute, answer
from service.console.cookies import cookie_fields, inside, with_session
from service.console.oidc_provider import Provider
from service.render import sanitize
from service.settings.sign_on import SignOn

router = APIRouter(route_class=BrowserRoute, include_in_schema=False)
_COOKIE = "redtide_login"
_log = logging.getLogger(__name__)


@router.get(SIGN_ON_PATH)
async def leave(
    request: Request, parts: TheParts, wanted: Annotated[str, Query(alias="next", max_length=2_000)] = ""
) -> Response:
    """Send the person to the provider; a sealed cookie remembers what must come back."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        address = await _provider(request, parts).address(state, nonce, verifier)
    except InputError as error:
        return await _refused(request, parts, str(error), 503)
    left = RedirectResponse(address, 303, HEADERS)
    sealed = parts.sessions.sealed([state, nonce, verifier, inside(wanted)[:500]])
    left.set_cookie(_COOKIE, sealed, max_age=STATE_SECONDS, **cookie_fields(request))
    return left


@router.get(SIGNED_ON_PATH)
async def come_back(
    request: Request,
    parts: TheParts,
    code: Annotated[str, Query(max_length=4_000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
    iss: Annotated[str | None, Query(max_length=2_000)] = None,
) -> Response:
    """Open a session for who comes back with this login's own state, once."""
    provider = _provider(request, parts)
    settings = parts.settings.oidc
    assert settings is not None
    begun = parts.sessions.unsealed(request.cookies.get(_COOKIE))
    if begun is None or not hmac.compare_digest(begun[0].encode(), state.encode()):
        return await _refused(request, parts, "this login took too long, or began in another browser: begin again")
    if error or not code:
        return await _refused(request, parts, f"the provider says: {sanitize.line(error, 100) or 'no code'}")
    if iss is not None and iss != settings.issuer:
        return await _refused(request, parts, "another provider answers")
    if not await parts.store.spent.spend(state, 2 * STATE_SECONDS):  # first: one state asks the provider once
        return await _refused(request, parts, "this login was used before: begin again")
    try:
        claims = await provider.claims(code, begun[1], begun[2])
    except InputError as failed:
        _log.warning("a login was refused: %s", failed)
        return await _refused(request, parts, str(failed))
    return await _opened(request, parts, settings, claims, begun[3])


async def _opened(request: Request, parts: Parts, settings: SignOn, claims: Mapping[str, Any], wanted: str) -> Response:
    name, role = name_of(settings, claims), role_of(settings, claims)
    if role is None:
        _log.warning("%s may not log in: no value of the claim is configured", name)
        detail = f"your account may not use Red Tide: no value of its claim {settings.role_claim!r} is configured"
        return await _refused(request, parts, sanitize.line(detail, 200), 403)
    _log.info("%s logged in, role %s", name, role)
    opened = with_session(request, parts.sessions.opened_for(name, role), wanted)
    opened.delete_cookie(_COOKIE)
    return opened


def name_of(settings: SignOn, claims: Mapping[str, Any]) -> str:
    """Return the name for audit records; the subject where the claim is missing, or an address that nobody checked.

    An address is written with " at ": every place that shows a name redacts addresses, and all people would look the same.
    """
    name = claims.get(settings.name_claim)
    unchecked = settings.name_claim == "email" and claims.get("email_verified") not in (True, "true")
    fine = isinstance(name, str) and name.strip() and not unchecked
    shown = str(name if fine else claims["sub"]).replace("@", " at ")
    return f"oidc:{sanitize.line(shown, 80)}"


def role_of(settings: SignOn, claims: Mapping[str, Any]) -> Role | None:
    """Return what the person may do; None when that is nothing."""
    found = claims.get(settings.role_claim)
    several = found if isinstance(found, list) else [found]
    values = {each for each in several if isinstance(each, str)}
    if values.intersection(settings.act) or "*" in settings.act:
        return "act"
    return "read" if values.intersection(settings.read) or "*" in settings.read else None


async def _refused(request: Request, parts: Parts, reason: str, status: int = 401) -> Response:
    values = {"wanted": "/incidents", "problem": f"Not logged in: {reason}.", "sign_on": SIGN_ON_PATH}
    return await answer(request, "login.html", values, status)


def _provider(request: Request, parts: Parts) -> Provider:
    """The one of this application: it remembers what the provider publishes."""
    if parts.settings.oidc is None or not parts.trust.tokens:
        raise HTTPException(404, "single sign-on is not configured")
    known: Provider | None = getattr(request.app.state, "provider", None)
    if known is None:
        back = f"{(parts.settings.public_url or '').rstrip('/')}{SIGNED_ON_PATH}"
        known = Provider(parts.settings.oidc, lambda: parts.settings.sign_on_secret().get_secret_value(), back)
        request.app.state.provider = known
    return known
