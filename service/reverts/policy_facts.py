"""The facts that the policy decides on: from the stored verdict and evidence, the plan, and what the store knows."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from incidents.confirmation import StoredConfirmation
from incidents.decision import Decision, Facts, History
from incidents.errors import ForgeRefused, InputError, PushRejected
from incidents.evidence import Evidence
from incidents.policy import Conditions, Policy
from incidents.revert import RevertPlan
from incidents.revert_record import Revert
from service.reverts.execution import OUTSIDE_ERRORS
from service.settings import Settings
from service.settings.policy_file import PolicySource
from service.store.decision_history import Background
from service.store.decision_rows import POLICY
from service.store.feedback_meaning import meaning_of
from service.store.schemas import StoredIncident
from service.store.store import Store
from tools.git.repository import Repository
from tools.policy.decide import decide
from tools.policy.plan_facts import plan_facts
from tools.policy.verdict_facts import evidence_kind, logged_before, verdict_facts
from tools.text.redaction import redact

_CLOCKS_DIFFER = timedelta(minutes=5)


class Planner(Protocol):
    """What plans reverts (`service.reverts.reverts.Reverts`)."""

    async def plan(self, incident_id: str, who: str, *, dry_run: bool = False) -> Revert:
        """Plan the revert of the culprit; with `dry_run` nothing is stored. Raises OUTSIDE_ERRORS."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One verdict with its facts, without those of earlier reverts. `problem`: why no revert could be planned.

    `may_pass`: that is because something outside did not answer.
    """

    facts: Facts
    conditions: Conditions
    problem: str = ""
    may_pass: bool = False

    def decision(self, history: History) -> Decision:
        """Decide. Pure."""
        return decide(self.facts.model_copy(update={"history": history}), self.conditions)


@dataclass(frozen=True, slots=True)
class FactsReader:
    """Reads the facts of stored incidents. `calibrated`: the model's record is known and used."""

    store: Store
    settings: Settings
    source: PolicySource
    planner: Planner
    calibrated: bool

    @property
    def policy(self) -> Policy:
        """The policy as it is now."""
        return self.source.policy

    async def subject(self, incident_id: str, at: datetime, *, planned: bool = True) -> Subject:
        """Return the facts about the latest verdict of an incident, as of `at`.

        A verdict without a culprit is not planned for, and none without `planned`: a plan asks the remote for its newest
        head. Raises IncidentNotFound and StoreUnavailable.
        """
        incident = await self.store.queries.incident(incident_id)
        evidence = await self.store.queries.evidence(incident_id)
        background = await self.store.decisions.background(incident_id)
        conditions = self.policy.conditions(incident.alert.repository, incident.alert.service)
        tried = await self.store.confirmations.of(incident_id)
        fields = self._known(incident, evidence, background, at) | self._confirmation(incident, evidence, tried)
        if not planned or conditions.mode == "off" or fields.get("commit") is None:
            return Subject(Facts.model_validate(fields), conditions)
        try:
            plan = (await self.planner.plan(incident_id, POLICY, dry_run=True)).plan
            fields |= await asyncio.to_thread(self._planned, incident.alert.repository, plan)
        except OUTSIDE_ERRORS as error:
            may_pass = not isinstance(error, (InputError, PushRejected, ForgeRefused))
            return Subject(Facts.model_validate(fields), conditions, redact(str(error))[:500], may_pass)
        return Subject(Facts.model_validate(fields), conditions)

    def _known(
        self, incident: StoredIncident, evidence: Evidence | None, background: Background, at: datetime
    ) -> dict[str, Any]:
        verdict, alert = incident.verdict, incident.alert
        fields: dict[str, Any] = {"at": at, "incident": incident.id, "version": incident.version}
        fields |= {"repository": alert.repository, "service": alert.service, "outcome": "not_enough"}
        fields |= {"environment": alert.environment}
        if verdict is None or evidence is None:
            return fields
        found = verdict_facts(verdict, evidence)
        live, first = found["live_since"], alert.first_seen
        before = live - _CLOCKS_DIFFER if live is not None else None
        older = before is not None and (
            (first is not None and _with_offset(first, at) < before) or logged_before(evidence.log, before)
        )
        return {
            **fields,
            **found,
            "calibrated": verdict.mode == "evidence" or self.calibrated,
            "agents_due": incident.agents_due or bool(verdict.unreached),
            "own_report": background.own_report,
            "seen_before": background.seen_before or older,
            "objected": background.objected,
            "disputed": bool(incident.disproved)
            or (incident.feedback is not None and meaning_of(incident.feedback).corrects),
            "over": incident.resolved_at is not None,
        }

    def _confirmation(
        self, incident: StoredIncident, evidence: Evidence | None, tried: Sequence[StoredConfirmation]
    ) -> dict[str, Any]:
        """What the owner's command said of the commit: the latest word that decides."""
        verdict = incident.verdict
        commit = verdict.culprit if verdict is not None else None
        if commit is None or evidence is None:
            return {}
        said = (each.found.about(commit) for each in tried)
        confirmed = next((each for each in said if each is not None), None)
        known = self.settings.confirm_commands.get(incident.alert.repository)
        untried = not any(each.found.suspected == commit for each in tried)
        kind = evidence_kind(evidence, commit, confirmed=confirmed)
        return {"confirmed": confirmed, "evidence": kind, "confirmable": known is not None and untried}

    def _planned(self, name: str, plan: RevertPlan) -> dict[str, Any]:
        path = self.settings.repositories.get(name)
        if path is None:
            raise InputError(
                f"repository: {name} is no longer in the service's settings; add it with REDTIDE_REPOSITORIES or --config"
            )
        return plan_facts(Repository.open(path), plan)


def _with_offset(moment: datetime, at: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=at.tzinfo)
