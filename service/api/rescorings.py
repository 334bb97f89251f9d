"""POST /rescorings and their state: stored incidents are judged again with other limits, or without the agents.

What could reach elsewhere (another model server, prompts, files) is set on the command line only.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import Field

from incidents.errors import FieldInvalid
from incidents.frozen import Frozen
from service.api import errors as refusals
from service.api.auth.middleware import Reader, Rescorer
from service.api.dependencies import TheParts
from service.api.intake_bounds import still_open, within_rate
from service.store.rescoring_schemas import Rescoring, Selection

router = APIRouter(tags=["rescorings"])
_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
_LIMITS = r"^limits\.[a-z_]{1,40}$"
RunName = Annotated[str, Path(max_length=100, pattern=_PATTERN, description="Name of the run.")]


class RescoringAsked(Frozen):
    """Which incidents are judged again, and what is different this time."""

    name: str | None = Field(default=None, pattern=_PATTERN, description="Name of the run; left out: the time.")
    selection: Selection = Selection()
    agents: bool = Field(default=True, description="False: by the evidence alone.")
    changed: dict[Annotated[str, Field(pattern=_LIMITS)], Annotated[str, Field(max_length=20)]] = Field(
        default_factory=dict, max_length=20, description="Limits of the agents, such as limits.samples -> 3."
    )


class Rescorings(Frozen):
    """The newest runs."""

    rescorings: tuple[Rescoring, ...]


@router.post("/rescorings", status_code=202, responses=refusals.OF_RERUNS)
async def rescore(asked: RescoringAsked, parts: TheParts, caller: Rescorer) -> Rescoring:
    """Judge stored incidents again, beside their verdicts. A replica takes the work up within `poll_seconds`."""
    still_open(parts)
    within_rate(parts, f"rescorings/{caller.name}")
    known = parts.settings.limits.model_dump()
    unknown = next((name for name in asked.changed if name.removeprefix("limits.") not in known), None)
    if unknown is not None:
        raise FieldInvalid("changed", f"{unknown} is no setting: docs/settings.md lists the limits")
    name = asked.name or f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    configuration = {"agents": asked.agents, "changed": asked.changed}
    await parts.store.rescorings.create(name, configuration, asked.selection, caller.name)
    return await parts.store.rescorings.rescoring(name)


@router.get("/rescorings", responses=refusals.OF_READING)
async def list_rescorings(parts: TheParts, caller: Reader) -> Rescorings:
    """The newest runs and how far they are."""
    return Rescorings(rescorings=await parts.store.rescorings.latest())


@router.get("/rescorings/{name}", responses=refusals.OF_READING)
async def get_rescoring(name: RunName, parts: TheParts, caller: Reader) -> Rescoring:
    """One run and how far it is."""
    return await parts.store.rescorings.rescoring(name)


@router.get("/rescorings/{name}/result", responses={**refusals.OF_READING, 204: {"description": "Not done yet."}})
async def get_result(name: RunName, parts: TheParts, caller: Reader) -> Any:  # noqa: ANN401 (docs/rescoring.md)
    """The comparison of a finished run with the stored verdicts (docs/rescoring.md)."""
    return await parts.store.rescorings.result(name) or Response(status_code=204)


@router.post("/rescorings/{name}/stop", responses=refusals.OF_RERUNS)
async def stop(name: RunName, parts: TheParts, caller: Rescorer) -> Rescoring:
    """Stop a run. What was judged stays, and `redtide rescore --name` continues it."""
    await parts.store.rescorings.stop(name, f"stopped by {caller.name}")
    return await parts.store.rescorings.rescoring(name)
