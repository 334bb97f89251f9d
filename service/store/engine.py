"""The database behind the store: engine, sessions, and the only place that translates SQLAlchemy's errors."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from incidents.errors import StoreUnavailable
from service.settings.store_address import StoreAddress
from service.store.write_ahead_log import BUSY_SECONDS, use_write_ahead_log

CONNECT_SECONDS = 5
_BUSY = f"PRAGMA busy_timeout = {BUSY_SECONDS * 1_000:.0f}"


class RowsRefused(StoreUnavailable):
    """The database works but rejects these rows; another write may succeed."""


class NoConnection(StoreUnavailable):
    """The server of the database does not let us in; `reason` says why, as far as that is known."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the database cannot be used (no connection to it: {reason})")
        self.reason = reason


class Database:
    """One database. Nothing is opened before the first session.

    A `read_only` database never creates a file and never changes anything. Every error of SQLAlchemy, a driver or the
    operating system inside `read`, `write` or `connection` becomes StoreUnavailable.

    The writers of one SQLite file take turns, in the order they came. SQLite itself lets them poll for its write lock,
    and on a busy machine one of many would poll until it gives up: "database is locked".
    """

    def __init__(self, address: StoreAddress, *, read_only: bool = False) -> None:
        self.url = url_of(address)
        with errors_translated():
            self.engine = _engine(self.url, read_only)
        self._read = async_sessionmaker(self.engine, expire_on_commit=False)
        self._write = async_sessionmaker(_locking(self.engine), expire_on_commit=False)
        sqlite = self.url.get_backend_name() == "sqlite"
        self._turn: AbstractAsyncContextManager[None] = asyncio.Lock() if sqlite else nullcontext()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Yield a session for queries."""
        with errors_translated():
            async with self._read() as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Yield a session for one transaction: committed at the end, rolled back on error. Raises RowsRefused too."""
        with errors_translated():
            async with self._turn, self._write.begin() as session:
                yield session

    async def close(self) -> None:
        """Close the connections."""
        await self.engine.dispose()


@contextmanager
def errors_translated() -> Iterator[None]:
    """Turn database errors into StoreUnavailable, without their text: it contains the query's values."""
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise RowsRefused(f"the database refuses the rows ({type(error).__name__})") from error
    except (SQLAlchemyError, OSError) as error:
        if (reason := _unconnected(error)) is not None:
            raise NoConnection(reason) from error
        raise StoreUnavailable(f"the database cannot be used ({_why(error)})") from error


_MEANING: Final = {
    "SQLITE_FULL": "its disk is full",
    "53100": "its disk is full",
    "SQLITE_NOTADB": "its file is no SQLite database",
    "SQLITE_CORRUPT": "its file is damaged; take the last backup",
    "SQLITE_READONLY": "it is read-only: its file or its folder cannot be written",
    "SQLITE_CANTOPEN": "its file cannot be opened, or none can be made beside it",
    "SQLITE_BUSY": "another program holds it",
    "25006": "it is read-only",
    "28P01": "its password is refused",
    "3D000": "there is no such database",
}
"""What operators can mend, by SQLite's name (or its beginning) or PostgreSQL's SQLSTATE."""


_REFUSALS: Final = {
    "connection refused": "connection refused",
    "timeout expired": "no answer in time",
    "timed out": "no answer in time",
    "failed to resolve host": "its host is unknown",
    "could not translate host name": "its host is unknown",
    "password authentication failed": "its password is refused",
    "no password supplied": "it asks for a password",
    "starting up": "it is starting",
    "shutting down": "it is stopping",
    "too many clients": "it has too many connections",
    "does not exist": "there is no such database or user",
}
"""What a driver says of a server it could not connect to, in its own words, and what we say: its words may hold names."""


def _unconnected(error: SQLAlchemyError | OSError) -> str | None:
    """Return why there is no connection, None where there was one: its errors have a code."""
    driver = getattr(error, "orig", None)
    if driver is None or getattr(driver, "sqlite_errorname", None) or getattr(driver, "sqlstate", None):
        return None
    said = str(driver).lower()
    return next((ours for theirs, ours in _REFUSALS.items() if theirs in said), type(error).__name__)


def _why(error: SQLAlchemyError | OSError) -> str:
    """Return the error's class and the driver's code (SQLite's name, PostgreSQL's SQLSTATE): neither holds a value."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    driver = getattr(error, "orig", None)
    code = getattr(driver, "sqlite_errorname", None) or getattr(driver, "sqlstate", None)
    if not code:
        return type(error).__name__
    named = next((each for each in _MEANING if code == each or code.startswith(f"{each}_")), None)
    return _MEANING[named] if named else f"{type(error).__name__}, {code}"


def url_of(address: StoreAddress) -> URL:
    """Return the URL with its password, for SQLAlchemy."""
    url = make_url(address.url)
    return url.set(password=address.password.get_secret_value()) if address.password else url


def sqlite_file(url: URL) -> Path | None:
    """Return the file of a SQLite database; None for PostgreSQL, and for a database in memory."""
    in_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(url.database) if in_file and url.database else None


def _engine(url: URL, read_only: bool) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        engine = create_async_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS})
        return engine.execution_options(postgresql_readonly=True) if read_only else engine
    if read_only and (file := sqlite_file(url)):
        # mode=rw, not ro: a reader of a write-ahead log must write that log's index. This creates no database.
        url = url.set(database=f"file:{quote(str(file))}").update_query_dict({"mode": "rw", "uri": "true"})
    engine = create_async_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine.sync_engine, "connect", _prepare_reader if read_only else _prepare_writer)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _locking(engine: AsyncEngine) -> AsyncEngine:
    """Return the same engine for transactions that write.

    On SQLite they take the write lock when they begin: a transaction that reads first and writes later would fail at
    once, without waiting, if another writer came in between.
    """
    return engine.execution_options(sqlite_begin="IMMEDIATE")


def _prepare_reader(connection: Any, record: object) -> None:  # noqa: ANN401 (DBAPIConnection lacks isolation_level)
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(_BUSY)
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()


def _prepare_writer(connection: Any, record: object) -> None:  # noqa: ANN401
    connection.isolation_level = None  # the driver must not begin transactions by itself: _begin_sqlite does
    cursor = connection.cursor()
    cursor.execute(_BUSY)
    connection.run_async(use_write_ahead_log)
    cursor.execute("PRAGMA synchronous = FULL")  # an acknowledged alert survives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
