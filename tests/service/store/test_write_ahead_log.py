import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from service.settings.store_address import StoreAddress
from service.store.checkpoints import checkpoints
from service.store.write_ahead_log import use_write_ahead_log


class Trying:
    """A connection to `file` that another one has locked until the third try."""

    def __init__(self, connection: aiosqlite.Connection, file: Path) -> None:
        self._connection = connection
        self._another = sqlite3.connect(file, isolation_level=None)
        self._another.execute("BEGIN EXCLUSIVE")
        self._tries = 0

    def execute(self, statement: str) -> Any:  # noqa: ANN401 (the driver's)
        self._tries += 1
        if self._tries == 3:
            self._another.execute("COMMIT")
            self._another.close()
        return self._connection.execute(statement)


async def mode(connection: aiosqlite.Connection) -> str:
    ((found,),) = await connection.execute_fetchall("PRAGMA journal_mode")
    return str(found)


async def test_who_opens_a_new_file_together_with_others_waits_for_them(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    async with aiosqlite.connect(file, timeout=0) as connection:
        before = await mode(connection)
        await use_write_ahead_log(Trying(connection, file))  # type: ignore[arg-type]
        assert (before, await mode(connection)) == ("delete", "wal")


async def test_a_file_that_stays_locked_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    async with aiosqlite.connect(file, timeout=0) as connection:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await use_write_ahead_log(Trying(connection, file), seconds=-1)  # type: ignore[arg-type]


async def test_a_file_that_is_no_database_is_not_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    file.write_text("no database" * 99)
    async with aiosqlite.connect(file, timeout=0) as connection:
        with pytest.raises(sqlite3.DatabaseError, match="not a database"):
            await use_write_ahead_log(connection)


async def test_the_file_of_checkpoints_has_its_log_before_langgraph_asks_for_one_without_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[str] = []

    @asynccontextmanager
    async def langgraphs(file: Path) -> AsyncIterator[None]:
        async with aiosqlite.connect(file) as connection:
            modes.append(await mode(connection))
            yield

    monkeypatch.setattr("graph.checkpoints.sqlite_checkpoints", langgraphs)
    async with checkpoints(StoreAddress(f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3")):
        assert modes == ["wal"]
