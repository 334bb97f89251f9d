"""What people said about verdicts, with what it was said about: where labelled incidents come from."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from incidents.alert import Alert
from incidents.reasoning import LOG_TRACE, ToolCall
from service.store.schemas import Feedback
from service.store.tables import AlertRow, AuditRow, FeedbackRow, IncidentRow, StepRow, VerdictRow


@dataclass(frozen=True, slots=True)
class Said:
    """The last word on an incident. `outcome` and `culprit` are of the verdict it is about; None when there was none.

    `base`, `deployed` and `trace` are what was investigated; empty what nobody knew.
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


class FeedbackRecord:
    """What is stored behind `engine`. Nothing here writes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._read = async_sessionmaker(engine, expire_on_commit=False)

    async def last_words(self) -> AsyncIterator[Said]:
        """The last word on each incident that has one, the oldest first."""
        last = select(func.max(FeedbackRow.id)).group_by(FeedbackRow.incident_id)
        async with self._read() as session:
            words = await session.scalars(select(FeedbackRow).where(FeedbackRow.id.in_(last)).order_by(FeedbackRow.id))
            found = words.all()
        for word in found:
            async with self._read() as session:  # one by one: a verdict with its evidence is large
                if said := await _said(session, word):
                    yield said


async def _said(session: AsyncSession, word: FeedbackRow) -> Said | None:
    row = await session.get(IncidentRow, word.incident_id)
    if row is None:
        return None  # forgotten meanwhile
    verdict = await session.get(VerdictRow, (row.id, word.version)) if word.version else None
    alert = await _alert(session, row, verdict.round if verdict else row.round)
    evidence = verdict.evidence if verdict else {"base": row.base, "deployed": row.deployed}
    return Said(
        incident=row.id,
        feedback=Feedback.model_validate({"label": word.label, "commit": word.commit}),
        outcome=verdict.outcome if verdict else None,
        culprit=verdict.culprit if verdict else None,
        service=alert.service,
        repository=alert.repository,
        base=evidence["base"],
        deployed=evidence["deployed"],
        trace=await _trace(session, row, alert),
    )


async def _alert(session: AsyncSession, row: IncidentRow, round_: int) -> Alert:
    """The alert that a round of the investigation went by: what opened the incident, or began that round anew."""
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
    began = await session.scalars(
        select(AuditRow.at).where(AuditRow.incident_id == row.id, AuditRow.action == "restarted").order_by(AuditRow.id)
    )
    moments: list[datetime] = [row.opened_at, *began]
    return moments[round_ - 1]


async def _trace(session: AsyncSession, row: IncidentRow, alert: Alert) -> str:
    """The text that was investigated: the log's where the alert brought no trace and the log had one."""
    if not alert.stack_trace.strip():
        # Looked through here: PostgreSQL refuses to look into JSON that holds a zero byte, as a hostile text may.
        tools = await session.scalars(
            select(StepRow.step)
            .where(StepRow.incident_id == row.id, StepRow.kind == "tool")
            .order_by(StepRow.attempt.desc(), StepRow.position)
        )
        for step in tools:
            if step["tool"] == LOG_TRACE:
                return ToolCall.model_validate(step).observation
    return alert.text
