"""The decisions of the policy: each verdict is decided about once, and what follows is carried out by one replica."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from incidents.decision import Action, Decision, Facts, History, RuleResult
from incidents.incident import Status
from incidents.policy import Policy, PolicyMode
from service.store.engine import Database
from service.store.incident_rows import incident_row
from service.store.last_verdict import is_last
from service.store.leases import database_time
from service.store.outbox import Outbox
from service.store.schemas import DecisionState, StoredDecision
from service.store.tables import AuditRow, DecisionRow, FeedbackRow, IncidentRow, RevertRow, VerdictRow
from tools.text.redaction import redact

POLICY: Final = "policy"
"""The name under which the policy acts, in audit records."""
_STATES: Final[dict[Action, DecisionState]] = {
    "none": "declined",
    "record": "recorded",
    "propose": "due",
    "execute": "due",
}
_ACTS: Final[dict[PolicyMode, Action]] = {"off": "none", "shadow": "record", "propose": "propose", "auto": "execute"}
_UNDER_WAY: Final = ("due", "window", "objecting")
_IN_FLIGHT: Final = ("approved", "executing", "open")
"""States of a revert that somebody executes."""
_READABLE: Final = "The facts of the incident could be read."
_ASKED_FOR: Final = timedelta(days=1)
"""A proposal that nobody answered for so long no longer holds up others."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """The latest verdict of an incident, about which nothing is decided yet."""

    incident: str
    version: int


@dataclass(frozen=True, slots=True)
class Background:
    """`own_report`: the latest verdict is of the current round. `seen_before`: an earlier incident had the same error.

    `objected`: a person does not want the commit of the latest verdict reverted, whatever incident it was about.
    """

    own_report: bool
    seen_before: bool
    objected: bool


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
            decision = decide(await _history(session, mode, row.repository, undecided))
            _store(session, decision, row.repository)
            return decision

    async def give_up(self, undecided: Undecided, policy: Policy) -> bool:
        """Decline, because the facts could not be read. Returns False when another replica was faster."""
        async with self._database.write() as session:
            await _lock(session)
            if not await _still_undecided(session, undecided):
                return False
            row = await session.get_one(IncidentRow, undecided.incident)
            _store(session, _given_up(undecided, row, policy), row.repository)
            return True

    async def history(self, incident: str, mode: PolicyMode, repository: str) -> History:
        """Return what was reverted automatically, apart from what is decided about the latest verdict of this incident."""
        async with self._database.read() as session:
            version = await session.scalar(_latest_version(incident))
            return await _history(session, mode, repository, Undecided(incident, version or 0))

    async def history_before(self, work: Work, mode: PolicyMode) -> History:
        """Return what was reverted automatically before this decision was taken, and what is under way now."""
        async with self._database.read() as session:
            row = await session.get_one(DecisionRow, (work.incident, work.version))
            this = Undecided(work.incident, work.version)
            return await _history(session, mode, row.repository, this, before=row.at)

    async def background(self, incident: str) -> Background:
        """Return what only the store knows about the report of an incident. Raises IncidentNotFound."""
        async with self._database.read() as session:
            row = await incident_row(session, incident)
            mine = select(VerdictRow.round, VerdictRow.culprit).where(VerdictRow.incident_id == incident)
            last = (await session.execute(mine.order_by(VerdictRow.version.desc()).limit(1))).first()
            earlier = exists().where(
                IncidentRow.identity == row.identity, IncidentRow.id != row.id, IncidentRow.opened_at < row.opened_at
            )
            return Background(
                own_report=last is not None and last.round == row.round,
                seen_before=bool(await session.scalar(select(earlier))),
                objected=last is not None and await _objected(session, row.repository, last.culprit),
            )

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


def record_of(decision: Decision) -> dict[str, Any]:
    """The decision as it is stored, without the names of authors; of the files at most a hundred."""
    facts = decision.facts.model_dump(mode="json", exclude={"authors"})
    facts["files"] = facts["files"][:100] if facts["files"] else facts["files"]
    return {**decision.model_dump(mode="json", exclude={"facts"}), "facts": facts, "because": decision.because}


def _store(session: AsyncSession, decision: Decision, repository: str) -> None:
    now = datetime.now(UTC)
    session.add(_row(decision, repository, now))
    if decision.mode != "off":
        session.add(_audit(decision, now))


def _given_up(undecided: Undecided, row: IncidentRow, policy: Policy) -> Decision:
    """A decision without facts: nothing is reverted."""
    facts = Facts(
        at=datetime.now(UTC),
        incident=undecided.incident,
        version=undecided.version,
        repository=row.repository,
        service=row.service,
        outcome="not_enough",
    )
    result = RuleResult(rule="error", answer="unknown", sentence=_READABLE, fact="an internal error: see the log")
    mode = policy.conditions(row.repository, row.service).mode
    return Decision(mode=mode, action="none", decided_by=result.rule, facts=facts, results=(result,))


def _row(decision: Decision, repository: str, now: datetime) -> DecisionRow:
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
        note="",
        decision=record_of(decision),
    )


def _audit(decision: Decision, now: datetime) -> AuditRow:
    action = {"none": "policy declined", "record": "policy would revert"}.get(decision.action, "policy reverts")
    return AuditRow(
        at=now, incident_id=decision.facts.incident, actor=POLICY, action=action, detail=record_of(decision)
    )


async def _lock(session: AsyncSession) -> None:
    """Let decisions be taken one after the other. On SQLite the write lock is enough."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('policy', 3))"))


