"""The incident store: what was acknowledged, who works on it, and what came out. Every method is one transaction."""

import secrets
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import URL, ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from incidents.alert import Alert, Deploy
from incidents.evidence import Evidence
from incidents.incident import Incident, Status
from incidents.reasoning import Step
from incidents.report import Report
from incidents.verdict import Verdict
from service.archive import Archive
from service.deploy_record import DeployRecord
from service.engine import connect, migrate, writing
from service.records import STEPS, Claim
from service.tables import AlertRow, DeployRow, IncidentRow, StepRow, VerdictRow
from service.window import moment, window

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 that nobody mistakes for each other when reading them aloud


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


class Store:
    """The incident store at `url`. Nothing is opened before `migrate`, which comes first."""

    def __init__(self, url: URL) -> None:
        engine = connect(url)
        self._engine = engine
        self.archive = Archive(engine)
        self.deploys = DeployRecord(engine)
        self._read = async_sessionmaker(engine, expire_on_commit=False)
        self._write = async_sessionmaker(writing(engine), expire_on_commit=False)

    async def migrate(self) -> None:
        """Bring the tables up to date."""
        await migrate(self._engine)

    async def close(self) -> None:
        """Give the connections back."""
        await self._engine.dispose()

    # -- intake

    async def accept(self, alert: Alert, body: str, source: str = "redtide") -> str:
        """Store an alert (redacted) with a new open incident and return its id once both are durable.

        `body` is what was received. Revisions that neither the alert nor a deploy tells are left empty: the
        investigation finds them.
        """
        now = datetime.now(UTC)
        async with self._write.begin() as session:
            base, deployed = await window(session, alert, now)
            row = AlertRow(received_at=now, source=source, body=body, alert=alert.model_dump(mode="json"))
            session.add(row)
            await session.flush()
            incident = _opened(alert, row.id, base, deployed, now)
            session.add(incident)
        return incident.id

    async def record_deploy(self, deploy: Deploy) -> int:
        """Store a deploy and return its number; the same deploy told again is the same deploy."""
        row = DeployRow(
            repository=deploy.repository,
            environment=deploy.environment,
            service=deploy.service or "",
            revision=deploy.revision,
            old_revision=deploy.old_revision,
            at=moment("at", deploy.at),
            actor=deploy.actor,
            url=deploy.url,
        )
        try:
            async with self._write.begin() as session:
                session.add(row)
        except IntegrityError:
            return await self._same_deploy(row)
        return row.id

    async def _same_deploy(self, row: DeployRow) -> int:
        async with self._read() as session:
            return (
                await session.scalars(
                    select(DeployRow.id).where(
                        DeployRow.repository == row.repository,
                        DeployRow.environment == row.environment,
                        DeployRow.service == row.service,
                        DeployRow.at == row.at,
                        DeployRow.revision == row.revision,
                    )
                )
            ).one()

    # -- work

    async def claim(self, owner: str) -> Claim | None:
        """Take the oldest open incident, or None when there is none. No two callers get the same one."""
        async with self._write.begin() as session:
            row = (
                await session.scalars(
                    select(IncidentRow)
                    .where(IncidentRow.status == Status.OPEN)
                    .order_by(IncidentRow.opened_at, IncidentRow.id)
                    .limit(1)
                    .with_for_update(skip_locked=True)
                )
            ).first()
            if row is None:
                return None
            alert = (await session.get_one(AlertRow, row.alert_id)).alert
            row.status, row.claimed_by, row.attempts = Status.INVESTIGATING, owner, row.attempts + 1
            row.started_at = datetime.now(UTC)
            return Claim(_incident(row, Alert.model_validate(alert)), row.attempts)

    async def finish(self, claim: Claim, finding: Finding) -> bool:
        """Store the verdict and its reasoning trace. False, and nothing stored, when the claim no longer holds."""
        async with self._write.begin() as session:
            if not await _settle(session, claim, Status.DONE, None):
                return False
            version = await _versions(session, claim.incident.id) + 1
            session.add(_verdict_row(claim, finding, version))
            await session.execute(
                update(IncidentRow)
                .where(IncidentRow.id == claim.incident.id)
                .values(base=finding.evidence.base, deployed=finding.evidence.deployed)
            )
            steps = STEPS.dump_python(tuple(finding.steps), mode="json")
            session.add_all(
                StepRow(incident_id=claim.incident.id, attempt=claim.attempt, position=n, kind=step["kind"], step=step)
                for n, step in enumerate(steps)
            )
        return True

    async def fail(self, claim: Claim, reason: str) -> bool:
        """End the incident without a verdict. False when the claim no longer holds."""
        async with self._write.begin() as session:
            return await _settle(session, claim, Status.FAILED, reason)

    async def release(self, claim: Claim) -> None:
        """Give an unfinished incident back: a clean stop does not count as an attempt."""
        async with self._write.begin() as session:
            await session.execute(
                update(IncidentRow)
                .where(*_held(claim))
                .values(status=Status.OPEN, claimed_by=None, attempts=IncidentRow.attempts - 1)
            )

    async def recover(self, attempts: int, owner: str | None = None, running: Collection[str] = ()) -> int:
        """Reopen incidents that are being investigated by nobody and return how many.

        Without `owner` all of them: right when the only triage replica starts. With it, those that `owner` claimed but
        that are not among the `running` ids. One that has been started `attempts` times has failed instead.
        """
        lost = [IncidentRow.status == Status.INVESTIGATING, IncidentRow.id.not_in(tuple(running))]
        if owner is not None:
            lost.append(IncidentRow.claimed_by == owner)
        reason = f"given up: its investigation was started {attempts} times and never came to an end"
        async with self._write.begin() as session:
            await session.execute(
                update(IncidentRow)
                .where(*lost, IncidentRow.attempts >= attempts)
                .values(status=Status.FAILED, claimed_by=None, finished_at=datetime.now(UTC), failure=reason)
            )
            reopened = await session.scalars(
                update(IncidentRow).where(*lost).values(status=Status.OPEN, claimed_by=None).returning(IncidentRow.id)
            )
            return len(reopened.all())


