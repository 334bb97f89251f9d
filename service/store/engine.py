"""The connection to the incident store: its SQLite manners and its migrations."""

import sqlite3
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from incidents.errors import InputError
from service.store.private_file import make_private

BUSY_SECONDS = 15  # how long a SQLite writer waits for another one before it gives up
CONNECT_SECONDS = 5
_MIGRATING = 0x7ED71DE  # the advisory lock of those who migrate: any number that is ours


def connect(url: URL) -> AsyncEngine:
    """An engine for `url`. Nothing is opened yet; a SQLite file is made when it is not there."""
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS})
    if url.database and url.database != ":memory:":
        make_private(Path(url.database))
    engine = create_async_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def writing(engine: AsyncEngine) -> AsyncEngine:
    """The same engine for transactions that write.

    On SQLite they take the write lock when they begin: one that reads first and writes later would be refused at
    once, without waiting, if another writer came between.
    """
    return engine.execution_options(sqlite_begin="IMMEDIATE")


async def migrate(engine: AsyncEngine, revision: str = "head") -> None:
    """Bring the tables to `revision` in one transaction. Processes that start together wait for each other."""
    async with writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
        await connection.run_sync(_migrate, revision)


async def refuse_unready(engine: AsyncEngine) -> None:
    """For those who only read: raises InputError unless the tables are exactly those of this program."""
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    scripts = ScriptDirectory.from_config(_config())
    if found == scripts.get_current_head():
        return
    if found is None:
        raise InputError("--store: there is no incident store in it yet; give the one that `redtide serve` uses")
    known = {script.revision for script in scripts.walk_revisions()}
    if found in known:
        raise InputError(f"--store: its tables are older than this program ({found}); start `redtide serve` on it once")
    raise InputError(f"--store: its tables are newer than this program ({found[:40]}); install the service's version")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def _migrate(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    if revision == "head":
        command.upgrade(config, revision)
    else:
        command.downgrade(config, revision)


def _prepare_sqlite(connection: DBAPIConnection, record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: _begin_sqlite does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1_000}")
    _to_wal(cursor)
    cursor.execute("PRAGMA synchronous = FULL")  # an acknowledged alert survives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _to_wal(cursor: DBAPICursor) -> None:
    """Write-ahead logging. The change needs the file alone and does not wait for it as other statements do."""
    for pause in (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(pause)
        else:
            return
    cursor.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
