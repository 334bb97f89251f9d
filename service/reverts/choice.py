"""Which commit of an incident is reverted, and whether what the choice rests on still holds."""

from incidents.errors import FieldInvalid
from incidents.revert_record import Basis, Revert
from service.store.feedback_meaning import meaning_of
from service.store.schemas import StoredIncident

_SHORTEST = 7  # characters of a sha


def chosen_commit(incident: StoredIncident, named: str | None) -> str:
    """Return the full sha of the commit to revert: `named` (a beginning of it), else a person's choice, else the culprit.

    Raises FieldInvalid for a commit that the verdict does not hold, and when nothing is left to revert.
    """
    held = held_commits(incident)
    if named is not None:
        return _held(incident, named)
    said = incident.feedback
    if said is not None and (instead := meaning_of(said).instead):
        return _held(incident, instead)
    culprit = incident.verdict.culprit if incident.verdict else None
    if culprit is None or culprit not in held:
        outcome = incident.verdict.outcome if incident.verdict else f"still {incident.status}"
        raise FieldInvalid("commit", f"missing: {incident.id} names no culprit ({outcome}); say which commit to revert")
    if culprit in incident.disproved:
        raise FieldInvalid(
            "commit", f"missing: a person said that {culprit[:12]} is not the cause; name it to revert it"
        )
    return culprit


def held_commits(incident: StoredIncident) -> frozenset[str]:
    """Return the commits that the verdict holds: all that were in the failing deploy. No other is ever reverted."""
    verdict = incident.verdict
    if verdict is None:
        return frozenset()
    named = (verdict.culprit,) if verdict.culprit else ()
    suspects = (each.commit.sha for each in verdict.suspects)
    return frozenset((*named, *suspects, *(each.commit.sha for each in verdict.ruled_out)))


def _held(incident: StoredIncident, named: str) -> str:
    found = [sha for sha in held_commits(incident) if len(named) >= _SHORTEST and sha.startswith(named.lower())]
    if len(found) != 1:
        raise FieldInvalid("commit", f"{named[:64]!r} is no commit that the verdict on {incident.id} names")
    return found[0]


def basis_of(incident: StoredIncident, commit: str) -> Basis:
    """Return what the plan for this commit rests on. Raises FieldInvalid without a verdict."""
    if incident.verdict is None:
        raise FieldInvalid("incident_id", f"{incident.id} has no verdict yet")
    outcome, culprit = incident.verdict.outcome, incident.verdict.culprit
    return Basis(outcome=outcome, culprit=culprit, disproved=commit in incident.disproved)


def changed_basis(revert: Revert, incident: StoredIncident) -> str:
    """Return what has changed about the incident since the plan, as a sentence; empty when nothing has."""
    commit, before = revert.plan.commit, revert.basis
    if incident.verdict is None or commit not in held_commits(incident):
        return "the verdict no longer names this commit"
    now = basis_of(incident, commit)
    if now.disproved and not before.disproved:
        return "a person said that this commit is not the cause"
    if (now.outcome, now.culprit) != (before.outcome, before.culprit):
        return f"the verdict has changed to {now.outcome}" + (f" {now.culprit[:12]}" if now.culprit else "")
    return ""
