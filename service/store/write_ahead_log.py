"""SQLite's write-ahead log: readers and one writer work at the same time."""

import asyncio
import sqlite3
import time

import aiosqlite

BUSY_SECONDS = 15.0  # how long SQLite waits for another process before it gives up
_PAUSE_SECONDS = 0.02


async def use_write_ahead_log(connection: aiosqlite.Connection, seconds: float = BUSY_SECONDS) -> None:
    """Switch the file to a write-ahead log; nothing happens when it has one.

    The switch needs the file for itself and ignores busy_timeout: processes that open a new file together would fail
    with "database is locked". Raises sqlite3.OperationalError when others use the file for longer than `seconds`.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            async with connection.execute("PRAGMA journal_mode = WAL"):
                return
        except sqlite3.OperationalError as error:
            if not _busy(error) or time.monotonic() > until:
                raise
        await asyncio.sleep(_PAUSE_SECONDS)


def _busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # the higher bits say why
