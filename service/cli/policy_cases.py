"""Facts of known incidents for `redtide policy replay`: as if the verdict had been given when the revision failed."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from incidents.decision import History
from incidents.errors import InputError, ToolError
from incidents.evidence import Evidence
from incidents.verdict import Verdict
from service.cli.cases import Broken
from tools.git.repository import Repository
from tools.policy.replay import Replayed

if TYPE_CHECKING:
    from service.settings import Settings
    from service.store.schemas import StoredIncident
    from service.store.store import Store

_PAGE: Final = 200
_IN_THE_LOG: Final = 1_000
_FIRST_HAND: Final = {
    "own_report": True,
    "seen_before": False,
    "disputed": False,
    "over": False,
    "objected": False,
    "environment": "production",
}
"""What only a running service knows, taken as it is while an incident is new."""


def replayed(
    repository: Repository,
    id_: str,
    name: str,
    verdict: Verdict,
    evidence: Evidence,
    culprit: str | None,
    *,
    service: str = "service",
    labelled: bool = True,
    calibrated: bool = True,
) -> Replayed:
    """Return one incident with its facts: the revert is planned on top of the failing revision.

    `calibrated`: the probabilities of the agents were measured; those of the evidence always are.
    """
    from incidents.decision import Facts
    from tools.policy.verdict_facts import verdict_facts

    known = verdict_facts(verdict, evidence)
    fields: dict[str, Any] = {**known, **_FIRST_HAND, "at": repository.commit(evidence.deployed).committed_at}
    fields |= {"incident": id_, "version": 1, "repository": name, "service": service, "history": History()}
    fields |= {"calibrated": verdict.mode == "evidence" or calibrated, "agents_due": bool(verdict.unreached)}
    if known["log_errors"] is None:  # labelled incidents have no log: taken as if it held the error
        fields["log_errors"] = _IN_THE_LOG
    if known["commit"] is not None:
        fields |= _planned(repository, known["commit"], evidence.deployed)
    return Replayed(id_, name, Facts.model_validate(fields), culprit, labelled)


def _planned(repository: Repository, commit: str, head: str) -> dict[str, Any]:
    from tools.policy.plan_facts import plan_facts
    from tools.revert.plan import plan_revert

    try:
        return plan_facts(repository, plan_revert(repository, commit, head))
    except (InputError, ToolError):
        return {}


async def stored_cases(
    store: "Store", settings: "Settings", since: datetime, limit: int | None
) -> tuple[list[Replayed], list[Broken]]:
    """Return the store's incidents that have a verdict, with what people said about it as the truth."""
    from service.cli.bar import progress

    names = await _judged(store, since, limit)
    cases: list[Replayed] = []
    broken: list[Broken] = []
    with progress(len(names)) as advance:
        for name in names:
            incident, evidence = await store.queries.incident(name), await store.queries.evidence(name)
            try:
                cases.append(_of_incident(incident, evidence, settings))
            except InputError as error:
                broken.append(Broken(id=name, reason=str(error)))
            advance("incidents")
    return cases, broken


async def _judged(store: "Store", since: datetime, limit: int | None) -> list[str]:
    """The ids of incidents with a verdict, newest first."""
    found: list[str] = []
    before: str | None = None
    while True:
        page = await store.queries.incidents(limit=_PAGE, before=before, since=since)
        found += [each.id for each in page if each.outcome is not None]
        if len(page) < _PAGE or (limit is not None and len(found) >= limit):
            return found[:limit]
        before = page[-1].id


def _of_incident(incident: "StoredIncident", evidence: Evidence | None, settings: "Settings") -> Replayed:
    name = incident.alert.repository
    path = settings.repositories.get(name)
    if path is None or incident.verdict is None or evidence is None:
        raise InputError(f"repository: {name} is not in the settings (REDTIDE_REPOSITORIES)")
    repository = Repository.open(path)
    truth, labelled = _truth(incident, repository)
    return replayed(
        repository,
        incident.id,
        name,
        incident.verdict,
        evidence,
        truth,
        service=incident.alert.service,
        labelled=labelled,
        calibrated=settings.calibration is not None,
    )


def _truth(incident: "StoredIncident", repository: Repository) -> tuple[str | None, bool]:
    """The commit that caused it according to the last feedback, and whether enough is known to judge the verdict."""
    from service.store.feedback_meaning import meaning_of

    if incident.feedback is None:
        return None, False
    meant = meaning_of(incident.feedback)
    if meant.commit is not None:
        return repository.resolve(meant.commit), True  # people name a commit by the beginning of its id
    named = incident.verdict.culprit if incident.verdict else None
    return None, meant.no_commit or (meant.innocent is not None and meant.innocent == named)
