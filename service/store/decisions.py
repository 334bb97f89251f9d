"""The decisions of the policy: each verdict is decided about once, and what follows is carried out by one replica."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.decision import Decision, History, RuleResult
from incidents.incident import Status
from incidents.policy import Policy, PolicyMode
from service.store.decision_claims import Work, claimed, due, end_work, work_of
from service.store.decision_history import (
    CONFIRMING,
    UNDER_WAY,
    Background,
    Undecided,
    background_of,
    history_of,
    last_trials,
    latest_version,
)
from service.store.decision_rows import (
    BROKEN,
    POLICY,
    UNREADABLE,
    decided_anew,
    delete_unreadable,
    given_up,
    store_decision,
)
from service.store.engine import Database
from service.store.incident_rows import incident_row
from service.store.last_verdict import is_last
from service.store.leases import database_time
from service.store.outbox import Outbox
from service.store.revert_tables import ConfirmationRow, DecisionRow
from service.store.stored_decision import DecisionState, StoredDecision
from service.store.tables import AuditRow, IncidentRow, VerdictRow
from tools.text.redaction import redact


class Decisions:
    """Stores decisions, and who carries them out. A claim is valid until its lease ends."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def undecided(self, since: datetime, limit: int = 20) -> tuple[Undecided, ...]:
        """Return verdicts given or tried after `since` about which nothing is decided, the oldest first."""
        decided = exists().where(
            DecisionRow.incident_id == VerdictRow.incident_id, DecisionRow.version == VerdictRow.version
        )
        tried = exists().where(ConfirmationRow.incident_id == IncidentRow.id, ConfirmationRow.at > since)
        async with self._database.read() as session:
            rows = await session.execute(
                select(IncidentRow.id, VerdictRow.version, last_trials(IncidentRow.id))
                .join(VerdictRow, and_(VerdictRow.incident_id == IncidentRow.id, is_last()))
                .where(IncidentRow.status == Status.DONE, or_(VerdictRow.at > since, tried), ~decided)
                .order_by(VerdictRow.at, IncidentRow.id)
                .limit(limit)
            )
            return tuple(Undecided(*row) for row in rows)

    async def take(
        self, undecided: Undecided, mode: PolicyMode, decide: Callable[[History], Decision], note: str = ""
    ) -> Decision | None:
        """Decide in one transaction with what was decided before, so that caps hold on several replicas.

        `decide` is pure. `note`: what kept facts from being read. Returns None, and stores nothing, when another replica was
        faster or the verdict has changed.
        """
        async with self._database.write() as session:
            await lock_decisions(session)
            if not await _still_undecided(session, undecided):
                return None
            row = await session.get_one(IncidentRow, undecided.incident)
            decision = decide(await history_of(session, mode, row.repository, undecided))
            store_decision(session, decision, row.repository, await database_time(session), redact(note)[:500])
            return decision

    async def give_up(self, undecided: Undecided, policy: Policy, why: RuleResult = BROKEN) -> bool:
        """Decline, because facts or policy could not be read. Returns False when another replica was faster."""
        async with self._database.write() as session:
            await lock_decisions(session)
            if not await _still_undecided(session, undecided):
                return False
            row = await session.get_one(IncidentRow, undecided.incident)
            now = await database_time(session)
            store_decision(session, given_up(undecided, row, policy, why, now), row.repository, now)
            return True

    async def waits(self, undecided: Undecided, why: str) -> None:
        """Record that the decision is put off, because something outside does not answer."""
        detail = {"version": undecided.version, "why": redact(why)[:500]}
        async with self._database.write() as session:
            now = await database_time(session)
            session.add(
                AuditRow(at=now, incident_id=undecided.incident, actor=POLICY, action="policy waits", detail=detail)
            )

    async def take_back_unreadable(self, since: datetime) -> int:
        """Forget what was declined only because the file of the policy could not be read; return how many decisions.

        Verdicts from before `since` stay declined. Audit records stay, and another one says why it is decided anew.
        """
        async with self._database.write() as session:
            await lock_decisions(session)
            gone = (await session.execute(delete_unreadable(since))).all()
            now = await database_time(session)
            session.add_all(decided_anew(incident, version, now) for incident, version in gone)
            await self._outbox.changed(session, {incident: None for incident, _ in gone})
            return len(gone)

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

    async def claim(self, owner: str, seconds: float, *, confirming: bool = False) -> Work | None:
        """Claim the next decision that has to be carried out, or whose command is to be run; None without one."""
        states = CONFIRMING if confirming else UNDER_WAY
        async with self._database.read() as session:  # without the write lock: mostly there is nothing
            if not await session.scalar(select(exists().where(*due(await database_time(session), states)))):
                return None
        async with self._database.write() as session:
            now = await database_time(session)
            row = await session.scalar(
                select(DecisionRow)
                .where(*due(now, states))
                .order_by(DecisionRow.due_at, DecisionRow.incident_id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if row is None or row.commit is None:
                return None
            row.claimed_by, row.lease_until, row.tries = owner, now + timedelta(seconds=seconds), row.tries + 1
            return work_of(row, owner, now)

    async def extend(self, work: Work, seconds: float) -> bool:
        """Keep the claim for longer. Returns False when it is no longer valid."""
        async with self._database.write() as session:
            until = await database_time(session) + timedelta(seconds=seconds)
            kept = update(DecisionRow).where(*claimed(work)).values(lease_until=until)
            return (await session.scalars(kept.returning(DecisionRow.incident_id))).first() is not None

    async def advance(
        self,
        work: Work,
        state: DecisionState,
        *,
        note: str | None = "",
        revert: str | None = None,
        minutes: float | None = None,
    ) -> bool:
        """End this piece of work in a new state and show it. Returns False when the claim is no longer valid.

        `minutes`: in the state `window` people can object for so long. `note`: None leaves the one that is there.
        """
        values: dict[str, Any] = {"note": redact(note)[:500]} if note is not None else {}
        values |= {"revert_id": revert} if revert else {}
        async with self._database.write() as session:
            now = await database_time(session)
            until = now + timedelta(minutes=minutes) if minutes is not None else None
            values |= {"state": state, "due_at": until or now, "shown_at": now}
            values |= {"objection_until": until} if until else {}
            if not await end_work(session, work, **values, tries=0):
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
        async with self._database.write() as session:
            later = await database_time(session) + timedelta(seconds=seconds)
            return await end_work(session, work, due_at=later, note=redact(note)[:500])

    async def wait(self, work: Work, seconds: float, note: str) -> bool:
        """Look again later, as nothing has failed: tries count anew. Returns False as `put_off` does."""
        async with self._database.write() as session:
            later = await database_time(session) + timedelta(seconds=seconds)
            return await end_work(session, work, due_at=later, note=redact(note)[:500], tries=0)

    async def point_to(self, work: Work, revert: str) -> bool:
        """Name the revert that is meant from now on. Returns False when the claim is no longer valid."""
        named = update(DecisionRow).where(*claimed(work)).values(revert_id=revert).returning(DecisionRow.incident_id)
        async with self._database.write() as session:
            return (await session.scalars(named)).first() is not None

    async def object(self, incident: str, actor: str) -> str | None:
        """Stop what waits for objections. Returns the id of its revert; None when nothing waits, or it is too late."""
        async with self._database.write() as session:
            now = await database_time(session)
            free = or_(DecisionRow.lease_until.is_(None), DecisionRow.lease_until < now)
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
        async with self._database.write() as session:
            now = await database_time(session)
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


_LAST = (
    select(DecisionRow)
    .where(
        DecisionRow.incident_id == bindparam("incident"),
        or_(DecisionRow.mode != "off", DecisionRow.decided_by == UNREADABLE),
    )
    .order_by(DecisionRow.version.desc())
    .limit(1)
)


async def last_decision(session: AsyncSession, incident: str) -> StoredDecision | None:
    """Return the latest decision about an incident that the policy is not off for."""
    row = await session.scalar(_LAST, {"incident": incident})
    if row is None:
        return None
    told = {"results": row.decision["results"], "because": row.decision["because"], "revert": row.revert_id}
    told |= {"read_at": await database_time(session)} if row.state == "window" else {}
    return StoredDecision.model_validate({**row.columns_of(StoredDecision), **told})


async def lock_decisions(session: AsyncSession) -> None:
    """Let decisions be taken one after the other. On SQLite the write lock is enough."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('policy', 3))"))


async def _still_undecided(session: AsyncSession, undecided: Undecided) -> bool:
    known = await session.get(DecisionRow, (undecided.incident, undecided.version))
    latest = await session.scalar(latest_version(undecided.incident))
    trials = await session.scalar(select(last_trials(undecided.incident)))
    return known is None and (latest, trials) == (undecided.version, undecided.trials)
