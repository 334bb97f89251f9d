"""Which revisions an alert may blame: what it says, else what the deploys say."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.alert import Alert
from incidents.utc import in_utc
from service.store.tables import DeployRow


async def window(session: AsyncSession, alert: Alert, received_at: datetime) -> tuple[str, str]:
    """Base and deployed revision of `alert`, as far as they are known when it comes in; "" for what is not.

    What the alert leaves out comes from the deploys of its service, repository and environment: `deployed` is the
    latest one at or before the first error, `base` the latest one of another revision before that. The investigation
    looks closer (`tools.deploys.window`), once the log has told when the error began. Raises FieldInvalid for an odd time.
    """
    if alert.base and alert.deployed:
        return alert.base, alert.deployed
    first_seen = in_utc("first_seen", alert.first_seen) if alert.first_seen else received_at
    if alert.deployed:
        deployed, at = alert.deployed, await _went_live(session, alert, alert.deployed, first_seen)
    else:
        row = await _latest(session, alert, DeployRow.at <= first_seen)
        if row is None:
            return alert.base or "", ""
        deployed, at = row.revision, row.at
    return alert.base or await _base(session, alert, deployed, at), deployed


async def _went_live(session: AsyncSession, alert: Alert, revision: str, first_seen: datetime) -> datetime:
    row = await _latest(session, alert, DeployRow.at <= first_seen, DeployRow.revision == revision)
    return row.at if row else first_seen


async def _base(session: AsyncSession, alert: Alert, deployed: str, at: datetime) -> str:
    row = await _latest(session, alert, DeployRow.at <= at, DeployRow.revision != deployed)
    return row.revision if row else ""


async def _latest(session: AsyncSession, alert: Alert, *conditions: ColumnElement[bool]) -> DeployRow | None:
    services: Sequence[str] = (alert.service, "")
    found = await session.scalars(
        select(DeployRow)
        .where(
            DeployRow.repository == alert.repository,
            DeployRow.environment == alert.environment,
            DeployRow.service.in_(services),
            *conditions,
        )
        .order_by(DeployRow.at.desc(), DeployRow.id.desc())
        .limit(1)
    )
    return found.first()