async def _still_undecided(session: AsyncSession, undecided: Undecided) -> bool:
    known = await session.get(DecisionRow, (undecided.incident, undecided.version))
    latest = await session.scalar(_latest_version(undecided.incident))
    return known is None and latest == undecided.version


def _latest_version(incident: str) -> Select[int]:
    return select(func.max(VerdictRow.version)).where(VerdictRow.incident_id == incident)


async def _objected(session: AsyncSession, repository: str, commit: str | None) -> bool:
    """Whether a person objected to a revert of this commit, or said that a verdict that names it is wrong."""
    if commit is None:
        return False
    stopped = (DecisionRow.commit == commit, DecisionRow.state.in_(("objecting", "objected")))
    decision = exists().where(DecisionRow.repository == repository, *stopped)
    if await session.scalar(select(or_(decision, _said_wrong(repository, commit)))):
        return True
    records = await session.scalars(
        select(RevertRow.record).where(RevertRow.repository == repository, RevertRow.state == "objected")
    )
    return any(commit in (each["plan"]["commit"], *each["plan"].get("commits", ())) for each in records)


def _said_wrong(repository: str, commit: str) -> ColumnElement[bool]:
    """Whether the last word on any verdict that names the commit is not that it is right."""
    later = aliased(FeedbackRow)
    verdict = (later.incident_id == FeedbackRow.incident_id, later.version == FeedbackRow.version)
    last = ~exists().where(*verdict, later.id > FeedbackRow.id).correlate(FeedbackRow)
    about = (VerdictRow.incident_id == FeedbackRow.incident_id, VerdictRow.version == FeedbackRow.version)
    named = (*about, VerdictRow.culprit == commit, IncidentRow.id == FeedbackRow.incident_id)
    return exists().where(FeedbackRow.label != "right", last, *named, IncidentRow.repository == repository)


async def _history(
    session: AsyncSession, mode: PolicyMode, repository: str, this: Undecided, before: datetime | None = None
) -> History:
    """Count what this mode did apart from `this` decision; shadow counts what it would have done."""
    now = datetime.now(UTC)
    other = or_(DecisionRow.incident_id != this.incident, DecisionRow.version != this.version)
    others = (other, DecisionRow.at < (before or now + timedelta(hours=1)))
    done = (DecisionRow.action == _ACTS[mode], DecisionRow.action != "none", *others)
    times = select(func.count(), func.max(DecisionRow.at)).where(*done)
    last_day, last_at = (await session.execute(times.where(DecisionRow.at > now - timedelta(days=1)))).one()
    last_hour, _ = (await session.execute(times.where(DecisionRow.at > now - timedelta(hours=1)))).one()
    here = (DecisionRow.repository == repository, *others)
    asked = and_(DecisionRow.state == "asked", DecisionRow.at > now - _ASKED_FOR)
    decided = exists().where(*here, or_(DecisionRow.state.in_(_UNDER_WAY), asked))
    flying = exists().where(RevertRow.repository == repository, RevertRow.state.in_(_IN_FLIGHT))
    own = await session.get(DecisionRow, (this.incident, this.version))
    not_own = RevertRow.id != ((own.revert_id if own else None) or "")
    under_way = await session.scalar(select(or_(decided, flying.where(not_own))))
    return History(last_hour=last_hour, last_day=last_day, last_at=last_at, under_way=bool(under_way))


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
