"""The deploys that were sent to POST /deploys."""

from datetime import datetime

from sqlalchemy import select

from incidents.alert import Alert, Deploy
from incidents.rollout import Rollout
from incidents.utc import in_utc
from service.store.engine import Database, RowsRefused
from service.store.tables import DeployRow

_MOST = 500  # deploys of one service that are read: more than a month of a busy one


class DeployRecords:
    """Stores deploys and reads those an alert may be about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, deploy: Deploy) -> int:
        """Store a deploy and return its number; the same deploy sent again is the same deploy. Raises FieldInvalid."""
        row = DeployRow(
            repository=deploy.repository,
            environment=deploy.environment,
            service=deploy.service or "",
            revision=deploy.revision,
            old_revision=deploy.old_revision,
            at=in_utc("at", deploy.at),
            actor=deploy.actor,
            url=deploy.url,
        )
        try:
            async with self._database.write() as session:
                session.add(row)
        except RowsRefused:
            return await self._same_deploy(row)
        return row.id

    async def reported(self, alert: Alert, until: datetime) -> tuple[Rollout, ...]:
        """The last deploys of the alert's service, repository and environment up to `until`, oldest first.

        A deploy that names no service was of every service. What the first one replaced counts as live before it.
        """
        async with self._database.read() as session:
            rows = await session.scalars(
                select(DeployRow)
                .where(
                    DeployRow.repository == alert.repository,
                    DeployRow.environment == alert.environment,
                    DeployRow.service.in_((alert.service, "")),
                    DeployRow.at <= until,
                )
                .order_by(DeployRow.at.desc(), DeployRow.id.desc())
                .limit(_MOST)
            )
            found = [*reversed(rows.all())]
        first = found[0] if found else None
        replaced = (
            [Rollout(revision=first.old_revision, at=datetime.fromtimestamp(0, first.at.tzinfo))]
            if (first is not None and first.old_revision)
            else []
        )
        return (*replaced, *(Rollout(revision=row.revision, at=row.at, actor=row.actor, url=row.url) for row in found))

    async def _same_deploy(self, row: DeployRow) -> int:
        async with self._database.read() as session:
            return (
                await session.scalars(
                    select(DeployRow.id).where(
                        DeployRow.repository == row.repository,
                        DeployRow.environment == row.environment,
                        DeployRow.service == row.service,
                        DeployRow.at == row.at,
                        DeployRow.revision == row.revision,
                    )
                )
            ).one()
