"""How long incidents are stored."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select

from incidents.incident import Status
from service.store.alert_rows import change_bodies, delete_alerts
from service.store.engine import Database
from service.store.rescoring_tables import RescoredRow
from service.store.revert_tables import ConfirmationRow, DecisionRow, RevertRow, RevertStepRow
from service.store.rounds import Round
from service.store.tables import (
    AlertRow,
    DeliveryRow,
    FeedbackRow,
    IncidentRow,
    NotificationRow,
    RefusedRow,
    SpentRow,
    StepRow,
    VerdictRow,
)

_AT_ONCE = 200  # incidents deleted in one transaction, so that intake does not wait long for the write lock


class Retention:
    """Deletes old incidents and their data. Audit records stay."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def delete_older(self, days: float) -> list[Round]:
        """Delete incidents that ended more than `days` ago with their alerts, verdicts, steps and feedback.

        Returns their last rounds, whose checkpoints are no longer needed.
        """
        before = datetime.now(UTC) - timedelta(days=days)
        deleted: list[Round] = []
        async with self._database.write() as session:
            await session.execute(delete(SpentRow).where(SpentRow.until < datetime.now(UTC)))
        while some := await self._delete_some(before):
            deleted += some
        return deleted

    async def _delete_some(self, before: datetime) -> list[Round]:
        ended = (Status.DONE, Status.FAILED)
        async with self._database.write() as session:
            found = await session.execute(
                select(IncidentRow.id, IncidentRow.round, IncidentRow.alert_id)
                .where(IncidentRow.last_seen_at < before, IncidentRow.status.in_(ended))
                .limit(_AT_ONCE)
                .with_for_update(skip_locked=True)  # a locked incident has just received a new alert
            )
            rows = found.all()
            ids = [row.id for row in rows]
            for table in (
                ConfirmationRow,
                DecisionRow,
                StepRow,
                VerdictRow,
                FeedbackRow,
                NotificationRow,
                RevertStepRow,
                RevertRow,
                RescoredRow,
            ):
                await session.execute(delete(table).where(table.incident_id.in_(ids)))
            await session.execute(delete(IncidentRow).where(IncidentRow.id.in_(ids)))
            first = [row.alert_id for row in rows]
            unknown = AlertRow.incident_id.is_(None) & (AlertRow.received_at < before)
            theirs = AlertRow.incident_id.in_(ids) | AlertRow.id.in_(first)
            alerts = await session.scalars(select(AlertRow.id).where(theirs | unknown))
            uses = await delete_alerts(session, alerts.all())
            await session.execute(delete(DeliveryRow).where(DeliveryRow.received_at < before))
            await session.execute(delete(RefusedRow).where(RefusedRow.last_at < before))
            await change_bodies(session, {name: -count for name, count in uses.items()}, {})
        return [Round(row.id, row.round) for row in rows]
