import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import aiosqlite
import pytest
import pytest_asyncio

from service.store.sqlite_connection import StepConnection, connection_to

STATEMENTS: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("CREATE TABLE carts (id INTEGER PRIMARY KEY, total INTEGER)", ()),
    ("INSERT INTO carts (total) VALUES (?)", (3,)),
    ("INSERT INTO carts (total) VALUES (4), (5) RETURNING id, total", ()),
    ("SELECT id, total AS sum FROM carts WHERE total > ? ORDER BY id", (3,)),
    ("SELECT id FROM carts WHERE total > 99", ()),
    ("UPDATE carts SET total = total + 1", ()),
    ("DELETE FROM carts WHERE total = 4", ()),
)


@pytest_asyncio.fixture
async def connection() -> AsyncIterator[StepConnection]:
    async with connection_to(":memory:") as opened:
        yield opened  # type: ignore[misc]


async def seen(connection: aiosqlite.Connection, sql: str, parameters: Any) -> tuple[object, ...]:  # noqa: ANN401
    """Everything that SQLAlchemy looks at after a statement."""
    async with connection.cursor() as cursor:
        await cursor.execute(sql, parameters)
        rows = list(await cursor.fetchall()) if cursor.description else []
        return cursor.description, rows, cursor.rowcount, cursor.lastrowid, list(await cursor.fetchall())


async def test_a_statement_gives_what_it_gives_on_a_cursor_of_the_driver(connection: StepConnection) -> None:
    async with aiosqlite.connect(":memory:") as other:
        for sql, parameters in STATEMENTS:
            assert await seen(connection, sql, parameters) == await seen(other, sql, parameters), sql


async def test_a_statement_with_many_sets_of_parameters_runs_for_each(connection: StepConnection) -> None:
    async with connection.cursor() as cursor:
        await cursor.execute("CREATE TABLE carts (total INTEGER)")
        await cursor.executemany("INSERT INTO carts VALUES (?)", [(1,), (2,), (3,)])
        assert (cursor.description, cursor.rowcount) == (None, 3)
        await cursor.execute("SELECT sum(total) FROM carts")
        assert await cursor.fetchall() == [(6,)]


async def test_the_thread_is_asked_once_for_a_statement(
    connection: StepConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    ask = StepConnection._execute

    async def counted(this: StepConnection, function: Any, *given: Any) -> Any:  # noqa: ANN401
        asked.append(function)
        return await ask(this, function, *given)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(StepConnection, "_execute", counted)
    await seen(connection, "SELECT 1", ())
    assert len(asked) == 1


async def test_after_an_error_the_connection_is_as_it_was(connection: StepConnection) -> None:
    async with connection.cursor() as cursor:
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            await cursor.execute("SELECT * FROM carts")
        await cursor.execute("SELECT 7")
        assert await cursor.fetchall() == [(7,)]
