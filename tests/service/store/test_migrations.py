from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from service.settings import Settings
from service.store.engine import Database
from service.store.migrations import migrate
from service.store.table import Table

SETTINGS = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Table.metadata))


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def _pragmas(connection: Connection) -> list[object]:
    return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in SETTINGS]


async def test_the_migrations_make_exactly_the_tables_of_the_code(store_url: str) -> None:
    database = Database(Settings(store_url=store_url).store_address())
    await migrate(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        assert await connection.run_sync(_tables) == set(Table.metadata.tables)
    await database.close()


async def test_migrations_go_down_and_up_again(store_url: str) -> None:
    database = Database(Settings(store_url=store_url).store_address())
    await migrate(database)
    await migrate(database, "base")
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_tables) == set()
    await migrate(database)
    await migrate(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_tables) == set(Table.metadata.tables)
    await database.close()


async def test_sqlite_is_durable_patient_and_minds_foreign_keys(tmp_path: Path) -> None:
    database = Database(Settings(store_url=f"sqlite:///{tmp_path}/a.sqlite3").store_address())
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_pragmas) == ["wal", 1, 15_000, 2]
    await database.close()
