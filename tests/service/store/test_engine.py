"""The errors of the database leave as one error of ours, and readers create nothing; on both databases."""

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from incidents.errors import InputError, StoreUnavailable
from incidents.incident import Status
from service.settings import Settings, StoreAddress
from service.store.engine import Database, RowsRefused
from service.store.store import Store
from service.store.tables import StepRow
from tests.service.stand_ins import alert

SECRET = "hunter2" * 2


async def test_a_statement_the_database_cannot_run_is_a_store_that_is_unavailable(store: Store) -> None:
    with pytest.raises(StoreUnavailable, match=r"the database cannot be used \(\w+Error, \w+\)") as refused:
        async with store.database.read() as session:
            await session.execute(text("SELECT :secret FROM nowhere"), {"secret": SECRET})
    assert not isinstance(refused.value, RowsRefused)
    assert SECRET not in str(refused.value)


async def test_rows_that_are_refused_are_told_from_a_database_that_is_away(store: Store) -> None:
    row = {"incident_id": "INC-nobody", "attempt": 1, "position": 1, "kind": "node", "step": {"text": SECRET}}
    with pytest.raises(RowsRefused) as refused:
        async with store.database.write() as session:
            session.add(StepRow(**row))
    assert SECRET not in str(refused.value)


async def test_a_full_disk_is_named_and_what_was_stored_before_stays(store: Store, settings: Settings) -> None:
    if "postgresql" in settings.store_url:
        pytest.skip("its server writes to the disk of all tests")
    await store.database.engine.dispose()

    @event.listens_for(store.database.engine.sync_engine, "connect")
    def no_room(connection: DBAPIConnection, record: object) -> None:
        connection.cursor().execute("PRAGMA max_page_count = 1")  # SQLite takes the pages that it has already

    accepted = []

    async def fill() -> None:
        for number in range(1_000):
            accepted.append(await store.intake.accept(alert(service=f"s{number}", message=str(number) * 500), "{}"))

    with pytest.raises(StoreUnavailable, match="its disk is full"):
        await fill()
    assert (await store.queries.counts())[Status.OPEN] == len(accepted) > 0


async def test_an_error_of_ours_passes_and_nothing_is_written(store: Store) -> None:
    async def refused_half_way() -> None:
        async with store.database.write() as session:
            await session.execute(text("DELETE FROM alembic_version"))
            raise InputError("not this one")

    with pytest.raises(InputError, match="not this one"):
        await refused_half_way()
    async with store.database.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM alembic_version"))).scalar() == 1


async def _drivers_threads_ended() -> None:
    """A connection to SQLite that could not be opened tells this event loop so a moment later: it must be there."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)


async def test_a_database_that_is_not_there_is_unavailable(settings: Settings, tmp_path: Path) -> None:
    gone = f"sqlite:///{tmp_path}/gone/store.sqlite3"
    url = settings.store_url.replace("tide_", "gone_") if "postgresql" in settings.store_url else gone
    database = Database(Settings(store_url=url).store_address())
    with pytest.raises(StoreUnavailable):
        async with database.read() as session:
            await session.execute(text("SELECT 1"))
    await database.close()
    await _drivers_threads_ended()


async def test_a_reader_creates_no_file(tmp_path: Path) -> None:
    database = Database(StoreAddress(f"sqlite+aiosqlite:///{tmp_path}/typo.sqlite3"), read_only=True)
    with pytest.raises(StoreUnavailable):
        async with database.read() as session:
            await session.execute(text("SELECT 1"))
    await database.close()
    await _drivers_threads_ended()
    assert not (tmp_path / "typo.sqlite3").exists()
