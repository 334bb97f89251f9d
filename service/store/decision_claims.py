"""Who carries out which decision of the policy: claims that are valid until their lease ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.decision import Action
from service.store.revert_tables import DecisionRow
from service.store.stored_decision import DecisionState


@dataclass(frozen=True, slots=True)
class Work:
    """A decision that one replica carries out now. `at`: when it was claimed, by the clock of the database.

    Every moment of a decision is one of that clock, so that replicas whose clocks differ agree about it.
    """

    incident: str
    version: int
    owner: str
    state: DecisionState
    action: Action
    commit: str
    revert: str | None
    tries: int
    at: datetime


def due(now: datetime, states: Collection[DecisionState]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of decisions in these states whose time has come and that nobody has claimed."""
    free = or_(DecisionRow.lease_until.is_(None), DecisionRow.lease_until < now)
    return DecisionRow.state.in_(states), DecisionRow.due_at <= now, free


def claimed(work: Work) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the decision, as long as this claim on it is the last one."""
    key = (DecisionRow.incident_id == work.incident, DecisionRow.version == work.version)
    return *key, DecisionRow.claimed_by == work.owner, DecisionRow.tries == work.tries


async def end_work(session: AsyncSession, work: Work, **values: object) -> bool:
    """End the claim with these values. Returns False when it is no longer valid."""
    ended = await session.scalars(
        update(DecisionRow)
        .where(*claimed(work))
        .values(claimed_by=None, lease_until=None, **values)
        .returning(DecisionRow.incident_id)
    )
    return ended.first() is not None


def work_of(row: DecisionRow, owner: str, at: datetime) -> Work:
    """Return the claim on a decision."""
    fields = {"state": row.state, "action": row.action, "commit": row.commit, "revert": row.revert_id}
    return Work(incident=row.incident_id, version=row.version, owner=owner, tries=row.tries, at=at, **fields)  # type: ignore[arg-type]
