"""What a page can change: sessions are opened and ended, verdicts judged, incidents investigated again.

Each form proves that it came from a page of the session.
"""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from service.api.auth.middleware import Judge, Writer
from service.api.auth.proof import LOGIN_PATH, SIGN_ON_PATH
from service.api.auth.sessions import COOKIE, SECONDS, Session
from service.api.dependencies import Parts, TheParts
from service.api.intake_bounds import still_open, within_rate
from service.api.reruns import IncidentId
from service.console.browser import HEADERS, BrowserRoute, answer, root_of
from service.console.cookies import inside, with_session
from service.store.schemas import Feedback
from tools.text.redaction import redact

router = APIRouter(route_class=BrowserRoute, include_in_schema=False)
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
    parts: TheParts,
    wanted: Annotated[str, Query(alias="next", max_length=2_000)] = "",
    tried: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """The form for a token. Whoever has just shown one is sent on, or told that the browser kept no session."""
    if tried and request.state.session is not None:
        return RedirectResponse(root_of(request) + inside(wanted), 303, HEADERS)
    problem = "Your browser did not keep the session: open Red Tide over https, or on this machine." if tried else ""
    return await answer(request, "login.html", _login(parts, wanted, problem))


@router.post(LOGIN_PATH)
async def open_session(request: Request, parts: TheParts, fields: Fields) -> Response:
    """Open a session with a valid token, and go on to the page that was wanted."""
    _from_here(request)
    cookie = parts.sessions.opened(fields.get("token", ""))
    if cookie is None:
        problem = "This token is not valid. It is one of REDTIDE_API_TOKEN or REDTIDE_API_TOKENS."
        return await answer(request, "login.html", _login(parts, fields.get("next", ""), problem), 401)
    return with_session(request, cookie, inside(fields.get("next", "")))


def _login(parts: Parts, wanted: str, problem: str) -> dict[str, str]:
    sign_on = SIGN_ON_PATH if parts.settings.oidc is not None and parts.trust.tokens else ""
    return {"wanted": inside(wanted), "problem": problem, "sign_on": sign_on}


@router.post("/console/logout")
async def close_session(request: Request, parts: TheParts, fields: Fields) -> Response:
    """End the session: its cookie is worth nothing from now on, wherever it was copied to."""
    session: Session | None = request.state.session
    if session is not None:
        own_form(request, parts, fields)
        await parts.store.spent.spend(session.id, SECONDS)
    closed = RedirectResponse(root_of(request) + LOGIN_PATH, 303, HEADERS)
    closed.delete_cookie(COOKIE)
    return closed


@router.post("/console/incidents/{incident_id}/rerun")
async def rerun(
    incident_id: IncidentId,
    request: Request,
    parts: TheParts,
    caller: Writer,
    fields: Fields,
    later: BackgroundTasks,
) -> Response:
    """Have the incident investigated again, with the revisions that it has."""
    own_form(request, parts, fields)
    still_open(parts)
    within_rate(parts, f"reruns/{caller.name}")
    await parts.store.reruns.rerun(incident_id, caller.name)
    later.add_task(parts.wake)
    return RedirectResponse(f"{root_of(request)}/incidents/{incident_id}", 303, HEADERS, later)


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
    return RedirectResponse(f"{root_of(request)}/incidents/{incident_id}#feedback", 303, HEADERS)


def own_form(request: Request, parts: Parts, fields: dict[str, str]) -> None:
    """Raises HTTPException unless a page of this session sent it (CSRF)."""
    _from_here(request)
    cookie = request.cookies.get(COOKIE, "")
    if not cookie or not parts.sessions.is_own_form(cookie, fields.get("form_token", "")):
        raise HTTPException(403, "this form did not come from a page of your session: load the page again")


def _from_here(request: Request) -> None:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "this form was sent by another site")
