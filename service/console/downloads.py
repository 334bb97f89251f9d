"""The incident as it is for programs and for pasting, at addresses that a browser can follow."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from service.api.auth.middleware import Reader
from service.api.dependencies import TheParts
from service.api.reruns import IncidentId
from service.console.browser import HEADERS
from service.render import markdown

router = APIRouter(include_in_schema=False)


@router.get("/console/incidents/{incident_id}/json")
async def as_json(incident_id: IncidentId, parts: TheParts, caller: Reader) -> Response:
    """What `GET /incidents/{id}` gives a program."""
    found = await parts.store.queries.incident(incident_id)
    return JSONResponse(found.model_dump(mode="json"), headers=HEADERS)


@router.get("/console/incidents/{incident_id}/markdown")
async def as_markdown(incident_id: IncidentId, parts: TheParts, caller: Reader) -> Response:
    """The message as Markdown, shown as plain text."""
    found = await parts.store.queries.incident(incident_id)
    if found.report is None:
        raise HTTPException(404, f"{incident_id} has no report yet: it is {found.status.value}")
    return PlainTextResponse(markdown.render(found.report), headers=HEADERS)
