"""POST /incidents/{id}/confirmations: what the owner's command showed when it was run with and without a commit."""

import re
from typing import Final

from fastapi import APIRouter, BackgroundTasks

from incidents.confirmation import Confirmation
from incidents.errors import FieldInvalid
from service.api import errors as refusals
from service.api.auth.middleware import Reverter
from service.api.dependencies import TheParts
from service.api.intake_bounds import still_open, within_rate
from service.api.reruns import IncidentId
from service.reverts.choice import held_commits
from service.store.schemas import Recorded

router = APIRouter(tags=["reverts"])
_SHA: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MOST: Final = 100


@router.post("/incidents/{incident_id}/confirmations", status_code=201, responses=refusals.OF_REVERTS)
async def take_confirmation(
    incident_id: IncidentId, found: Confirmation, parts: TheParts, caller: Reverter, later: BackgroundTasks
) -> Recorded:
    """Store trials that were run elsewhere, as `redtide confirm` does. The policy for automatic reverts believes them.

    Only commits that the incident's verdict holds can be named.
    """
    still_open(parts)
    within_rate(parts, f"reverts/{caller.name}")
    held = held_commits(await parts.store.queries.incident(incident_id))
    for name in ("suspected", "proven"):
        commit = getattr(found, name)
        if commit is not None and commit not in held:
            raise FieldInvalid(name, f"{commit[:64]!r} is no commit that the verdict on {incident_id[:40]} names")
    _checked(found)
    recorded = Recorded(id=await parts.store.confirmations.add(incident_id, found, caller.name))
    later.add_task(parts.wake)  # the incident's messages show it
    return recorded


def _checked(found: Confirmation) -> None:
    """Raise FieldInvalid where the result does not follow from the trials."""
    commits = [*(each.commit for each in found.trials), *filter(None, (found.culprit,))]
    if len(found.trials) > _MOST or not all(map(_SHA.fullmatch, commits)):
        raise FieldInvalid("trials", f"at most {_MOST}, each with the whole id of its commit")
    outcomes = {(each.commit, each.outcome) for each in found.trials}
    passed = {commit for commit, outcome in outcomes if outcome == "passed"}
    if found.proven is not None and ((found.proven, "failed") not in outcomes or not passed):
        raise FieldInvalid("proven", "no trial failed at it, or none passed before it")
    if found.confirmed and (found.proven is None or found.proven != (found.suspected or found.proven)):
        raise FieldInvalid("confirmed", "another commit, or none, is proven")
    if found.confirmed is False and not passed:
        raise FieldInvalid("confirmed", "no trial passed: nothing is refuted")
