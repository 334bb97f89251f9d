"""The HTTP interface. There is no authentication yet: it belongs on loopback or behind something that has it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from annotated_types import MaxLen
from fastapi import APIRouter, BackgroundTasks, Body, Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError

from incidents.alert import Alert, Deploy, Name
from incidents.errors import IncidentNotFound
from incidents.incident import Status
from service import examples, refusals
from service.health import ModelProbe
from service.limits import BodyLimit
from service.records import Accepted, Health, IncidentPage, ReasoningTrace, Recorded, StoredIncident
from service.render import markdown, terminal
from service.settings import Settings
from service.store import Store
from service.window import FieldInvalid, moment
from tools.redaction import redact


class Wakeable(Protocol):
    """Triage, as the interface sees it."""

    async def wake(self) -> None:
        """Say that there is a new open incident. It is only a hint and never fails: triage looks by itself too."""


@dataclass(slots=True)
class Parts:
    """What the endpoints work with."""

    store: Store
    triage: Wakeable
    settings: Settings
    probe: ModelProbe = field(init=False)
    draining: bool = False

    def __post_init__(self) -> None:
        """The probe remembers its last look, so there is one."""
        self.probe = ModelProbe(self.settings)


def create_api(store: Store, triage: Wakeable, settings: Settings) -> FastAPI:
    """The application over a store, which it migrates when it starts, and a triage that can be woken.

    `app.state.parts` holds its Parts.
    """
    app = FastAPI(title="Red Tide", description=_DESCRIPTION, version="0.1.0", lifespan=_store_open)
    app.state.parts = Parts(store, triage, settings)
    app.include_router(_router)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_exception_handler(RequestValidationError, refusals.not_valid)
    app.add_exception_handler(FieldInvalid, refusals.field_invalid)
    app.add_exception_handler(IncidentNotFound, refusals.not_found)
    app.add_exception_handler(SQLAlchemyError, refusals.store_unavailable)
    return app


@asynccontextmanager
async def _store_open(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    await parts.store.migrate()
    yield
    await parts.store.close()


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


_DESCRIPTION = """From an alert to the commit that caused it.

