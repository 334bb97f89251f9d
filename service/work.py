"""How the work on an incident ends: with a verdict, or with a reason. Every method is one transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.evidence import Evidence
from incidents.incident import Status
from incidents.reasoning import Step
from incidents.report import Report
from incidents.verdict import Verdict
from service.leases import HAS_VERDICT_ELSE, Leases, audit, held
from service.records import STEPS, Claim
from service.tables import IncidentRow, StepRow, VerdictRow


class Finding(Protocol):
    """What an investigation brings (`graph.investigation.Investigation`)."""

    @property
    def evidence(self) -> Evidence: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def report(self) -> Report: ...
    @property
    def steps(self) -> Sequence[Step]: ...
    @property
    def seconds(self) -> float: ...


class Work(Leases):
    """What triage replicas do with the store. Nothing is stored for a claim that no longer holds."""

    async def finish(self, claim: Claim, finding: Finding, *, agents_due: bool = False) -> bool:
        """Store the verdict and its reasoning trace. False, and nothing stored, when the claim no longer holds."""
        async with self._write.begin() as session:
            if not await _settle(session, claim, Status.DONE, agents_due=agents_due):
                return False
            version = await _versions(session, claim.incident.id) + 1
            session.add(_verdict_row(claim, finding, version))
            steps = STEPS.dump_python(tuple(finding.steps), mode="json")
            session.add_all(
                StepRow(incident_id=claim.incident.id, attempt=claim.attempt, position=n, kind=step["kind"], step=step)
                for n, step in enumerate(steps)
            )
        return True

    async def fail(self, claim: Claim, reason: str) -> bool:
        """End the work on it with a reason. False when the claim no longer holds.

        Its status is `failed`, but `done` when it was only the agents' turn: the verdict from the evidence stands.
        """
        async with self._write.begin() as session:
            ours = await _settle(session, claim, HAS_VERDICT_ELSE[Status.FAILED], failure=reason)
            if ours:
                detail = {"reason": reason, "attempt": claim.attempt}
                session.add(audit(claim.incident.id, "failed", detail))
            return ours


def _verdict_row(claim: Claim, finding: Finding, version: int) -> VerdictRow:
    return VerdictRow(
        incident_id=claim.incident.id,
        version=version,
        round=claim.round,
        at=datetime.now(UTC),
        seconds=finding.seconds,
        outcome=finding.verdict.outcome,
        culprit=finding.verdict.culprit,
        evidence=finding.evidence.model_dump(mode="json"),
        verdict=finding.verdict.model_dump(mode="json"),
        report=finding.report.model_dump(mode="json"),
    )


async def _settle(
    session: AsyncSession,
    claim: Claim,
    status: Status | ColumnElement[Status],
    *,
    failure: str | None = None,
    agents_due: bool = False,
) -> bool:
    settled = await session.scalars(
        update(IncidentRow)
        .where(*held(claim))
        .values(
            status=status,
            claimed_by=None,
            lease_until=None,
            not_before=None,
            finished_at=datetime.now(UTC),
            failure=failure,
            agents_due=agents_due,
            tries=0 if agents_due else IncidentRow.tries,
        )
        .returning(IncidentRow.id)
    )
    return settled.first() is not None


async def _versions(session: AsyncSession, incident_id: str) -> int:
    found = await session.scalar(select(func.max(VerdictRow.version)).where(VerdictRow.incident_id == incident_id))
    return found or 0
