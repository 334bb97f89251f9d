"""What the tests of claims share: a clock that stands, and an incident's row."""

from datetime import UTC, datetime, tzinfo
from typing import Self

from sqlalchemy import update

from service.store.leases import LEASE_SECONDS
from service.store.schemas import Claim
from service.store.store import Store
from service.store.tables import IncidentRow
from tests.service.stand_ins import NOON


class Stopped(datetime):
    """A clock of this machine that stands at noon."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """Noon."""
        return cls.fromtimestamp(NOON.timestamp(), tz)


async def row(store: Store, incident: str) -> IncidentRow:
    async with store.database.read() as session:
        return await session.get_one(IncidentRow, incident)


async def write(store: Store, incident: str, **values: object) -> None:
    async with store.database.write() as session:
        await session.execute(update(IncidentRow).where(IncidentRow.id == incident).values(**values))


async def claimed(store: Store, owner: str = "me", seconds: float = LEASE_SECONDS, *, agents: bool = True) -> Claim:
    claim = await store.leases.claim(owner, seconds, agents=agents)
    assert claim is not None
    return claim


def since(began: datetime, moment: datetime | None) -> bool:
    """Whether it lies between then and now."""
    return moment is not None and began <= moment <= datetime.now(UTC)
