"""The HTTP interface. Only /healthz is open; everything else asks for a token (service/api/auth)."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Literal

from annotated_types import MaxLen
from fastapi import APIRouter, BackgroundTasks, Body, FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from pydantic import Discriminator, Tag
from starlette.datastructures import QueryParams

from incidents.alert import Deploy, Name
from incidents.errors import (
    FetchFailed,
    FieldInvalid,
    ForgeError,
    IncidentNotFound,
    InputError,
    PushFailed,
    RevertNotFound,
    RevertStateConflict,
    StoreUnavailable,
)
from incidents.incident import Status
from incidents.utc import in_utc
from service import version
from service.api import alerts as webhooks
from service.api import confirmations, notifications, reruns, rescorings, reverts, slack
from service.api import errors as refusals
from service.api import openapi_examples as examples
from service.api.alerts import address_of, known
from service.api.auth.middleware import Door, Judge, Reader, Writer
from service.api.auth.tokens import Trust
from service.api.bodies import Bodies
from service.api.dependencies import Parts, TheParts, Wakeable
from service.api.docs import open_paths, pages
from service.api.reruns import IncidentId
from service.render import markdown, terminal
from service.settings import Settings
from service.settings.policy_file import PolicySource
from service.store.schemas import Audits, Feedback, Health, IncidentPage, ReasoningTrace, Recorded, StoredIncident
from service.store.store import Store
from tools.text.redaction import redact

__all__ = ["Parts", "create_api"]


def create_api(
    store: Store,
    triage: Wakeable,
    settings: Settings,
    trust: Trust | None = None,
    pages_first: Sequence[APIRouter] = (),
) -> FastAPI:
    """The application over a store, which it migrates when it starts, and a triage that can be woken.

    `pages_first` are asked before the interface itself: a browser gets a page where a program gets JSON. `trust` comes
    from this process's environment when left out. `app.state.parts` holds its Parts. Raises InputError.
    """
    trust = Trust.of(os.environ) if trust is None else trust
    app = FastAPI(
        title="Red Tide",
        description=_DESCRIPTION,
        version=version(),
        lifespan=_store_open,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # the redirect would repeat the Host header
    )
    app.state.parts = Parts(store, triage, settings, trust)
    ours = (
        webhooks.router,
        _router,
        reruns.router,
        reverts.router,
        confirmations.router,
        notifications.router,
        rescorings.router,
        slack.router,
        pages(settings.docs),
    )
    for router in (*pages_first, *ours):
        app.router.routes.extend(router.routes)  # include_router analyses every endpoint a second time: 0.1 s an app
    app.add_middleware(Bodies, limit=settings.max_body_bytes, bounds=settings.bodies)
    parts: Parts = app.state.parts
    app.add_middleware(
        Door, trust=trust, open_paths=open_paths(settings.docs), sessions=parts.sessions, ended=store.spent.is_spent
    )
    _answer_errors(app)
    return app


def _answer_errors(app: FastAPI) -> None:
    """Have each error of ours answered with its status and one clear line."""
    app.add_exception_handler(RequestValidationError, refusals.not_valid)
    app.add_exception_handler(FieldInvalid, refusals.field_invalid)
    app.add_exception_handler(InputError, refusals.input_wrong)
    app.add_exception_handler(IncidentNotFound, refusals.not_found)
    app.add_exception_handler(RevertNotFound, refusals.not_found)
    app.add_exception_handler(RevertStateConflict, refusals.conflict)
    for outside in (FetchFailed, PushFailed, ForgeError):
        app.add_exception_handler(outside, refusals.no_answer)
    app.add_exception_handler(StoreUnavailable, refusals.store_unavailable)


@asynccontextmanager
async def _store_open(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    await parts.store.migrate()
    yield
    await parts.close()
    await parts.store.close()


_DESCRIPTION = """From an alert to the commit that caused it.

