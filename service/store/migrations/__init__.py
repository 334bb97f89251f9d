"""Alembic migrations of the incident store. Writers run them from code; readers only check that none is missing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from incidents.errors import InputError
from service.store.engine import Database, errors_translated, sqlite_file
from service.store.private_file import make_private

NEWER = "this store is of a newer version ({}); install the version of Red Tide that serves it"
_LOCK = 0x7ED71DE  # the key of the advisory lock for migrations: any number no other program uses


async def migrate(database: Database, revision: str = "head") -> None:
    """Migrate the tables to `revision` in one transaction; a missing SQLite file is created.

    Processes that start together wait for each other. Raises StoreUnavailable.
    """
    if file := sqlite_file(database.url):
        with errors_translated():
            make_private(file)
    async with database.write() as session:
        connection = await session.connection()
        if connection.dialect.name == "postgresql":
            await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        await connection.run_sync(_migrate, revision)


async def require_current(database: Database) -> None:
    """Check for readers that the tables have exactly this program's version.

    Raises InputError when they do not, StoreUnavailable when the database cannot be read.
    """
    file = sqlite_file(database.url)
    if file is not None and not file.is_file():
        raise InputError(f"--store: no such file {str(file)!r}; give the service's store, or set REDTIDE_STORE_URL")
    found = await revision_of(database)
    if found == ScriptDirectory.from_config(_config()).get_current_head():
        return
    if found is None:
        raise InputError("--store: there is no incident store in it yet; give the one that `redtide serve` uses")
    if not is_known(found):
        raise InputError(f"--store: {NEWER.format(found[:40])}")
    raise InputError(f"--store: this store is of an older version ({found}); start `redtide serve` on it once")


async def revision_of(database: Database) -> str | None:
    """Return the version of the tables; None when there are none. Raises StoreUnavailable."""
    async with database.read() as session:
        connection = await session.connection()
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


def is_known(revision: str) -> bool:
    """Whether this program can migrate from that version."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def _migrate(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    if revision == "head":
        command.upgrade(config, revision)
    else:
        command.downgrade(config, revision)
