"""The cookies of the pages: out of reach of scripts and other sites, and over https where it is not this machine."""

from typing import Literal, TypedDict
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse

from service.api.auth.proof import LOGIN_PATH
from service.api.auth.sessions import COOKIE, SECONDS
from service.console.browser import HEADERS, root_of

_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver", "redtide"})


class CookieFields(TypedDict):
    """What every cookie has."""

    httponly: bool
    samesite: Literal["lax"]
    secure: bool


def cookie_fields(request: Request) -> CookieFields:
    """Return what every cookie has."""
    return {"httponly": True, "samesite": "lax", "secure": request.url.hostname not in _LOCAL}


def with_session(request: Request, session: str, wanted: str) -> RedirectResponse:
    """Return the answer that hands over a session. The login page then sees whether the browser kept it."""
    again = urlencode({"tried": "1", "next": wanted})
    opened = RedirectResponse(f"{root_of(request)}{LOGIN_PATH}?{again}", 303, HEADERS)
    opened.set_cookie(COOKIE, session, max_age=SECONDS, **cookie_fields(request))
    return opened


def inside(wanted: str) -> str:
    """Return the path when it is one of ours: not the beginning of another host's address."""
    fine = (
        wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable() and "\\" not in wanted
    )
    return wanted if fine else "/incidents"
