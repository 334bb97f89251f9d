"""The incident store: one object per concern, all over one database. Each of their methods is one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from service.settings import Life, StoreAddress
from service.store.deploys import DeployRecords
from service.store.engine import Database
from service.store.feedback import FeedbackRecords
from service.store.intake import AlertIntake
from service.store.leases import Leases
from service.store.migrations import migrate, require_current
from service.store.outcomes import Outcomes
from service.store.queries import Queries
from service.store.refused import RefusedBodies
from service.store.reruns import Reruns
from service.store.retention import Retention
from service.store.rounds import Rounds


class Store:
    """The incident store at `address`. Call `migrate` first; nothing is opened before.

    Every method of its parts may raise StoreUnavailable; no error of SQLAlchemy leaves the store.
    """

    def __init__(self, address: StoreAddress, life: Life | None = None, *, read_only: bool = False) -> None:
        self.database = Database(address, read_only=read_only)
        self.intake = AlertIntake(self.database, life or Life())
        self.deploys = DeployRecords(self.database)
        self.leases = Leases(self.database)
        self.outcomes = Outcomes(self.database)
        self.refused = RefusedBodies(self.database)
        self.reruns = Reruns(self.database)
        self.rounds = Rounds(self.database)
        self.queries = Queries(self.database)
        self.feedback = FeedbackRecords(self.database)
        self.retention = Retention(self.database)

    async def migrate(self) -> None:
        """Migrate the tables; a SQLite file and its folder are created. Only for writers."""
        await migrate(self.database)

    async def close(self) -> None:
        """Close the connections."""
        await self.database.close()


@asynccontextmanager
async def reading(address: StoreAddress) -> AsyncIterator[Store]:
    """Yield the store for commands that only read: nothing is created, migrated or changed.

    Raises InputError when there is no store or it has another version than this program, StoreUnavailable when it
    cannot be read.
    """
    store = Store(address, read_only=True)
    try:
        await require_current(store.database)
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def changing(address: StoreAddress, life: Life) -> AsyncIterator[Store]:
    """Yield the store for commands that add something to it; it is never created or migrated.

    Raises what `reading` raises.
    """
    async with reading(address):  # is it there, and of this version?
        pass
    store = Store(address, life)
    try:
        yield store
    finally:
        await store.close()