`POST /alerts` stores an alert and answers 202; `GET /incidents/{id}` tells where it stands
and, in the end, the verdict.
There is no authentication yet: keep this on loopback, or behind something that has it."""
_router = APIRouter()
_Parts = Annotated[Parts, Depends(_parts)]
_IncidentId = Annotated[Name, Path(max_length=40, description="As given by POST /alerts.", examples=["INC-k7mq2wz4ab"])]
_Filter = Annotated[Name | None, Query(max_length=300)]


@_router.post("/alerts", status_code=202, responses=refusals.OF_INTAKE, tags=["intake"])
async def take_alert(
    alert: Annotated[Alert, Body(openapi_examples=examples.ALERTS)],
    parts: _Parts,
    request: Request,
    response: Response,
    later: BackgroundTasks,
) -> Accepted:
    """Take an alert: it is stored when the answer goes out, and investigated afterwards."""
    _known(parts.settings, alert.repository)
    clean = await asyncio.to_thread(_clean, alert)  # a megabyte of log takes a while
    incident = await parts.store.accept(clean, clean.model_dump_json(exclude_unset=True))
    later.add_task(parts.triage.wake)
    url = str(request.url_for("show_incident", incident_id=incident))
    response.headers["Location"] = url
    return Accepted(id=incident, status=Status.OPEN, url=url, effect="opened")


@_router.post("/deploys", status_code=201, responses=refusals.OF_INTAKE, tags=["intake"])
async def take_deploy(deploy: Annotated[Deploy, Body(openapi_examples=examples.DEPLOYS)], parts: _Parts) -> Recorded:
    """Take note of a deploy. Alerts that leave their revisions out get them from here."""
    _known(parts.settings, deploy.repository)
    clean = deploy.model_copy(update={"url": redact(deploy.url) if deploy.url else None})
    return Recorded(id=await parts.store.record_deploy(clean))


@_router.get("/incidents", responses=refusals.OF_READING, tags=["incidents"])
async def list_incidents(
    parts: _Parts,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[Name | None, Query(max_length=40, description="Id of the last incident already seen.")] = None,
    status: Status | None = None,
    service: _Filter = None,
    repository: _Filter = None,
    environment: _Filter = None,
) -> IncidentPage:
    """Incidents, newest first."""
    found = await parts.store.archive.incidents(
        limit=limit + 1, before=before, status=status, service=service, repository=repository, environment=environment
    )
    shown = found[:limit]
    more = str(request.url.include_query_params(before=shown[-1].id)) if len(found) > limit else None
    return IncidentPage(incidents=shown, next=more)


@_router.get(
    "/incidents/{incident_id}", response_model=StoredIncident, responses=refusals.OF_READING, tags=["incidents"]
)
async def show_incident(
    incident_id: _IncidentId, parts: _Parts, accept: Annotated[str, Header()] = "application/json"
) -> StoredIncident | PlainTextResponse:
    """One incident with its verdict and report; `Accept: text/markdown` or `text/plain` gives the message as text."""
    incident = await parts.store.archive.incident(incident_id)
    if "text/markdown" in accept:
        return _message(incident, "text/markdown")
    if "text/plain" in accept:
        return _message(incident, "text/plain")
    return incident


@_router.get("/incidents/{incident_id}/trace", responses=refusals.OF_READING, tags=["incidents"])
async def show_trace(incident_id: _IncidentId, parts: _Parts) -> ReasoningTrace:
    """How the verdict came about: every node, prompt, reply and tool call, with tokens and durations."""
    return await parts.store.archive.trace(incident_id)


@_router.get("/healthz", responses={503: {"model": Health}}, tags=["service"])
async def show_health(parts: _Parts, response: Response) -> Health:
    """200 while alerts are taken, else 503. A model that is down is no reason for 503: the evidence answers then."""
    model = await parts.probe.look()
    mode = "agents" if model.reachable else "evidence-only"
    try:
        counts = await parts.store.archive.counts()
    except SQLAlchemyError:
        response.status_code = 503
        return Health(status="store unavailable", mode=mode, model=model)
    if parts.draining:
        response.status_code = 503
    return Health(status="draining" if parts.draining else "ok", mode=mode, model=model, incidents=counts)


def _known(settings: Settings, repository: str) -> None:
    if repository in settings.repositories:
        return
    known = ", ".join(sorted(settings.repositories)[:20]) or "none: see REDTIDE_REPOSITORIES"
    raise FieldInvalid("repository", f"not known here; known are {known}")


def _clean(alert: Alert) -> Alert:
    """The alert as it may be kept: no secret of a log reaches the store or a model, and every time names a moment."""
    texts = {
        name: _redacted(name, text) for name in ("message", "stack_trace", "url") if (text := getattr(alert, name))
    }
    times = {name: moment(name, at) for name in ("first_seen", "last_seen") if (at := getattr(alert, name))}
    return alert.model_copy(update={**texts, **times})


def _redacted(field: str, text: str) -> str:
    """Placeholders may be longer than what they replace; the field's own limit holds all the same."""
    limits = [limit.max_length for limit in Alert.model_fields[field].metadata if isinstance(limit, MaxLen)]
    return redact(text.replace("\x00", "\N{REPLACEMENT CHARACTER}"))[: min(limits, default=None)]


def _message(incident: StoredIncident, media_type: str) -> PlainTextResponse:
    if incident.report is None:
        text = f"{incident.id} is {incident.status}" + (f": {incident.failure}" if incident.failure else "")
    else:
        text = (markdown if media_type == "text/markdown" else terminal).render(incident.report)
    return PlainTextResponse(text, media_type=media_type)
