"""POST /incidents/{id}/revert and /reverts/{id}/...: a revert is planned, approved, executed, cancelled."""

from typing import Annotated

from annotated_types import Len
from fastapi import APIRouter, Body, Path, Query
from pydantic import Field

from incidents.alert import Name
from incidents.frozen import Frozen
from incidents.revert_record import Revert, RevertState, Route
from service.api import errors as refusals
from service.api.auth.middleware import Judge, Reader, Reverter
from service.api.dependencies import TheParts
from service.api.intake_bounds import still_open, within_rate
from service.api.reruns import IncidentId
from service.store.schemas import Sha

router = APIRouter(tags=["reverts"])
RevertId = Annotated[
    Name, Path(max_length=40, description="As given by POST /incidents/{id}/revert.", examples=["REV-k7mq2wz4ab"])
]


class RevertAsked(Frozen):
    """Which revert is asked for."""

    commit: Sha | None = Field(
        default=None, description="A commit that the verdict names; its beginning is enough. Default: the culprit."
    )
    route: Route = Field(default="pull_request", description="`push`: only the branch, without pull request.")
    together: bool = Field(default=False, description="With the later commits that must go with it, as one commit.")
    only: Annotated[tuple[Name, ...], Len(0, 100)] = Field(
        default=(), description='Only these files of the commit, or lines of them: "path", "path:from-to".'
    )
    partial: bool = Field(default=False, description="Only its files in which the error happened.")
    dry_run: bool = Field(default=False, description="Plan only: nothing is stored, and the id is empty.")
    executable: bool = Field(
        default=False, description="Refuse it, and store nothing, when no setting says where to push to."
    )


class RevertPage(Frozen):
    """Reverts, the last changed first."""

    reverts: tuple[Revert, ...]


@router.post("/incidents/{incident_id}/revert", responses=refusals.OF_REVERTS)
async def plan_revert(
    incident_id: IncidentId,
    parts: TheParts,
    caller: Reverter,
    asked: Annotated[RevertAsked | None, Body()] = None,
) -> Revert:
    """Plan the revert of the culprit, or of another commit that the verdict names, on the newest head.

    Asked twice for the same commit and head, the answer is the same revert. Nothing is written anywhere but here.
    """
    still_open(parts)
    within_rate(parts, f"reverts/{caller.name}")
    wanted = asked or RevertAsked()
    return await parts.reverts.plan(
        incident_id,
        caller.name,
        commit=wanted.commit,
        route=wanted.route,
        together=wanted.together,
        only=wanted.only,
        partial=wanted.partial,
        dry_run=wanted.dry_run,
        executable=wanted.executable,
    )


@router.get("/reverts", responses=refusals.OF_READING)
async def list_reverts(
    parts: TheParts,
    caller: Reader,
    incident: Annotated[Name | None, Query(max_length=40)] = None,
    state: Annotated[list[RevertState] | None, Query(max_length=20)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RevertPage:
    """Reverts, the last changed first; of one incident, or in some states."""
    found = await parts.store.planned_reverts.latest(incident=incident, states=state or (), limit=limit)
    return RevertPage(reverts=found)


@router.get("/reverts/{revert_id}", responses=refusals.OF_READING)
async def show_revert(revert_id: RevertId, parts: TheParts, caller: Reader) -> Revert:
    """One revert with its plan, and where it stands."""
    return await parts.store.planned_reverts.get(revert_id)


@router.post("/reverts/{revert_id}/approve", responses=refusals.OF_REVERTS)
async def approve_revert(revert_id: RevertId, parts: TheParts, caller: Reverter) -> Revert:
    """Approve what is planned. When its verdict has changed, the answer's state is `stale`."""
    return await parts.reverts.approve(revert_id, caller.name)


@router.post("/reverts/{revert_id}/execute", responses=refusals.OF_REVERTS)
async def execute_revert(revert_id: RevertId, parts: TheParts, caller: Reverter) -> Revert:
    """Push the branch and open the pull request. It may take minutes; sent again, it completes what was begun.

    The answer's state is `open`; `failed`, with the problem; or `stale`: then `successor` is the new plan, if only the
    head has moved, and has to be approved.
    """
    still_open(parts)
    return await parts.reverts.execute(revert_id, caller.name)


@router.post("/reverts/{revert_id}/cancel", responses=refusals.OF_REVERTS)
async def cancel_revert(revert_id: RevertId, parts: TheParts, caller: Reverter) -> Revert:
    """Stop it. Its pull request is closed and its branch deleted, unless it is merged or somebody pushed to it."""
    return await parts.reverts.cancel(revert_id, caller.name)


@router.post("/reverts/{revert_id}/object", responses=refusals.OF_REVERTS)
async def object_to_revert(revert_id: RevertId, parts: TheParts, caller: Judge) -> Revert:
    """Object to it: as cancelling, and whoever may judge a verdict may do it."""
    return await parts.reverts.object(revert_id, caller.name)


@router.post("/reverts/{revert_id}/refresh", responses=refusals.OF_REVERTS)
async def refresh_revert(revert_id: RevertId, parts: TheParts, caller: Reverter) -> Revert:
    """Ask the forge about an open one: its checks, whether it is merged or closed."""
    return await parts.reverts.refresh(revert_id, caller.name)