`POST /alerts` stores an alert and answers 202; `GET /incidents/{id}` tells where it stands
and, in the end, the verdict. Everything but `/healthz` needs a token: `Authorization: Bearer <token>`."""
_NO_POLICY = "its file cannot be read: nothing is reverted automatically; the log says what is wrong"
_router = APIRouter()
_Told = Annotated[
    Annotated[Deploy, Tag("one")] | Annotated[list[Deploy], MaxLen(1_000), Tag("many")],
    Discriminator(lambda told: "many" if isinstance(told, list) else "one"),
]
_Filter = Annotated[Name | None, Query(max_length=300)]


@_router.post("/deploys", status_code=201, responses=refusals.OF_INTAKE, tags=["intake"])
async def take_deploy(
    told: Annotated[_Told, Body(openapi_examples=examples.DEPLOYS)], parts: TheParts, caller: Writer
) -> Recorded | list[Recorded]:
    """Take note of a deploy, or of up to 1,000. Alerts that leave their revisions out get them from here."""
    deploys = [told] if isinstance(told, Deploy) else told
    for deploy in deploys:
        known(parts.settings.repositories, deploy.repository)
        in_utc("at", deploy.at)
    clean = [_without_secrets(each) for each in deploys]
    recorded = [Recorded(id=await parts.store.deploys.add(each)) for each in clean]
    return recorded[0] if isinstance(told, Deploy) else recorded


def _without_secrets(deploy: Deploy) -> Deploy:
    """Names are free text; revisions are looked up in git, which knows none that is redacted."""
    names = ("url", "actor", "service", "environment", "revision", "old_revision")
    told = {name: redact(text) for name in names if (text := getattr(deploy, name))}
    return deploy.model_copy(update=told)


@_router.get("/incidents", responses=refusals.OF_READING, tags=["incidents"])
async def list_incidents(
    parts: TheParts,
    caller: Reader,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[Name | None, Query(max_length=40, description="Id of the last incident already seen.")] = None,
    status: Status | None = None,
    service: _Filter = None,
    repository: _Filter = None,
    environment: _Filter = None,
    group: _Filter = None,
    beginning: Annotated[Name, Query(alias="id", max_length=40, description="Beginning of the id.")] = "",
) -> IncidentPage:
    """Incidents, newest first."""
    found = await parts.store.queries.incidents(
        limit=limit + 1,
        before=before,
        status=status,
        service=service,
        repository=repository,
        environment=environment,
        group=group,
        beginning=beginning,
    )
    shown = found[:limit]
    query = QueryParams({**request.query_params, "before": shown[-1].id}) if len(found) > limit else None
    more = address_of(request, f"/incidents?{query}") if query else None
    return IncidentPage(incidents=shown, next=more)


@_router.get(
    "/incidents/{incident_id}", response_model=StoredIncident, responses=refusals.OF_READING, tags=["incidents"]
)
async def show_incident(
    incident_id: IncidentId, parts: TheParts, caller: Reader, accept: Annotated[str, Header()] = "application/json"
) -> StoredIncident | PlainTextResponse:
    """One incident with its verdict and report; `Accept: text/markdown` or `text/plain` gives the message as text."""
    incident = await parts.store.queries.incident(incident_id)
    if "text/markdown" in accept:
        return _message(incident, "text/markdown")
    if "text/plain" in accept:
        return _message(incident, "text/plain")
    return incident


@_router.get("/incidents/{incident_id}/trace", responses=refusals.OF_READING, tags=["incidents"])
async def show_trace(incident_id: IncidentId, parts: TheParts, caller: Reader) -> ReasoningTrace:
    """How the verdict came about: every node, prompt, reply and tool call, with tokens and durations."""
    return await parts.store.queries.trace(incident_id)


@_router.get("/incidents/{incident_id}/audits", responses=refusals.OF_READING, tags=["incidents"])
async def show_audits(incident_id: IncidentId, parts: TheParts, caller: Reader) -> Audits:
    """What was done to the incident, by whom and when."""
    return await parts.store.queries.audits(incident_id)


@_router.post("/incidents/{incident_id}/feedback", status_code=201, responses=refusals.OF_FEEDBACK, tags=["incidents"])
async def take_feedback(
    incident_id: IncidentId, feedback: Feedback, parts: TheParts, caller: Judge, later: BackgroundTasks
) -> Recorded:
    """Say whether the verdict is right. The last word labels the incident, for evaluation and training."""
    clean = feedback.model_copy(update={"note": redact(feedback.note).replace("\x00", "")[:2_000]})
    recorded = Recorded(id=await parts.store.feedback.add(incident_id, clean, caller.name))
    later.add_task(parts.wake)  # the incident's messages show it
    return recorded


@_router.get("/healthz", responses={503: {"model": Health}}, tags=["service"])
async def show_health(parts: TheParts, response: Response) -> Health:
    """200 when alerts are stored and messages are sent, else 503. Ask it for readiness: a new process mends no full disk.

    A model that is down is no reason for 503: the evidence answers then. Nor is a policy that cannot be read: nothing is
    reverted automatically then.
    """
    model = await parts.probe.look()
    source = await asyncio.to_thread(PolicySource.of, parts.settings.policy)
    policy = _NO_POLICY if source.problem else ""
    mode = "agents" if model.reachable else "evidence-only"
    try:
        counts = await parts.store.queries.counts()
        problem = await parts.writes.problem()
    except StoreUnavailable as error:
        counts, problem = {}, str(error)
    if problem:
        response.status_code = 503
        return Health(
            status="store unavailable", store=problem, mode=mode, model=model, policy=policy, incidents=counts
        )
    status: Literal["draining", "starting", "ok"] = (
        "draining" if parts.draining else "starting" if parts.starting else "ok"
    )
    if status != "ok":
        response.status_code = 503
    return Health(status=status, mode=mode, model=model, policy=policy, incidents=counts)


def _message(incident: StoredIncident, media_type: str) -> PlainTextResponse:
    if incident.report is None:
        text = f"{incident.id} is {incident.status}" + (f": {incident.failure}" if incident.failure else "")
    else:
        text = (markdown if media_type == "text/markdown" else terminal).render(incident.report)
    return PlainTextResponse(text, media_type=media_type)
