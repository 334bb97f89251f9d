"""What a page can do with reverts: plan, approve, execute, cancel, object. Each form proves where it came from."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from service.api.auth.middleware import Judge, Reverter
from service.api.dependencies import TheParts
from service.api.reruns import IncidentId
from service.api.reverts import RevertId
from service.console.browser import HEADERS, BrowserRoute, root_of
from service.console.forms import Fields, own_form

router = APIRouter(route_class=BrowserRoute, include_in_schema=False)


@router.post("/console/incidents/{incident_id}/revert")
async def plan(
    incident_id: IncidentId, request: Request, parts: TheParts, caller: Reverter, fields: Fields
) -> Response:
    """Plan the revert of the culprit."""
    own_form(request, parts, fields)
    await parts.reverts.plan(incident_id, caller.name)
    return _back(request, incident_id)


@router.post("/console/incidents/{incident_id}/reverts/{revert_id}")
async def act(
    incident_id: IncidentId,
    revert_id: RevertId,
    request: Request,
    parts: TheParts,
    caller: Reverter,
    fields: Fields,
) -> Response:
    """Approve, execute or cancel a revert. Raises HTTPException for anything else."""
    own_form(request, parts, fields)
    match fields.get("act"):
        case "approve":
            await parts.reverts.approve(revert_id, caller.name)
        case "execute":
            await parts.reverts.execute(revert_id, caller.name)
        case "cancel":
            await parts.reverts.cancel(revert_id, caller.name)
        case _:
            raise HTTPException(422, "act: approve, execute or cancel")
    await parts.wake()
    return _back(request, incident_id)


@router.post("/console/incidents/{incident_id}/objection")
async def object_to(
    incident_id: IncidentId, request: Request, parts: TheParts, caller: Judge, fields: Fields
) -> Response:
    """Stop an automatic revert that waits for objections."""
    own_form(request, parts, fields)
    if await parts.store.decisions.object(incident_id, caller.name) is None:
        raise HTTPException(409, "it is too late to object, or it was stopped already: load the page again")
    await parts.wake()
    return _back(request, incident_id)


def _back(request: Request, incident_id: str) -> Response:
    return RedirectResponse(f"{root_of(request)}/incidents/{incident_id}#revert", 303, HEADERS)
