"""Feedback on verdicts: stored, and read back with its incident to make labelled incidents."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.alert import Alert
from incidents.errors import IncidentNotFound
from incidents.reasoning import LOG_TRACE, ToolCall
from incidents.verdict import Verdict
from service.render.message import State
from service.store.engine import Database
from service.store.feedback_meaning import CORRECTING, Meaning, meaning
from service.store.incident_rows import incident_row
from service.store.outbox import Outbox
from service.store.reverts import state_after
from service.store.schemas import OBSERVED, Feedback, Label
from service.store.tables import AlertRow, AuditRow, FeedbackRow, IncidentRow, StepRow, VerdictRow


@dataclass(frozen=True, slots=True)
class JudgedIncident:
    """The last feedback on an incident, with the verdict it refers to.

    `outcome` and `culprit` are those of that verdict; None when there was none yet. `base`, `deployed` and `trace` are
    what was investigated; empty when unknown. `observed`: no person said it, the errors after the revert did.
    """

    incident: str
    feedback: Feedback
    outcome: str | None
    culprit: str | None
    service: str
    repository: str
    base: str
    deployed: str
    trace: str
    observed: bool = False

    @property
    def meaning(self) -> Meaning:
        """What the feedback says."""
        return meaning(self.feedback.label, self.feedback.commit, self.outcome, self.culprit)


class FeedbackRecords:
    """Stores feedback and reads it back."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def add(self, incident_id: str, feedback: Feedback, actor: str) -> int:
        """Store the feedback of `actor` on a verdict (the latest, unless it names a version) and return its number.

        Raises IncidentNotFound for an unknown incident or version.
        """
        now = datetime.now(UTC)
        async with self._database.write() as session:
            await incident_row(session, incident_id)
            latest = await session.scalar(
                select(func.max(VerdictRow.version)).where(VerdictRow.incident_id == incident_id)
            )
            version = feedback.version or latest or 0
            if version > (latest or 0):
                raise IncidentNotFound(f"version: incident {incident_id[:40]} has no verdict {version}")
            fields = feedback.model_dump(exclude={"version"})
            row = FeedbackRow(incident_id=incident_id, at=now, version=version, actor=actor, **fields)
            session.add(row)
            detail = {"version": version, "label": feedback.label, "commit": feedback.commit}
            session.add(AuditRow(at=now, incident_id=incident_id, actor=actor, action="feedback", detail=detail))
            await session.flush()
            if version == (latest or 0):
                await self._outbox.changed(session, {incident_id: await _shown(session, incident_id, feedback)})
            return row.id

    async def observed(self, incident_id: str, label: Label, note: str) -> bool:
        """Store what the errors after the revert of the latest verdict's commit say about it; messages stay as they are.

        Returns False, and stores nothing, where a person has judged that verdict, or it says so already.
        """
        now = datetime.now(UTC)
        async with self._database.write() as session:
            await incident_row(session, incident_id, lock=True)
            version = await session.scalar(
                select(func.max(VerdictRow.version)).where(VerdictRow.incident_id == incident_id)
            )
            about = (FeedbackRow.incident_id == incident_id, FeedbackRow.version == version)
            last = await session.scalar(select(FeedbackRow).where(*about).order_by(FeedbackRow.id.desc()).limit(1))
            if version is None or (last is not None and (last.actor != OBSERVED or last.label == label)):
                return False
            fields = {"label": label, "commit": None, "note": note[:2_000], "version": version}
            session.add(FeedbackRow(incident_id=incident_id, at=now, actor=OBSERVED, **fields))
            detail = {"version": version, "label": label, "commit": None}
            session.add(AuditRow(at=now, incident_id=incident_id, actor=OBSERVED, action="feedback", detail=detail))
            return True

    async def latest(self) -> AsyncIterator[JudgedIncident]:
        """Yield the last feedback on each incident that has any, oldest first."""
        last = select(func.max(FeedbackRow.id)).group_by(FeedbackRow.incident_id)
        async with self._database.read() as session:
            rows = await session.scalars(select(FeedbackRow).where(FeedbackRow.id.in_(last)).order_by(FeedbackRow.id))
            feedback = rows.all()
        for each in feedback:
            async with self._database.read() as session:  # one by one: a verdict with its evidence is large
                judged = await _judged(session, each)
            if judged is not None:
                yield judged


async def _shown(session: AsyncSession, incident_id: str, feedback: Feedback) -> State | None:
    """Return what the message shows from now on: `wrong`, or the verdict again; None when that is not known."""
    if feedback.label in CORRECTING:
        return "wrong"
    newest = select(VerdictRow.verdict).where(VerdictRow.incident_id == incident_id)
    found = await session.scalar(newest.order_by(VerdictRow.version.desc()).limit(1))
    return None if found is None else await state_after(session, incident_id, Verdict.model_validate(found))


async def _judged(session: AsyncSession, feedback: FeedbackRow) -> JudgedIncident | None:
    row = await session.get(IncidentRow, feedback.incident_id)
    if row is None:
        return None  # deleted in the meantime
    verdict = await session.get(VerdictRow, (row.id, feedback.version)) if feedback.version else None
    alert = await _alert(session, row, verdict.round if verdict else row.round)
    evidence = verdict.evidence if verdict else {"base": row.base, "deployed": row.deployed}
    return JudgedIncident(
        incident=row.id,
        feedback=Feedback.model_validate({"label": feedback.label, "commit": feedback.commit}),
        outcome=verdict.outcome if verdict else None,
        culprit=verdict.culprit if verdict else None,
        observed=feedback.actor == OBSERVED,
        service=alert.service,
        repository=alert.repository,
        base=evidence["base"],
        deployed=evidence["deployed"],
        trace=await _trace(session, row, alert),
    )


async def _alert(session: AsyncSession, row: IncidentRow, round_: int) -> Alert:
    """Return the alert that a round used: the one that opened the incident or started that round."""
    stored = await session.get_one(AlertRow, row.alert_id)
    if round_ != row.round:
        since = await _beginning(session, row, round_)
        earlier = await session.scalar(
            select(AlertRow)
            .where(AlertRow.incident_id == row.id, AlertRow.received_at >= since)
            .order_by(AlertRow.id)
            .limit(1)
        )
        stored = earlier or stored
    return Alert.model_validate(stored.alert)


async def _beginning(session: AsyncSession, row: IncidentRow, round_: int) -> datetime:
    restarts = await session.scalars(
        select(AuditRow.at).where(AuditRow.incident_id == row.id, AuditRow.action == "restarted").order_by(AuditRow.id)
    )
    beginnings: list[datetime] = [row.opened_at, *restarts]
    return beginnings[round_ - 1]


async def _trace(session: AsyncSession, row: IncidentRow, alert: Alert) -> str:
    """Return the investigated text: the log's when the alert had no trace and the log had one."""
    if not alert.stack_trace.strip():
        # Filtered here: PostgreSQL cannot query JSON that contains a zero byte, which untrusted text may have.
        steps = await session.scalars(
            select(StepRow.step)
            .where(StepRow.incident_id == row.id, StepRow.kind == "tool")
            .order_by(StepRow.attempt.desc(), StepRow.position)
        )
        for step in steps:
            if step["tool"] == LOG_TRACE:
                return ToolCall.model_validate(step).observation
    return alert.text
