"""Claims with a lease: who works on which incident, and what becomes of it when nobody does any more."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import ColumnElement, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from incidents.alert import Alert
from incidents.errors import InputError
from incidents.incident import Incident, Status
from incidents.trace import StackTrace
from service.store.deploy_window import window
from service.store.rounds import Round
from service.store.schemas import Claim
from service.store.tables import AlertRow, AuditRow, IncidentRow, Moment, VerdictRow

LEASE_SECONDS = 60.0
_HAS_VERDICT = exists().where(VerdictRow.incident_id == IncidentRow.id, VerdictRow.round == IncidentRow.round)
HAS_VERDICT_ELSE = {status: case((_HAS_VERDICT, Status.DONE), else_=status) for status in (Status.OPEN, Status.FAILED)}
"""An incident whose verdict from the evidence stands, and that only waits for the agents, stays `done`."""


class Recovered(NamedTuple):
    """What became of the incidents of those who died: how many wait again, and the rounds that were given up."""

    reopened: int
    given_up: tuple[Round, ...]


class Leases:
    """A claim holds until its lease ends, and its holder renews it. Every method is one transaction.

    Leases go by the database's clock where machines share one: theirs may differ by more than a lease.
    """

    def __init__(self, write: async_sessionmaker[AsyncSession]) -> None:
        self._write = write

    async def claim(self, owner: str, seconds: float = LEASE_SECONDS, *, agents: bool = True) -> Claim | None:
        """Take the worst incident that waits, or None: by tier, then by error rate, then the oldest.

        Without `agents` it is one that has no verdict yet, for an evidence-only one; with them also those that have
        only that. No two callers get the same one.
        """
        waits = IncidentRow.status == Status.OPEN
        if agents:
            waits = or_(waits, (IncidentRow.status == Status.DONE) & IncidentRow.agents_due)
        async with self._write.begin() as session:
            now = await database_time(session)
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
            stored = await session.get_one(AlertRow, row.alert_id)
            alert = Alert.model_validate(stored.alert)
            await _look_for_revisions(session, row, alert)
            row.status, row.claimed_by = Status.INVESTIGATING, owner
            row.attempts, row.tries = row.attempts + 1, row.tries + 1
            row.started_at, row.lease_until = now, now + timedelta(seconds=seconds)
            incident = _incident(row, alert, _trace(stored))
            return Claim(incident, row.attempts, row.tries, owner, agents, row.round, row.agent_retries)

    async def renew(self, owner: str, incidents: Collection[str], seconds: float = LEASE_SECONDS) -> set[str]:
        """Extend the leases of these incidents and return the ids of those that `owner` still holds."""
        async with self._write.begin() as session:
            until = await database_time(session) + timedelta(seconds=seconds)
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

    async def release(self, claim: Claim) -> None:
        """Give an unfinished incident back: a clean stop does not count as an attempt."""
        async with self._write.begin() as session:
            await session.execute(
                update(IncidentRow)
                .where(*held(claim))
                .values(attempts=IncidentRow.attempts - 1, tries=IncidentRow.tries - 1, **_waiting_again())
            )

    async def retry(self, claim: Claim, after_seconds: float, *, counted: bool = True) -> None:
        """Let it be tried again, at the earliest in `after_seconds`. Uncounted when it was no fault of its own."""
        tries = IncidentRow.tries - (0 if counted else 1)
        async with self._write.begin() as session:
            later = await database_time(session) + timedelta(seconds=after_seconds)
            await session.execute(
                update(IncidentRow)
                .where(*held(claim))
                .values(**{**_waiting_again(), "not_before": later, "tries": tries})
            )

    async def recover(self, attempts: int) -> Recovered:
        """Reopen incidents whose lease has ended.

        One that was started `attempts` times in this round and never came to an end has failed instead.
        """
        reason = f"given up: its investigation was started {attempts} times and never came to an end"
        async with self._write.begin() as session:
            now = await database_time(session)
            lost = (IncidentRow.status == Status.INVESTIGATING, IncidentRow.lease_until < now)
            poisoned = await session.execute(
                update(IncidentRow)
                .where(*lost, IncidentRow.tries >= attempts)
                .values(
                    status=HAS_VERDICT_ELSE[Status.FAILED],
                    claimed_by=None,
                    lease_until=None,
                    finished_at=now,
                    failure=reason,
                    agents_due=False,
                )
                .returning(IncidentRow.id, IncidentRow.round)
            )
            given_up = tuple(Round(row.id, row.round) for row in poisoned)
            session.add_all(audit(each.incident, "failed", {"reason": reason}) for each in given_up)
            reopened = await session.scalars(
                update(IncidentRow).where(*lost).values(**_waiting_again()).returning(IncidentRow.id)
            )
            return Recovered(len(reopened.all()), given_up)


async def database_time(session: AsyncSession) -> datetime:
    """The database's time on PostgreSQL, which several machines may share; on SQLite there is one clock only."""
    if session.get_bind().dialect.name != "postgresql":
        return datetime.now(UTC)
    return (await session.scalars(select(func.clock_timestamp(type_=Moment)))).one()


def _waiting_again() -> dict[str, object]:
    return {
        "status": HAS_VERDICT_ELSE[Status.OPEN],
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


def _incident(row: IncidentRow, alert: Alert, trace: StackTrace | None) -> Incident:
    alert = alert.model_copy(update={"count": row.errors})
    return Incident(id=row.id, alert=alert, opened_at=row.opened_at, base=row.base, deployed=row.deployed, trace=trace)


def _trace(stored: AlertRow) -> StackTrace | None:
    """The parsed trace; None, so that it is parsed again, when there is none or another version's program wrote it."""
    if stored.trace is None:
        return None
    try:
        return StackTrace.model_validate(stored.trace)
    except ValidationError:
        return None


def audit(incident_id: str, action: str, detail: dict[str, object]) -> AuditRow:
    return AuditRow(at=datetime.now(UTC), incident_id=incident_id, actor="triage", action=action, detail=detail)


def held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        IncidentRow.id == claim.incident.id,
        IncidentRow.status == Status.INVESTIGATING,
        IncidentRow.claimed_by == claim.owner,
        IncidentRow.attempts == claim.attempt,
    )
