"""Claims with a lease: which replica works on which incident, and which takes over when a replica dies."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.alert import Alert
from incidents.errors import InputError
from incidents.incident import Incident, Status
from incidents.trace import StackTrace
from service.store.deploys import recent_deploys, revisions_of
from service.store.engine import Database
from service.store.fair_order import in_fair_order, moments
from service.store.moment import Moment
from service.store.outbox import Outbox
from service.store.rounds import Round
from service.store.schemas import Claim
from service.store.tables import AlertRow, AuditRow, IncidentRow, VerdictRow

LEASE_SECONDS = 60.0
_HAS_VERDICT = exists().where(VerdictRow.incident_id == IncidentRow.id, VerdictRow.round == IncidentRow.round)
HAS_VERDICT_ELSE = {status: case((_HAS_VERDICT, Status.DONE), else_=status) for status in (Status.OPEN, Status.FAILED)}
"""Status -> that status, or `done` when the evidence gave a verdict and only the agents are missing."""


class Recovered(NamedTuple):
    """The result of a recovery: how many incidents wait again, and the rounds that were given up."""

    reopened: int
    given_up: tuple[Round, ...]


class Leases:
    """Claims on incidents. A claim is valid until its lease ends; its owner renews it.

    On PostgreSQL leases use the database's clock: the clocks of several machines may differ by more than a lease.
    """

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def claim(
        self, owner: str, seconds: float = LEASE_SECONDS, *, agents: bool = True, without: Collection[str] = ()
    ) -> Claim | None:
        """Claim the next incident (order: see fair_order.py), or return None when none is waiting.

        Without `agents`, only an incident without a verdict, for a verdict from the evidence alone; with `agents`, also
        one that has only such a verdict. None of the repositories `without`. No two callers get the same incident.
        """
        async with self._database.write() as session:
            now = await database_time(session)
            row = (await session.scalars(_next_waiting(agents), {**moments(now), "without": tuple(without)})).first()
            if row is None:
                return None
            stored = await session.get_one(AlertRow, row.alert_id)
            alert = Alert.model_validate(stored.alert)
            await _fill_revisions(session, row, alert)
            row.status, row.claimed_by = Status.INVESTIGATING, owner
            row.attempts, row.tries = row.attempts + 1, row.tries + 1
            row.started_at, row.lease_until = now, now + timedelta(seconds=seconds)
            incident = _incident(row, alert, _trace(stored))
            return Claim(incident, row.attempts, row.tries, owner, agents, row.round, row.agent_retries)

    async def renew(self, owner: str, incidents: Collection[str], seconds: float = LEASE_SECONDS) -> set[str]:
        """Extend the leases of these incidents and return the ids of those that still belong to `owner`."""
        async with self._database.write() as session:
            until = await database_time(session) + timedelta(seconds=seconds)
            renewed = await session.scalars(
                update(IncidentRow)
                .where(
                    IncidentRow.id.in_(tuple(incidents)),
                    IncidentRow.claimed_by == owner,
                    IncidentRow.status == Status.INVESTIGATING,
                )
                .values(lease_until=until)
                .returning(IncidentRow.id)
            )
            return set(renewed)

    async def release(self, claim: Claim) -> None:
        """Return an unfinished incident at a clean stop; this does not count as an attempt."""
        async with self._database.write() as session:
            await session.execute(
                update(IncidentRow)
                .where(*claim_valid(claim))
                .values(attempts=IncidentRow.attempts - 1, tries=IncidentRow.tries - 1, **_waiting_again())
            )

    async def retry(self, claim: Claim, after_seconds: float, *, counted: bool = True) -> None:
        """Allow a new try after `after_seconds`. `counted` is False when the incident did not cause the fault."""
        tries = IncidentRow.tries - (0 if counted else 1)
        async with self._database.write() as session:
            later = await database_time(session) + timedelta(seconds=after_seconds)
            await session.execute(
                update(IncidentRow)
                .where(*claim_valid(claim))
                .values(**{**_waiting_again(), "not_before": later, "tries": tries})
            )

    async def recover(self, attempts: int) -> Recovered:
        """Reopen incidents whose lease has ended.

        An incident that was started `attempts` times in this round without an end becomes `failed` instead.
        """
        reason = f"given up: its investigation was started {attempts} times and never came to an end"
        async with self._database.write() as session:
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
            await self._outbox.changed(session, dict.fromkeys((each.incident for each in given_up), "failed"))
            reopened = await session.scalars(
                update(IncidentRow).where(*lost).values(**_waiting_again()).returning(IncidentRow.id)
            )
            return Recovered(len(reopened.all()), given_up)


async def database_time(session: AsyncSession) -> datetime:
    """Return PostgreSQL's time, which several machines share; on SQLite the local time."""
    if session.get_bind().dialect.name != "postgresql":
        return datetime.now(UTC)
    return (await session.scalars(select(func.clock_timestamp(type_=Moment)))).one()


@cache
def _next_waiting(agents: bool) -> Select[IncidentRow]:
    """Return the query for the next incident, with the parameters of `moments`. To write it takes as long as to run it."""
    waits = IncidentRow.status == Status.OPEN
    if agents:
        waits = or_(waits, (IncidentRow.status == Status.DONE) & IncidentRow.agents_due)
    return (
        in_fair_order(select(IncidentRow))
        .where(waits, or_(IncidentRow.not_before.is_(None), IncidentRow.not_before <= bindparam("now")))
        .where(IncidentRow.repository.not_in(bindparam("without", expanding=True)))
        .limit(1)
        .with_for_update(skip_locked=True, of=IncidentRow)
    )


def _waiting_again() -> dict[str, object]:
    return {
        "status": HAS_VERDICT_ELSE[Status.OPEN],
        "agents_due": _HAS_VERDICT,
        "claimed_by": None,
        "lease_until": None,
    }


async def _fill_revisions(session: AsyncSession, row: IncidentRow, alert: Alert) -> None:
    """Fill in missing revisions from deploys that were reported after the alert.

    The investigation finds what is still unknown.
    """
    if row.base and row.deployed:
        return
    try:
        known = await recent_deploys(session, alert, datetime.now(UTC))
        row.base, row.deployed = revisions_of(alert, known, row.opened_at)
    except InputError:
        return


def _incident(row: IncidentRow, alert: Alert, trace: StackTrace | None) -> Incident:
    alert = alert.model_copy(update={"count": row.errors})
    return Incident(id=row.id, alert=alert, opened_at=row.opened_at, base=row.base, deployed=row.deployed, trace=trace)


def _trace(stored: AlertRow) -> StackTrace | None:
    """Return the parsed trace; None when there is none or another version of the program wrote it."""
    if stored.trace is None:
        return None
    try:
        return StackTrace.model_validate(stored.trace)
    except ValidationError:
        return None


def audit(incident_id: str, action: str, detail: dict[str, object]) -> AuditRow:
    """Return a record of an action of triage on an incident."""
    return AuditRow(at=datetime.now(UTC), incident_id=incident_id, actor="triage", action=action, detail=detail)


def claim_valid(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a claim still belongs to its owner."""
    return (
        IncidentRow.id == claim.incident.id,
        IncidentRow.status == Status.INVESTIGATING,
        IncidentRow.claimed_by == claim.owner,
        IncidentRow.attempts == claim.attempt,
    )
