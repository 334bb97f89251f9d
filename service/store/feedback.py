"""What people say about verdicts, and how long anything is kept. Every method is one transaction."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from incidents.errors import IncidentNotFound
from incidents.incident import Status
from service.store.alert_rows import change_bodies, delete_alerts
from service.store.rounds import Round
from service.store.schemas import Feedback
from service.store.tables import AlertRow, AuditRow, DeliveryRow, FeedbackRow, IncidentRow, StepRow, VerdictRow

_AT_ONCE = 200  # incidents forgotten in one transaction, so that intake is not kept waiting


class Judgement:
    """Labels and the end of everything."""

    def __init__(self, write: async_sessionmaker[AsyncSession]) -> None:
        self._write = write

    async def label(self, incident_id: str, feedback: Feedback, actor: str) -> int:
        """Keep what `actor` says about a verdict, the latest unless told; its number. Raises IncidentNotFound."""
        now = datetime.now(UTC)
        async with self._write.begin() as session:
            if await session.get(IncidentRow, incident_id) is None:
                raise IncidentNotFound(f"no incident has the id {incident_id[:40]}")
            version = await session.scalar(
                select(func.max(VerdictRow.version)).where(VerdictRow.incident_id == incident_id)
            )
            about = feedback.version or version or 0
            if about > (version or 0):
                raise IncidentNotFound(f"version: incident {incident_id[:40]} has no verdict {about}")
            said = feedback.model_dump(exclude={"version"})
            row = FeedbackRow(incident_id=incident_id, at=now, version=about, actor=actor, **said)
            session.add(row)
            detail = {"version": about, "label": feedback.label, "commit": feedback.commit}
            session.add(AuditRow(at=now, incident_id=incident_id, actor=actor, action="feedback", detail=detail))
            await session.flush()
            return row.id

    async def forget(self, days: float) -> list[Round]:
        """Delete incidents that ended more than `days` ago with all that belongs to them. Audits stay.

        Their last rounds are returned: what was kept of the work on them is of no use any more.
        """
        before = datetime.now(UTC) - timedelta(days=days)
        forgotten: list[Round] = []
        while gone := await self._forget_some(before):
            forgotten += gone
        return forgotten

    async def _forget_some(self, before: datetime) -> list[Round]:
        over = (Status.DONE, Status.FAILED)
        async with self._write.begin() as session:
            found = await session.execute(
                select(IncidentRow.id, IncidentRow.round, IncidentRow.alert_id)
                .where(IncidentRow.last_seen_at < before, IncidentRow.status.in_(over))
                .limit(_AT_ONCE)
                .with_for_update(skip_locked=True)  # whoever holds one makes it new again
            )
            rows = found.all()
            ids = [row.id for row in rows]
            for table in (StepRow, VerdictRow, FeedbackRow):
                await session.execute(delete(table).where(table.incident_id.in_(ids)))
            await session.execute(delete(IncidentRow).where(IncidentRow.id.in_(ids)))
            first = [row.alert_id for row in rows]
            old = AlertRow.incident_id.is_(None) & (AlertRow.received_at < before)
            theirs = AlertRow.incident_id.in_(ids) | AlertRow.id.in_(first)
            alerts = await session.scalars(select(AlertRow.id).where(theirs | old))
            uses = await delete_alerts(session, alerts.all())
            await session.execute(delete(DeliveryRow).where(DeliveryRow.received_at < before))
            await change_bodies(session, {name: -count for name, count in uses.items()}, {})
        return [Round(row.id, row.round) for row in rows]
