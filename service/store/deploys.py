"""The deploys that were sent to POST /deploys."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.alert import Alert, Deploy
from incidents.rollout import Rollout
from incidents.utc import in_utc
from service.store.engine import Database, RowsRefused
from service.store.tables import DeployRow
from tools.deploys.window import live_revisions

_LONG_AGO = datetime.fromtimestamp(0, UTC)
_RECENT = 100  # deploys read when an alert comes in, while others wait for the lock
_CLOCKS_DIFFER = timedelta(hours=1)
_MOST = 500  # deploys read for an investigation: more than a month of a busy service
_NEWEST_FIRST = (DeployRow.at.desc(), DeployRow.id.desc())


def revisions_of(alert: Alert, reported: Sequence[Rollout], received_at: datetime) -> tuple[str, str]:
    """Return base and deployed revision of an alert, from the alert and the reported deploys; "" when they do not say.

    The investigation decides again when the log has shown when the error began. Raises FieldInvalid for a `first_seen`
    outside the calendar.
    """
    if alert.base and alert.deployed:
        return alert.base, alert.deployed
    began = in_utc("first_seen", alert.first_seen) if alert.first_seen else received_at
    return live_revisions(reported, began, alert.base or "", alert.deployed or "")


async def recent_deploys(session: AsyncSession, alert: Alert, now: datetime) -> tuple[Rollout, ...]:
    """Return the last 100 deploys of the alert's service, repository and environment, oldest first.

    Deploys of the future (a wrong clock, a wrong year) are left out: a hundred of them would hide all others.
    """
    conditions = (*_of_service(alert), DeployRow.at <= now + _CLOCKS_DIFFER)
    newest = select(DeployRow.revision, DeployRow.at).where(*conditions).order_by(*_NEWEST_FIRST)
    rows = await session.execute(newest.limit(_RECENT))
    return tuple(Rollout(revision=row.revision, at=row.at) for row in reversed(rows.all()))


class DeployRecords:
    """Stores deploys and reads those that may have caused an alert."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, deploy: Deploy) -> int:
        """Store a deploy and return its number; a repeated deploy gets the same number. Raises FieldInvalid."""
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
        """Return the last deploys of the alert's service, repository and environment up to `until`, oldest first.

        The revision that the first one replaced counts as live before it.
        """
        newest = select(DeployRow).where(*_of_service(alert), DeployRow.at <= until).order_by(*_NEWEST_FIRST)
        async with self._database.read() as session:
            rows = [*reversed((await session.scalars(newest.limit(_MOST))).all())]
        replaced = rows[0].old_revision if rows else None
        since_ever = [Rollout(revision=replaced, at=_LONG_AGO)] if replaced else []
        return (*since_ever, *(Rollout(revision=row.revision, at=row.at, actor=row.actor, url=row.url) for row in rows))

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


def _of_service(alert: Alert) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the service's deploys; a deploy without a service is of every service."""
    return (
        DeployRow.repository == alert.repository,
        DeployRow.environment == alert.environment,
        DeployRow.service.in_((alert.service, "")),
    )
