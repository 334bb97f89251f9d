"""Routes that only browsers see, and what every answer to one has in common."""

import asyncio
import gzip
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Scope

from incidents.errors import (
    FetchFailed,
    ForgeError,
    IncidentNotFound,
    InputError,
    PushFailed,
    RedTideError,
    RevertNotFound,
    RevertStateConflict,
    StoreUnavailable,
)
from service.api.auth.middleware import wants_page
from service.api.auth.sessions import COOKIE
from service.api.dependencies import Parts
from service.console.templates import page

HEADERS = {
    # No inline script, no inline style, nothing from another host.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Vary": "Accept, Accept-Encoding, Cookie, Authorization",
}


_STATUS: Final[dict[type[RedTideError], int]] = {
    IncidentNotFound: 404,
    RevertNotFound: 404,
    RevertStateConflict: 409,
    InputError: 422,
    FetchFailed: 502,
    PushFailed: 502,
    ForgeError: 502,
}
_EFFORT = 5  # of nine: a page of a megabyte takes 20 ms, and gets hardly smaller above
# Cleaning the text of a long page takes seconds: neither the event loop nor the threads that read alerts wait for it.
_pages = ThreadPoolExecutor(1, "page")


class BrowserRoute(APIRoute):
    """A route that exists only for a browser; its refusals are pages too."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match only when a page is wanted."""
        match, child = super().matches(scope)
        if match is not Match.NONE and not wants_page(Headers(scope=scope)):
            return Match.NONE, {}
        return match, child

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Answer what cannot be shown with a page that says so."""
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handle(request)
            except tuple(_STATUS) as error:
                status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
                return await _problem(request, status, str(error))
            except StoreUnavailable:
                return await _problem(request, 503, "The incident store is unavailable: try again in a moment.")
            except RequestValidationError as error:
                where = ", ".join(str(each["loc"][-1]) for each in error.errors())
                return await _problem(request, 422, f"The address holds a value that cannot be used: {where}")
            except HTTPException as error:
                return await _problem(request, error.status_code, str(error.detail))

        return shown


async def answer(request: Request, template: str, values: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """Return the page with its headers."""
    common = {
        "root": root_of(request),
        "here": request.url.path,
        "caller": getattr(request.state, "caller", None),
        "form_token": _form_token(request),
    }
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    render = partial(_body, packed, template, {**common, **values})
    body = await asyncio.get_running_loop().run_in_executor(_pages, render)
    return HTMLResponse(body, status, {**HEADERS, "Content-Encoding": "gzip"} if packed else HEADERS)


def _body(packed: bool, template: str, values: Mapping[str, object]) -> bytes:
    text = page(template, **values).encode()
    return gzip.compress(text, _EFFORT) if packed else text


def root_of(request: Request) -> str:
    """Return the path under which a proxy serves the application; "" at its root."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def _form_token(request: Request) -> str:
    """Return what the page's forms carry; "" for who came with a token instead of a session."""
    parts: Parts = request.app.state.parts
    session = getattr(request.state, "session", None)
    return parts.sessions.form_token(request.cookies[COOKIE]) if session else ""


async def _problem(request: Request, status: int, detail: str) -> Response:
    return await answer(request, "problem.html", {"status": status, "detail": detail}, status)
