"""The pages: list of incidents, one incident, how its verdict came about."""

from collections.abc import Mapping
from datetime import UTC as UTC_ZONE
from datetime import date, datetime, time, timedelta
from typing import Annotated, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from incidents.alert import Name
from incidents.errors import IncidentNotFound
from incidents.evidence import Evidence
from incidents.incident import Status
from incidents.verdict import Outcome
from service.api.auth.middleware import Reader
from service.api.dependencies import Parts, TheParts
from service.api.heavy_work import WorkLost
from service.api.reruns import IncidentId
from service.console.browser import BrowserRoute, answer
from service.console.error_chart import marks
from service.console.source_panels import Panels, panels
from service.render.message import offered
from service.store.feedback_meaning import meaning_of
from service.store.schemas import IncidentSummary, StoredIncident

PAGE = 50
_REVERTS = 5
_RELATED = 5
router = APIRouter(route_class=BrowserRoute, include_in_schema=False)
_NO_NUL = r"^[^\x00]*$"  # PostgreSQL would refuse the whole query
Text = Annotated[str, Query(max_length=300, pattern=_NO_NUL)]


@router.get("/")
async def start(request: Request, caller: Reader) -> Response:
    """The list is the first page."""
    return RedirectResponse(f"{request.scope.get('root_path', '').rstrip('/')}/incidents", 303)


@router.get("/incidents")
async def incidents(
    request: Request,
    parts: TheParts,
    caller: Reader,
    before: Annotated[Name | None, Query(max_length=40)] = None,
    status: Text = "",
    outcome: Text = "",
    service: Text = "",
    repository: Text = "",
    environment: Text = "",
    group: Text = "",
    text: Text = "",
    since: Text = "",
    until: Text = "",
    beginning: Annotated[str, Query(alias="id", max_length=40, pattern=_NO_NUL)] = "",
) -> Response:
    """Incidents, newest first; an empty field of the form asks for nothing, and one that cannot be read says so."""
    problems: list[str] = []
    found = await parts.store.queries.incidents(
        limit=PAGE + 1,
        before=before,
        status=Status(status) if status in set(Status) else None,
        outcome=_outcome(outcome),
        service=service or None,
        repository=repository or None,
        environment=environment or None,
        group=group or None,
        text=text.strip(),
        since=_day("from", since, problems),
        until=_day("to", until, problems, timedelta(days=1)),
        beginning=beginning.strip(),
    )
    shown = found[:PAGE]
    asked = {name: value for name, value in request.query_params.items() if value}
    values = {
        "incidents": shown,
        "group": await parts.store.overview.group(group) if group else None,
        "why_grouped": await parts.store.overview.why_grouped(group, [each.id for each in shown]) if group else {},
        "counts": await parts.store.queries.counts(),
        "asked": asked,
        "statuses": [each.value for each in Status],
        "outcomes": get_args(Outcome),
        "problems": problems,
        "more": str(QueryParams({**asked, "before": shown[-1].id})) if len(found) > PAGE else "",
        "newest": str(QueryParams({name: value for name, value in asked.items() if name != "before"})),
    }
    return await answer(request, "incidents.html", values)


@router.get("/incidents/{incident_id}")
async def incident(incident_id: IncidentId, request: Request, parts: TheParts, caller: Reader) -> Response:
    """One incident, from the verdict down to the audit records."""
    found = await parts.store.queries.incident(incident_id)
    evidence = await parts.store.queries.evidence(incident_id)
    trace = await parts.store.queries.trace(incident_id)
    changed_by = _changed_by(found)
    values = {
        "incident": found,
        "report": found.report and offered(found.report, found.verdict, found.revert),
        "verdict": found.verdict,
        "evidence": evidence,
        "said": meaning_of(found.feedback) if found.feedback else None,
        "changed": changed_by,
        "panels": await _panels(parts, found, evidence, changed_by, caller.name),
        "trace": trace,
        "audits": await _audits(parts, incident_id),
        "happened": marks(await parts.store.reverts.passed(incident_id), found.resolved_at),
        "group": await parts.store.overview.group(found.group) if found.related else None,
        "related": await _related(parts, found),
        "may_judge": "feedback:write" in caller.scopes,
        "may_revert": "reverts:write" in caller.scopes,
        "reverts": await parts.store.planned_reverts.latest(incident=incident_id, limit=_REVERTS),
        "may_rerun": "alerts:write" in caller.scopes,
        "running": found.status in (Status.OPEN, Status.INVESTIGATING) or found.agents_due,
    }
    return await answer(request, "incident.html", values)


@router.get("/incidents/{incident_id}/trace")
async def reasoning(incident_id: IncidentId, request: Request, parts: TheParts, caller: Reader) -> Response:
    """Every node, prompt, reply and tool call of the latest verdict."""
    trace = await parts.store.queries.trace(incident_id)
    return await answer(request, "reasoning.html", {"trace": trace, "incident_id": incident_id})


def _outcome(text: str) -> Outcome | None:
    known: Mapping[str, Outcome] = {each: each for each in get_args(Outcome)}
    return known.get(text)


def _day(name: str, text: str, problems: list[str], later: timedelta = timedelta()) -> datetime | None:
    """Return midnight UTC of a day; a text that is none is told in `problems`."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC_ZONE) + later
    except (ValueError, OverflowError):
        problems.append(f"“{name}” must be a day such as 2026-11-27")
        return None


async def _related(parts: Parts, found: StoredIncident) -> list[IncidentSummary]:
    """The latest others of its group."""
    if not found.related:
        return []
    rows = await parts.store.queries.incidents(group=found.group, limit=_RELATED + 1)
    return [each for each in rows if each.id != found.id][:_RELATED]


def _changed_by(found: StoredIncident) -> str | None:
    """The commit whose hunks are shown: the one that a person named, else the culprit, else the likeliest that is left."""
    verdict = found.verdict
    if verdict is None:
        return None
    suspects = [each.commit.sha for each in verdict.suspects]
    excluded = [each.commit.sha for each in verdict.ruled_out]
    instead = meaning_of(found.feedback).instead if found.feedback else None
    if instead is not None:
        return next((sha for sha in (*suspects, *excluded) if sha.startswith(instead)), None)
    likeliest = (verdict.culprit, *suspects)
    return next((sha for sha in likeliest if sha is not None and sha not in found.disproved), None)


async def _panels(
    parts: Parts, found: StoredIncident, evidence: Evidence | None, commit: str | None, caller: str
) -> Panels:
    """Read the source in another process: highlighting hostile lines must not hold up alerts."""
    path = parts.settings.repositories.get(found.alert.repository)
    if evidence is None:
        return Panels()
    if path is None:
        return Panels(problem="The source is not shown: its repository is not in the service's settings.")
    try:
        return await parts.heavy.run(f"page of {caller}", panels, path, evidence, commit)
    except WorkLost:
        return Panels(problem="The source could not be read: load the page again.")


async def _audits(parts: Parts, incident_id: str) -> object:
    try:
        return (await parts.store.queries.audits(incident_id)).records
    except IncidentNotFound:
        return ()
