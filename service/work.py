"""The work on incidents: claims with a lease, and how each ends. Every method is one transaction."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from incidents.alert import Alert
from incidents.errors import InputError
from incidents.evidence import Evidence
from incidents.incident import Incident, Status
from incidents.reasoning import Step
from incidents.report import Report
from incidents.verdict import Verdict
from service.records import STEPS, Claim
from service.tables import AlertRow, AuditRow, IncidentRow, StepRow, VerdictRow
from service.window import window

LEASE_SECONDS = 60.0


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


class Work:
    """What triage replicas do with the store. A claim holds until its lease ends, and its holder renews it.

    The clocks of the replicas must agree to within a lease.
    """

    def __init__(self, write: async_sessionmaker[AsyncSession]) -> None:
        self._write = write

    async def claim(self, owner: str, seconds: float = LEASE_SECONDS, *, agents: bool = True) -> Claim | None:
        """Take the worst incident that waits, or None: by tier, then by error rate, then the oldest.

        Without `agents` it is one that has no verdict yet, for an evidence-only one; with them also those that have
        only that. No two callers get the same one.
        """
        now = datetime.now(UTC)
        waits = IncidentRow.status == Status.OPEN
        if agents:
            waits = or_(waits, (IncidentRow.status == Status.DONE) & IncidentRow.agents_due)
        async with self._write.begin() as session:
            row = (
                await session.scalars(
                    select(IncidentRow)
                    .where(waits, or_(IncidentRow.not_before.is_(None), IncidentRow.not_before <= now))
                    .order_by(IncidentRow.tier, IncidentRow.rate.desc(), IncidentRow.opened_at, IncidentRow.id)
                    .limit(1)
                    .with_for_update(skip_locked=True)
                )
            ).first()
            if row is None:
                return None
            alert = Alert.model_validate((await session.get_one(AlertRow, row.alert_id)).alert)
            await _look_for_revisions(session, row, alert)
            row.status, row.claimed_by = Status.INVESTIGATING, owner
            row.attempts, row.tries = row.attempts + 1, row.tries + 1
            row.started_at, row.lease_until = now, now + timedelta(seconds=seconds)
            return Claim(_incident(row, alert), row.attempts, row.tries, owner, agents, row.round)

    async def renew(self, owner: str, incidents: Collection[str], seconds: float = LEASE_SECONDS) -> set[str]:
        """Extend the leases of these incidents and return the ids of those that `owner` still holds."""
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        async with self._write.begin() as session:
            held = await session.scalars(
                update(IncidentRow)
                .where(
                    IncidentRow.id.in_(tuple(incidents)),
                    IncidentRow.claimed_by == owner,
                    IncidentRow.status == Status.INVESTIGATING,
                )
                .values(lease_until=until)
                .returning(IncidentRow.id)
            )
            return set(held)

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
            held = await _settle(session, claim, _HAS_VERDICT_ELSE[Status.FAILED], failure=reason)
            if held:
                detail = {"reason": reason, "attempt": claim.attempt}
                session.add(_audit(claim.incident.id, "failed", detail))
            return held

    async def release(self, claim: Claim) -> None:
        """Give an unfinished incident back: a clean stop does not count as an attempt."""
        async with self._write.begin() as session:
            await session.execute(
                update(IncidentRow)
                .where(*_held(claim))
                .values(attempts=IncidentRow.attempts - 1, tries=IncidentRow.tries - 1, **_waiting_again())
            )

    async def retry(self, claim: Claim, after_seconds: float, *, counted: bool = True) -> None:
        """Let it be tried again, at the earliest in `after_seconds`. Uncounted when it was no fault of its own."""
        later = datetime.now(UTC) + timedelta(seconds=after_seconds)
        tries = IncidentRow.tries - (0 if counted else 1)
        async with self._write.begin() as session:
            await session.execute(
                update(IncidentRow)
                .where(*_held(claim))
                .values(**{**_waiting_again(), "not_before": later, "tries": tries})
            )

    async def recover(self, attempts: int) -> int:
        """Reopen incidents whose lease has ended and return how many.

        One that was started `attempts` times in this round and never came to an end has failed instead.
        """
        now = datetime.now(UTC)
        lost = (IncidentRow.status == Status.INVESTIGATING, IncidentRow.lease_until < now)
        reason = f"given up: its investigation was started {attempts} times and never came to an end"
        async with self._write.begin() as session:
            poisoned = await session.scalars(
                update(IncidentRow)
                .where(*lost, IncidentRow.tries >= attempts)
                .values(
                    status=_HAS_VERDICT_ELSE[Status.FAILED],
                    claimed_by=None,
                    lease_until=None,
                    finished_at=now,
                    failure=reason,
                    agents_due=False,
                )
                .returning(IncidentRow.id)
            )
            session.add_all(_audit(each, "failed", {"reason": reason}) for each in poisoned.all())
            reopened = await session.scalars(
                update(IncidentRow).where(*lost).values(**_waiting_again()).returning(IncidentRow.id)
            )
            return len(reopened.all())


_HAS_VERDICT = exists().where(VerdictRow.incident_id == IncidentRow.id, VerdictRow.round == IncidentRow.round)
_HAS_VERDICT_ELSE = {status: case((_HAS_VERDICT, Status.DONE), else_=status) for status in (Status.OPEN, Status.FAILED)}
"""An incident whose verdict from the evidence stands, and that only waits for the agents, stays `done`."""


def _waiting_again() -> dict[str, object]:
    return {
        "status": _HAS_VERDICT_ELSE[Status.OPEN],
        "agents_due": _HAS_VERDICT,
        "claimed_by": None,
        "lease_until": None,
    }


async def _look_for_revisions(session: AsyncSession, row: IncidentRow, alert: Alert) -> None:
    """Deploys may have been told after the alert; what is still unknown is said by the investigation."""
    if row.base and row.deployed:
        return
    try:
        row.base, row.deployed = await window(session, alert, row.opened_at)
    except InputError:
        return


def _incident(row: IncidentRow, alert: Alert) -> Incident:
    alert = alert.model_copy(update={"count": row.errors})
    return Incident(id=row.id, alert=alert, opened_at=row.opened_at, base=row.base, deployed=row.deployed)


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


def _audit(incident_id: str, action: str, detail: dict[str, object]) -> AuditRow:
    return AuditRow(at=datetime.now(UTC), incident_id=incident_id, actor="triage", action=action, detail=detail)


def _held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        IncidentRow.id == claim.incident.id,
        IncidentRow.status == Status.INVESTIGATING,
        IncidentRow.claimed_by == claim.owner,
        IncidentRow.attempts == claim.attempt,
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
        .where(*_held(claim))
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
