"""What a page can change: a session is opened and closed, a verdict is judged. Each form proves where it came from."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from service.api.auth.middleware import Judge, Reader
from service.api.auth.proof import LOGIN_PATH
from service.api.auth.sessions import COOKIE, SECONDS
from service.api.dependencies import Parts, TheParts
from service.api.reruns import IncidentId
from service.console.browser import HEADERS, BrowserRoute, answer
from service.store.schemas import Feedback
from tools.text.redaction import redact

router = APIRouter(route_class=BrowserRoute, include_in_schema=False)
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver", "redtide"})
_MOST_FIELDS = 20


async def _fields(request: Request) -> dict[str, str]:
    """The form's fields, each once. Raises HTTPException."""
    try:
        read = parse_qs((await request.body()).decode("utf-8"), max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400, "this form cannot be read") from error
    return {name: values[-1] for name, values in read.items()}


Fields = Annotated[dict[str, str], Depends(_fields)]


@router.get(LOGIN_PATH)
async def ask_for_token(
    request: Request,
    wanted: Annotated[str, Query(alias="next", max_length=2_000)] = "",
    tried: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """The form for a token."""
    problem = "Your browser did not keep the session: open Red Tide over https, or on this machine." if tried else ""
    return await answer(request, "login.html", {"wanted": _inside(wanted), "problem": problem})


@router.post(LOGIN_PATH)
async def open_session(request: Request, parts: TheParts, fields: Fields) -> Response:
    """Open a session with a valid token, and go on to the page that was wanted."""
    _from_here(request)
    wanted = _inside(fields.get("next", ""))
    cookie = parts.sessions.opened(fields.get("token", ""))
    if cookie is None:
        problem = "This token is not valid. It is one of REDTIDE_API_TOKEN or REDTIDE_API_TOKENS."
        return await answer(request, "login.html", {"wanted": wanted, "problem": problem}, 401)
    opened = RedirectResponse(root(request) + wanted, 303, HEADERS)
    secure = request.url.hostname not in _LOCAL
    opened.set_cookie(COOKIE, cookie, max_age=SECONDS, httponly=True, samesite="lax", secure=secure)
    return opened


@router.post("/console/logout")
async def close_session(request: Request, parts: TheParts, caller: Reader, fields: Fields) -> Response:
    """Forget the session in this browser."""
    own_form(request, parts, fields)
    closed = RedirectResponse(root(request) + LOGIN_PATH, 303, HEADERS)
    closed.delete_cookie(COOKIE)
    return closed


@router.post("/console/incidents/{incident_id}/feedback")
async def judge(
    incident_id: IncidentId, request: Request, parts: TheParts, caller: Judge, fields: Fields, later: BackgroundTasks
) -> Response:
    """Store what a person says about the verdict, with the version that the page showed."""
    own_form(request, parts, fields)
    try:
        said = Feedback.model_validate(
            {
                "label": fields.get("label"),
                "commit": fields.get("commit") or None,
                "note": redact(fields.get("note", "")).replace("\x00", "")[:2_000],
                "version": fields.get("version") or None,
            }
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(each) for each in first["loc"]) or "the form"
        raise HTTPException(422, f"{where}: {first['msg']}") from error
    await parts.store.feedback.add(incident_id, said, caller.name)
    later.add_task(parts.wake)  # the incident's messages show it
    return RedirectResponse(f"{root(request)}/incidents/{incident_id}#feedback", 303, HEADERS)


def own_form(request: Request, parts: Parts, fields: dict[str, str]) -> None:
    """Raises HTTPException unless a page of this session sent it (CSRF)."""
    _from_here(request)
    cookie = request.cookies.get(COOKIE, "")
    if not cookie or not parts.sessions.is_own_form(cookie, fields.get("form_token", "")):
        raise HTTPException(403, "this form did not come from a page of your session: load the page again")


def _from_here(request: Request) -> None:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "this form was sent by another site")


def _inside(wanted: str) -> str:
    """The path when it is one of ours: not the beginning of another host's address."""
    fine = (
        wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable() and "\\" not in wanted
    )
    return wanted if fine else "/incidents"


def root(request: Request) -> str:
    """The path below which the application is served, without a slash at its end."""
    return str(request.scope.get("root_path", "")).rstrip("/")
