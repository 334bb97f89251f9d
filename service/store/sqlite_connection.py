"""Connections to SQLite that need one step for a statement.

A connection of aiosqlite lives in a thread. For each statement SQLAlchemy asks that thread for a cursor, the execution, the rows
and the end of the cursor, one after another, and each question costs as much as a small statement. All of a result's rows are
fetched here at once, as SQLAlchemy does too where nobody streams.
"""

import sqlite3
from collections.abc import Iterable
from functools import partial
from typing import Any, Final, NamedTuple, Self

import aiosqlite

_CHUNK: Final = 64  # rows; of no use here, as nobody streams


class Ran(NamedTuple):
    """What the driver's cursor had after a statement."""

    rows: list[Any]
    description: Any
    rowcount: int
    lastrowid: int | None


class StepCursor:
    """A cursor, as far as SQLAlchemy uses one, that exists in the thread only while its statement runs."""

    arraysize: int = 1

    def __init__(self, connection: "StepConnection") -> None:
        self._connection = connection
        self._ran = Ran([], None, -1, None)

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Self:
        """Run the statement and fetch its rows."""
        self._ran = await self._connection.run(sqlite3.Cursor.execute, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        """Run the statement once for each set of parameters."""
        self._ran = await self._connection.run(sqlite3.Cursor.executemany, sql, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        """Return the rows that were not returned yet."""
        rows = self._ran.rows
        self._ran = self._ran._replace(rows=[])
        return rows

    @property
    def description(self) -> Any:  # noqa: ANN401 (the driver's)
        """Return the names of the columns; None for a statement without rows."""
        return self._ran.description

    @property
    def rowcount(self) -> int:
        """Return how many rows were changed; -1 when the statement changes none."""
        return self._ran.rowcount

    @property
    def lastrowid(self) -> int | None:
        """Return the number of the row that was inserted last."""
        return self._ran.lastrowid

    async def close(self) -> None:
        """Nothing is open."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        """Nothing is open."""


class StepConnection(aiosqlite.Connection):
    """A connection whose cursors need one step of its thread for a statement."""

    def cursor(self) -> StepCursor:  # type: ignore[override]
        """Return a cursor; the thread is not asked for it."""
        return StepCursor(self)

    async def run(self, method: Any, sql: str, parameters: Iterable[Any]) -> Ran:  # noqa: ANN401 (of a cursor)
        """Run a statement by a method of the driver's cursor, in the thread."""
        ran: Ran = await self._execute(self._run, method, sql, parameters)  # type: ignore[no-untyped-call]
        return ran

    def _run(self, method: Any, sql: str, parameters: Iterable[Any]) -> Ran:  # noqa: ANN401
        cursor = self._conn.cursor()
        try:
            method(cursor, sql, parameters)
            rows = cursor.fetchall() if cursor.description else []
            return Ran(rows, cursor.description, cursor.rowcount, cursor.lastrowid)
        finally:
            cursor.close()


def connection_to(database: str, **options: Any) -> StepConnection:  # noqa: ANN401 (what sqlite3.connect takes)
    """Return a connection that is opened when it is awaited."""
    connection = StepConnection(partial(sqlite3.connect, database, **options), _CHUNK)
    connection._thread.daemon = True  # as SQLAlchemy has it: a connection that nobody closed keeps no process alive
    return connection