def _opened(alert: Alert, alert_id: int, base: str, deployed: str, now: datetime) -> IncidentRow:
    return IncidentRow(
        id="INC-" + "".join(secrets.choice(_LETTERS) for _ in range(10)),
        alert_id=alert_id,
        opened_at=now,
        service=alert.service,
        environment=alert.environment,
        repository=alert.repository,
        base=base,
        deployed=deployed,
        status=Status.OPEN,
    )


def _incident(row: IncidentRow, alert: Alert) -> Incident:
    return Incident(id=row.id, alert=alert, opened_at=row.opened_at, base=row.base, deployed=row.deployed)


def _verdict_row(claim: Claim, finding: Finding, version: int) -> VerdictRow:
    return VerdictRow(
        incident_id=claim.incident.id,
        version=version,
        at=datetime.now(UTC),
        seconds=finding.seconds,
        outcome=finding.verdict.outcome,
        culprit=finding.verdict.culprit,
        evidence=finding.evidence.model_dump(mode="json"),
        verdict=finding.verdict.model_dump(mode="json"),
        report=finding.report.model_dump(mode="json"),
    )


def _held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        IncidentRow.id == claim.incident.id,
        IncidentRow.status == Status.INVESTIGATING,
        IncidentRow.attempts == claim.attempt,
    )


async def _settle(session: AsyncSession, claim: Claim, status: Status, failure: str | None) -> bool:
    settled = await session.scalars(
        update(IncidentRow)
        .where(*_held(claim))
        .values(status=status, claimed_by=None, finished_at=datetime.now(UTC), failure=failure)
        .returning(IncidentRow.id)
    )
    return settled.first() is not None


async def _versions(session: AsyncSession, incident_id: str) -> int:
    found = await session.scalar(select(func.max(VerdictRow.version)).where(VerdictRow.incident_id == incident_id))
    return found or 0
