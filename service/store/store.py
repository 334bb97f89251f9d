"""The incident store: one object per concern, all over one database. Each of their methods is one transaction."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from service.routing.channels import Channel
from service.settings.limits import Life
from service.settings.store_address import StoreAddress
from service.store.confirmations import Confirmations
from service.store.decisions import Decisions
from service.store.deploys import DeployRecords
from service.store.engine import Database
from service.store.feedback import FeedbackRecords
from service.store.intake import AlertIntake
from service.store.leases import Leases
from service.store.migrations import migrate, require_current
from service.store.notifications import Notifications
from service.store.outbox import Outbox
from service.store.outcomes import Outcomes
from service.store.overview import Overview
from service.store.planned_reverts import PlannedReverts
from service.store.quality import Quality
from service.store.queries import Queries
from service.store.refused import RefusedBodies
from service.store.reruns import Reruns
from service.store.rescored import RescoredVerdicts
from service.store.rescorings import Rescorings
from service.store.retention import Retention
from service.store.reverts import RevertRecords
from service.store.rounds import Rounds
from service.store.spent import SpentMarks


class Store:
    """The incident store at `address`; `channels` get messages about its incidents. Call `migrate` first.

    Nothing is opened before. Every method of its parts may raise StoreUnavailable; no error of SQLAlchemy leaves the
    store.
    """

    def __init__(
        self,
        address: StoreAddress,
        life: Life | None = None,
        channels: Mapping[str, Channel] | None = None,
        *,
        read_only: bool = False,
    ) -> None:
        outbox = Outbox(channels or {})
        self.database = Database(address, read_only=read_only)
        self.intake = AlertIntake(self.database, life or Life(), outbox)
        self.confirmations = Confirmations(self.database, outbox)
        self.decisions = Decisions(self.database, outbox)
        self.deploys = DeployRecords(self.database)
        self.leases = Leases(self.database, outbox)
        self.notifications = Notifications(self.database)
        self.outcomes = Outcomes(self.database, outbox)
        self.planned_reverts = PlannedReverts(self.database, outbox)
        self.refused = RefusedBodies(self.database)
        self.reruns = Reruns(self.database, outbox)
        self.rescorings = Rescorings(self.database)
        self.rescored = RescoredVerdicts(self.database)
        self.reverts = RevertRecords(self.database, outbox)
        self.rounds = Rounds(self.database)
        self.queries = Queries(self.database)
        self.overview = Overview(self.database)
        self.quality = Quality(self.database)
        self.feedback = FeedbackRecords(self.database, outbox)
        self.retention = Retention(self.database)
        self.spent = SpentMarks(self.database)

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
