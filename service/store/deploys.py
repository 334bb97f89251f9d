"""The deploys that were told at POST /deploys, as an investigation reads them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from incidents.alert import Alert
from incidents.rollout import Rollout
from service.store.tables import DeployRow

_MOST = 500


class DeployRecord:
    """What is stored behind `engine`. Nothing here writes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._read = async_sessionmaker(engine, expire_on_commit=False)

    async def told(self, alert: Alert, until: datetime) -> tuple[Rollout, ...]:
        """The last deploys of the alert's service, repository and environment up to `until`, oldest first.

        A deploy that names no service was of every service. What the first one replaced counts as live before it.
        """
        async with self._read() as session:
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
