"""The decisions of the policy: each verdict is decided about once, and what follows is carried out by one replica."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.decision import Action, Decision, History
from incidents.incident import Status
from incidents.policy import Policy, PolicyMode
from service.store.decision_history import Background, Undecided, background_of, history_of, latest_version
from service.store.decision_rows import POLICY, given_up, store_decision
from service.store.engine import Database
from service.store.incident_rows import incident_row
from service.store.last_verdict import is_last
from service.store.leases import database_time
from service.store.outbox import Outbox
from service.store.revert_tables import DecisionRow
from service.store.stored_decision import DecisionState, StoredDecision
from service.store.tables import AuditRow, IncidentRow, VerdictRow
from tools.text.redaction import redact


@dataclass(frozen=True, slots=True)
class Work:
    """A decision that one replica carries out now."""

    incident: str
    version: int
    owner: str
    state: DecisionState
    action: Action
    commit: str
    revert: str | None
    tries: int


class Decisions:
    """Stores decisions, and who carries them out. A claim is valid until its lease ends."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def undecided(self, since: datetime, limit: int = 20) -> tuple[Undecided, ...]:
        """Return verdicts given after `since` about which nothing is decided, the oldest first."""
        decided = exists().where(
            DecisionRow.incident_id == VerdictRow.incident_id, DecisionRow.version == VerdictRow.version
        )
        async with self._database.read() as session:
            rows = await session.execute(
                select(IncidentRow.id, VerdictRow.version)
                .join(VerdictRow, and_(VerdictRow.incident_id == IncidentRow.id, is_last()))
                .where(IncidentRow.status == Status.DONE, VerdictRow.at > since, ~decided)
                .order_by(VerdictRow.at, IncidentRow.id)
                .limit(limit)
            )
            return tuple(Undecided(incident, version) for incident, version in rows)

    async def take(
        self, undecided: Undecided, mode: PolicyMode, decide: Callable[[History], Decision]
    ) -> Decision | None:
        """Decide in one transaction with what was decided before, so that caps hold on several replicas.

        `decide` is pure. Returns None, and stores nothing, when another replica was faster or the verdict has changed.
        """
        async with self._database.write() as session:
            await _lock(session)
            if not await _still_undecided(session, undecided):
                return None
            row = await session.get_one(IncidentRow, undecided.incident)
            decision = decide(await history_of(session, mode, row.repository, undecided))
            store_decision(session, decision, row.repository)
            return decision

    async def give_up(self, undecided: Undecided, policy: Policy) -> bool:
        """Decline, because the facts could not be read. Returns False when another replica was faster."""
        async with self._database.write() as session:
            await _lock(session)
            if not await _still_undecided(session, undecided):
                return False
            row = await session.get_one(IncidentRow, undecided.incident)
            store_decision(session, given_up(undecided, row, policy), row.repository)
            return True

    async def history(self, incident: str, mode: PolicyMode, repository: str) -> History:
        """Return what was reverted automatically, apart from what is decided about the latest verdict of this incident."""
        async with self._database.read() as session:
            version = await session.scalar(latest_version(incident))
            return await history_of(session, mode, repository, Undecided(incident, version or 0))

    async def history_before(self, work: Work, mode: PolicyMode) -> History:
        """Return what was reverted automatically before this decision was taken, and what is under way now."""
        async with self._database.read() as session:
            row = await session.get_one(DecisionRow, (work.incident, work.version))
            this = Undecided(work.incident, work.version)
            return await history_of(session, mode, row.repository, this, before=row.at)

    async def background(self, incident: str) -> Background:
        """Return what only the store knows about the report of an incident. Raises IncidentNotFound."""
        async with self._database.read() as session:
            return await background_of(session, await incident_row(session, incident))

    async def claim(self, owner: str, seconds: float) -> Work | None:
        """Claim the next decision that has to be carried out, or return None."""
        async with self._database.read() as session:  # without the write lock: mostly there is nothing
            if not await session.scalar(select(exists().where(*_due(datetime.now(UTC))))):
                return None
        async with self._database.write() as session:
            now = await database_time(session)
            row = await session.scalar(
                select(DecisionRow)
                .where(*_due(now))
                .order_by(DecisionRow.due_at, DecisionRow.incident_id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if row is None or row.commit is None:
                return None
            row.claimed_by, row.lease_until, row.tries = owner, now + timedelta(seconds=seconds), row.tries + 1
            return _work(row, owner)

    async def advance(
        self,
        work: Work,
        state: DecisionState,
        *,
        note: str | None = "",
        revert: str | None = None,
        until: datetime | None = None,
    ) -> bool:
        """End this piece of work in a new state and show it. Returns False when the claim is no longer valid.

        `until`: in the state `window` people can object until then. `note`: None leaves the one that is there.
        """
        now = datetime.now(UTC)
        values: dict[str, Any] = {"state": state, "due_at": until or now, "shown_at": now}
        values |= {"note": redact(note)[:500]} if note is not None else {}
        values |= {"revert_id": revert} if revert else {}
        values |= {"objection_until": until} if until else {}
        async with self._database.write() as session:
            if not await _end(session, work, **values, tries=0):
                return False
            detail = {
                "state": state,
                "note": values.get("note", ""),
                "revert": revert or work.revert,
                "commit": work.commit,
            }
            session.add(
                AuditRow(at=now, incident_id=work.incident, actor=POLICY, action=f"policy {state}", detail=detail)
            )
            await self._outbox.changed(session, {work.incident: None})
            return True

    async def put_off(self, work: Work, seconds: float, note: str = "") -> bool:
        """Try again later. Returns False when the claim is no longer valid."""
        later = datetime.now(UTC) + timedelta(seconds=seconds)
        async with self._database.write() as session:
            return await _end(session, work, due_at=later, note=redact(note)[:500])

    async def wait(self, work: Work, seconds: float, note: str) -> bool:
        """Look again later, as nothing has failed: tries count anew. Returns False as `put_off` does."""
        later = datetime.now(UTC) + timedelta(seconds=seconds)
        async with self._database.write() as session:
            return await _end(session, work, due_at=later, note=redact(note)[:500], tries=0)

    async def point_to(self, work: Work, revert: str) -> bool:
        """Name the revert that is meant from now on. Returns False when the claim is no longer valid."""
        key = (DecisionRow.incident_id == work.incident, DecisionRow.version == work.version)
        claimed = (DecisionRow.claimed_by == work.owner, DecisionRow.tries == work.tries)
        named = update(DecisionRow).where(*key, *claimed).values(revert_id=revert).returning(DecisionRow.incident_id)
        async with self._database.write() as session:
            return (await session.scalars(named)).first() is not None

    async def object(self, incident: str, actor: str) -> str | None:
        """Stop what waits for objections. Returns the id of its revert; None when nothing waits, or it is too late."""
        now = datetime.now(UTC)
        async with self._database.write() as session:
            free = or_(DecisionRow.lease_until.is_(None), DecisionRow.lease_until < await database_time(session))
            waits = (DecisionRow.incident_id == incident, DecisionRow.state == "window", free)
            note = redact(f"{actor} objected")[:500]
            stopped = await session.execute(
                update(DecisionRow)
                .where(*waits)
                .values(state="objecting", due_at=now, note=note)
                .returning(DecisionRow.revert_id, DecisionRow.commit)
            )
            found = stopped.first()
            if found is None:
                return None
            detail = {"revert": found.revert_id, "commit": found.commit}
            session.add(
                AuditRow(at=now, incident_id=incident, actor=actor[:100], action="policy objection", detail=detail)
            )
            await self._outbox.changed(session, {incident: None})
            return str(found.revert_id)

    async def show_countdowns(self, seconds: float) -> int:
        """Have messages about open windows sent once more that were sent `seconds` ago; return how many."""
        now = datetime.now(UTC)
        async with self._database.write() as session:
            shown = await session.scalars(
                update(DecisionRow)
                .where(DecisionRow.state == "window", DecisionRow.shown_at <= now - timedelta(seconds=seconds))
                .values(shown_at=now)
                .returning(DecisionRow.incident_id)
            )
            incidents = shown.all()
            await self._outbox.changed(session, dict.fromkeys(incidents), only_edits=True)
            return len(incidents)

    async def of(self, incident: str) -> StoredDecision | None:
        """Return the latest decision about an incident."""
        async with self._database.read() as session:
            return await last_decision(session, incident)


async def last_decision(session: AsyncSession, incident: str) -> StoredDecision | None:
    """Return the latest decision about an incident that the policy is not off for."""
    theirs = select(DecisionRow).where(DecisionRow.incident_id == incident, DecisionRow.mode != "off")
    row = await session.scalar(theirs.order_by(DecisionRow.version.desc()).limit(1))
    if row is None:
        return None
    told = {"results": row.decision["results"], "because": row.decision["because"], "revert": row.revert_id}
    return StoredDecision.model_validate({**row.columns_of(StoredDecision), **told})


async def _lock(session: AsyncSession) -> None:
    """Let decisions be taken one after the other. On SQLite the write lock is enough."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('policy', 3))"))


async def _still_undecided(session: AsyncSession, undecided: Undecided) -> bool:
    known = await session.get(DecisionRow, (undecided.incident, undecided.version))
    latest = await session.scalar(latest_version(undecided.incident))
    return known is None and latest == undecided.version


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(DecisionRow.lease_until.is_(None), DecisionRow.lease_until < now)
    return DecisionRow.state.in_(("due", "window", "objecting")), DecisionRow.due_at <= now, free


async def _end(session: AsyncSession, work: Work, **values: object) -> bool:
    ended = await session.scalars(
        update(DecisionRow)
        .where(
            DecisionRow.incident_id == work.incident,
            DecisionRow.version == work.version,
            DecisionRow.claimed_by == work.owner,
        )
        .values(claimed_by=None, lease_until=None, **values)
        .returning(DecisionRow.incident_id)
    )
    return ended.first() is not None


def _work(row: DecisionRow, owner: str) -> Work:
    fields = {"state": row.state, "action": row.action, "commit": row.commit, "revert": row.revert_id}
    return Work(incident=row.incident_id, version=row.version, owner=owner, tries=row.tries, **fields)  # type: ignore[arg-type]
