"""A decision of the policy as rows: what was decided, and its audit record."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, exists
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningDelete

from incidents.decision import Action, Decision, Facts, RuleResult
from incidents.policy import Policy
from service.store.decision_history import Undecided
from service.store.revert_tables import DecisionRow
from service.store.stored_decision import DecisionState
from service.store.tables import AuditRow, IncidentRow, VerdictRow

POLICY: Final = "policy"
"""The name under which the policy acts, in audit records."""
_STATES: Final[dict[Action, DecisionState]] = {
    "none": "declined",
    "record": "recorded",
    "propose": "due",
    "execute": "due",
    "confirm": "confirming",
}
BROKEN: Final = RuleResult(
    rule="error",
    answer="unknown",
    sentence="The facts of the incident could be read.",
    fact="an internal error: see the log",
)
UNREADABLE: Final = "policy_file"
"""The rule that decides while the file of the policy cannot be read."""


def unreadable(problem: str) -> RuleResult:
    """Why nothing is decided while the file of the policy cannot be read."""
    sentence = "The file of the policy can be read."
    return RuleResult(rule=UNREADABLE, answer="fail", sentence=sentence, fact=problem[:300])


def store_decision(session: AsyncSession, decision: Decision, repository: str, now: datetime, note: str = "") -> None:
    """Store a decision with its audit record; where the policy is off, without one."""
    session.add(_row(decision, repository, now, note))
    if decision.mode != "off" or decision.decided_by == UNREADABLE:
        session.add(_audit(decision, now))


def delete_unreadable(since: datetime) -> ReturningDelete[str, int]:
    """Return the statement that deletes what was declined because of the file, about verdicts after `since`."""
    recent = exists().where(
        VerdictRow.incident_id == DecisionRow.incident_id,
        VerdictRow.version == DecisionRow.version,
        VerdictRow.at > since,
    )
    declined = (DecisionRow.decided_by == UNREADABLE, DecisionRow.state == "declined")
    return delete(DecisionRow).where(*declined, recent).returning(DecisionRow.incident_id, DecisionRow.version)


def decided_anew(incident: str, version: int, now: datetime) -> AuditRow:
    """Return the record of why a verdict is decided about once more."""
    detail = {"version": version, "why": "the file of the policy can be read again"}
    return AuditRow(at=now, incident_id=incident, actor=POLICY, action="policy decides anew", detail=detail)


def given_up(undecided: Undecided, row: IncidentRow, policy: Policy, why: RuleResult, now: datetime) -> Decision:
    """A decision without facts: nothing is reverted."""
    facts = Facts(
        at=now,
        incident=undecided.incident,
        version=undecided.version,
        repository=row.repository,
        service=row.service,
        outcome="not_enough",
    )
    mode = policy.conditions(row.repository, row.service).mode
    return Decision(mode=mode, action="none", decided_by=why.rule, facts=facts, results=(why,))


def record_of(decision: Decision) -> dict[str, Any]:
    """The decision as it is stored, without the names of authors; of the files at most a hundred."""
    facts = decision.facts.model_dump(mode="json", exclude={"authors"})
    facts["files"] = facts["files"][:100] if facts["files"] else facts["files"]
    return {**decision.model_dump(mode="json", exclude={"facts"}), "facts": facts, "because": decision.because}


def _row(decision: Decision, repository: str, now: datetime, note: str) -> DecisionRow:
    facts = decision.facts
    return DecisionRow(
        incident_id=facts.incident,
        version=facts.version,
        at=now,
        repository=repository,
        commit=facts.commit,
        mode=decision.mode,
        action=decision.action,
        decided_by=decision.decided_by,
        state=_STATES[decision.action],
        due_at=now,
        shown_at=now,
        tries=0,
        note=note,
        decision=record_of(decision),
    )


def _audit(decision: Decision, now: datetime) -> AuditRow:
    words = {"none": "policy declined", "record": "policy would revert", "confirm": "policy runs the command"}
    action = words.get(decision.action, "policy reverts")
    return AuditRow(
        at=now, incident_id=decision.facts.incident, actor=POLICY, action=action, detail=record_of(decision)
    )
