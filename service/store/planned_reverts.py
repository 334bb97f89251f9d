"""Planned reverts: stored once for each (repository, commits, head); their state changes under a lock or a claim."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.errors import RevertNotFound, RevertStateConflict
from incidents.revert import RevertPlan, RevertStep, Stage
from incidents.revert_record import UNDONE, Revert, RevertState
from service.render.message import REVERT_STATES, State
from service.store.engine import Database, RowsRefused
from service.store.incident_rows import incident_row, new_id
from service.store.leases import database_time
from service.store.outbox import Outbox
from service.store.revert_tables import RevertRow
from service.store.reverts import store_step, withdraw
from service.store.tables import AuditRow
from tools.text.redaction import redact

_COLUMNS: Final = {"id", "incident", "repository", "state", "planned_at", "changed_at", "attempts"}
_STAGES: Final[Mapping[RevertState, Stage]] = {"planned": "proposed", "open": "open", "merged": "merged"}
_MOST_RELATED: Final = 50
LOOKED_AT: Final = timedelta(days=30)
"""So long after it was planned an open revert is looked at by itself."""
LEFT: Final = "open for 30 days: it is no longer looked at by itself; refresh it, or cancel it"
_PAUSES: Final = (
    (timedelta(hours=1), timedelta()),
    (timedelta(days=1), timedelta(minutes=10)),
    (LOOKED_AT, timedelta(hours=1)),
)
"""Nothing has changed for at most so long -> pause between two looks."""


@dataclass(frozen=True, slots=True)
class RevertClaim:
    """The right to execute, undo or look at a revert, until the lease ends. `owner` is a fence: each claim has its own."""

    revert: Revert
    owner: str


class PlannedReverts:
    """Stores reverts with their state, and who changed it. Nothing is carried out from here."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def add(self, revert: Revert, *, again: bool) -> Revert:
        """Store it under a new id, or return the stored one of the same (repository, commits, head).

        `again`: one that ended without being executed takes the new plan and is `planned` once more. Raises
        IncidentNotFound.
        """
        try:
            return await self._add(revert, again)
        except RowsRefused:  # another call has just stored the same one
            return await self._add(revert, again)

    async def _add(self, revert: Revert, again: bool) -> Revert:
        async with self._database.write() as session:
            await incident_row(session, revert.incident)
            row = await session.scalar(select(RevertRow).where(*_same(revert)).with_for_update())
            if row is None:
                row = RevertRow(
                    id=new_id("REV"), commits=_hashed(revert.plan), head=revert.plan.head, state="", attempts=0
                )
            elif not (again and row.state in UNDONE):
                return await self._also_for(session, row, revert.incident)
            else:  # in the same second it would be the same commit, and its closed pull request the answer of the forge
                later = max(revert.planned_at, row.planned_at + timedelta(seconds=1))
                revert = revert.model_copy(update={"planned_at": later})
            row.incident_id, row.repository, row.planned_at = revert.incident, revert.repository, revert.planned_at
            session.add(row)
            return await self._save(session, row, revert, revert.planned_by, "planned")

    async def get(self, revert_id: str) -> Revert:
        """Return one. Raises RevertNotFound."""
        async with self._database.read() as session:
            return _revert(await _row(session, revert_id))

    async def latest(
        self, *, incident: str | None = None, states: Collection[RevertState] = (), limit: int = 100
    ) -> tuple[Revert, ...]:
        """Return at most `limit`, the last changed first; of one incident, and in these states, where they are given."""
        conditions = [RevertRow.incident_id == incident] if incident is not None else []
        conditions += [RevertRow.state.in_(states)] if states else []
        newest_first = select(RevertRow).where(*conditions).order_by(RevertRow.changed_at.desc(), RevertRow.id)
        async with self._database.read() as session:
            return tuple(_revert(row) for row in await session.scalars(newest_first.limit(limit)))

    async def to_look_at(self, limit: int = 100) -> tuple[Revert, ...]:
        """Return at most `limit` open ones: first those that were never looked at, then the longest ago.

        `lease_until` tells it: of a claim that was given back it is the moment of that. The longer nothing has changed
        the more rarely one is looked at; after `LOOKED_AT` it is no longer.
        """
        async with self._database.read() as session:
            due = _worth_a_look(await database_time(session))
            open_ones = select(RevertRow).where(RevertRow.state == "open", *due)
            oldest_first = open_ones.order_by(RevertRow.lease_until.asc().nulls_first(), RevertRow.id)
            return tuple(_revert(row) for row in await session.scalars(oldest_first.limit(limit)))

    async def leave(self, who: str, limit: int = 100) -> int:
        """Say of open ones that nobody looks at any more that it is so; return of how many."""
        async with self._database.write() as session:
            old = RevertRow.planned_at <= await database_time(session) - LOOKED_AT
            untold = RevertRow.record["problem"].as_string() != LEFT
            rows = await session.scalars(
                select(RevertRow)
                .where(RevertRow.state == "open", old, untold)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            left = rows.all()
            for row in left:
                await self._save(session, row, _changed(row, {"problem": LEFT}), who, "left alone")
            await self._outbox.changed(session, {row.incident_id: None for row in left}, only_edits=True)
            return len(left)

    async def change(
        self, revert_id: str, allowed: Collection[RevertState], who: str, action: str, **fields: object
    ) -> Revert:
        """Change fields of a revert whose state is one of `allowed` and which nobody executes, with an audit record.

        Raises RevertNotFound, RevertStateConflict.
        """
        async with self._database.write() as session:
            row = await _row(session, revert_id, lock=True)
            await _refuse_claimed(session, row)
            if row.state not in allowed:
                raise RevertStateConflict(f"{revert_id} is {row.state}: it cannot be {action}")
            return await self._save(session, row, _changed(row, fields), who, action)

    async def claim(
        self, revert_id: str, allowed: Collection[RevertState], owner: str, seconds: float, state: RevertState | None
    ) -> RevertClaim:
        """Claim a revert whose state is one of `allowed`; its state becomes `state`, or the row stays as it is.

        Raises RevertNotFound, RevertStateConflict (also while somebody else's claim is valid).
        """
        async with self._database.write() as session:
            row = await _row(session, revert_id, lock=True)
            await _refuse_claimed(session, row)
            if row.state not in allowed:
                raise RevertStateConflict(f"{revert_id} is {row.state}: only {', '.join(sorted(allowed))} is possible")
            if state is not None:
                row.state, row.attempts, row.changed_at = state, row.attempts + 1, datetime.now(UTC)
            row.claimed_by = f"{owner[:20]} {secrets.token_hex(8)}"
            row.lease_until = await _lease_end(session, seconds)
            return RevertClaim(_revert(row), row.claimed_by)

    async def renew(self, claim: RevertClaim, seconds: float) -> bool:
        """Extend the claim; False when it is no longer valid."""
        async with self._database.write() as session:
            until = await _lease_end(session, seconds)
            mine = (RevertRow.id == claim.revert.id, RevertRow.claimed_by == claim.owner)
            held = RevertRow.lease_until > await database_time(session)
            renewed = update(RevertRow).where(*mine, held).values(lease_until=until).returning(RevertRow.id)
            return (await session.scalars(renewed)).first() is not None

    async def progress(
        self, claim: RevertClaim, who: str, action: str, *, end: bool = False, **fields: object
    ) -> Revert:
        """Store what the execution reached, with an audit record; `end` gives the claim back.

        Raises RevertStateConflict, and stores nothing, when another call has claimed the revert since.
        """
        async with self._database.write() as session:
            row = await _row(session, claim.revert.id, lock=True)
            if row.claimed_by != claim.owner:
                raise RevertStateConflict(f"{row.id} was taken over by another call")
            if end:
                row.claimed_by, row.lease_until = None, await database_time(session)
            return await self._save(session, row, _changed(row, fields), who, action)

    async def release(self, claim: RevertClaim) -> Revert:
        """Give the claim back with nothing changed, if it is still valid; return the revert as it is stored."""
        async with self._database.write() as session:
            row = await _row(session, claim.revert.id, lock=True)
            if row.claimed_by == claim.owner:
                row.claimed_by, row.lease_until = None, await database_time(session)
            return _revert(row)

    async def _save(self, session: AsyncSession, row: RevertRow, revert: Revert, who: str, action: str) -> Revert:
        """Write the row, its audit record, and the stage that messages show."""
        before, row.state, row.changed_at = row.state, revert.state, datetime.now(UTC)
        row.record = _record(revert)
        saved = _revert(row, revert)
        told = {name: text for name in ("written", "url", "problem", "successor") if (text := getattr(saved, name))}
        detail = {"revert": row.id, "commit": saved.plan.commit, "state": saved.state, **told}
        await session.flush()
        for incident in (saved.incident, *saved.related):
            fields = {"at": row.changed_at, "actor": redact(who)[:100], "action": f"revert {action}"[:40]}
            session.add(AuditRow(incident_id=incident, detail=detail, **fields))
        if before != saved.state:
            await self._show(session, saved, who, (saved.incident, *saved.related))
        return saved

    async def _show(self, session: AsyncSession, revert: Revert, who: str, incidents: Sequence[str]) -> None:
        """Let the messages about these incidents show the revert's stage, or the verdict again when it is undone."""
        shown: dict[str, State | None] = {}
        stage = _STAGES.get(revert.state)
        for incident in sorted(incidents):  # in one order, so that two calls do not wait for each other
            if revert.state in UNDONE:
                shown[incident] = await withdraw(session, incident, revert.plan.commit, who)
            elif stage is not None:
                fields = {"actor": redact(who)[:100], "url": revert.url, "at": revert.changed_at}
                step = RevertStep.model_validate({"commit": revert.plan.commit, "stage": stage, **fields})
                if await store_step(session, incident, step):
                    shown[incident] = REVERT_STATES[stage]
        await self._outbox.changed(session, shown)

    async def _also_for(self, session: AsyncSession, row: RevertRow, incident: str) -> Revert:
        """Add an incident that asks for a revert which is stored already for another one."""
        known = _revert(row)
        if incident == known.incident or incident in known.related:
            return known
        shared = known.model_copy(update={"related": (*known.related, incident)[-_MOST_RELATED:]})
        row.record = _record(shared)
        await self._show(session, shared, known.planned_by, (incident,))
        return shared


def _worth_a_look(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions for looking at an open one: new ones at each look, older ones after the pause of their age."""
    rested = [
        and_(RevertRow.changed_at > now - quiet, RevertRow.lease_until <= now - pause) for quiet, pause in _PAUSES
    ]
    return RevertRow.planned_at > now - LOOKED_AT, or_(RevertRow.lease_until.is_(None), *rested)


def key_of(plan: RevertPlan) -> str:
    """Return eight letters that stand for the commits and the head of a plan."""
    return hashlib.sha256(f"{_hashed(plan)}{plan.head}".encode()).hexdigest()[:8]


def _hashed(plan: RevertPlan) -> str:
    """Return a hash of what is reverted: the commits in their order, and the only files of a partial revert."""
    named = "\n".join([*(plan.commits or (plan.commit,)), *sorted(plan.only)])
    return hashlib.sha256(named.encode()).hexdigest()


def _same(revert: Revert) -> tuple[ColumnElement[bool], ...]:
    plan = revert.plan
    once = (RevertRow.commits == _hashed(plan), RevertRow.head == plan.head)
    return (RevertRow.repository == revert.repository, *once)


async def _row(session: AsyncSession, revert_id: str, *, lock: bool = False) -> RevertRow:
    row = await session.get(RevertRow, revert_id, with_for_update=lock or None)
    if row is None:
        raise RevertNotFound(f"no revert has the id {revert_id[:40]}")
    return row


async def _refuse_claimed(session: AsyncSession, row: RevertRow) -> None:
    if row.lease_until is not None and row.lease_until > await database_time(session):
        raise RevertStateConflict(
            f"another call works on {row.id} until {row.lease_until:%H:%M:%S} UTC: ask again then"
        )


async def _lease_end(session: AsyncSession, seconds: float) -> datetime:
    return await database_time(session) + timedelta(seconds=seconds)


def _record(revert: Revert) -> dict[str, Any]:
    return revert.model_dump(mode="json", exclude=_COLUMNS)


def _revert(row: RevertRow, revert: Revert | None = None) -> Revert:
    """Return the revert of a row, or `revert` with the row's columns."""
    columns = {name: getattr(row, name) for name in _COLUMNS - {"incident"}}
    record = row.record if revert is None else _record(revert)
    return Revert.model_validate({**record, **columns, "incident": row.incident_id})


def _changed(row: RevertRow, fields: Mapping[str, object]) -> Revert:
    return Revert.model_validate({**_revert(row).model_dump(), **fields})
