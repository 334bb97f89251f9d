"""Where checkpoints of investigations are stored: next to the incident store, so that every replica finds them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import aiosqlite

from service.settings.store_address import StoreAddress
from service.store.engine import sqlite_file, url_of
from service.store.private_file import make_private
from service.store.write_ahead_log import BUSY_SECONDS, use_write_ahead_log

if TYPE_CHECKING:
    from graph.checkpoints import Checkpointer


@asynccontextmanager
async def checkpoints(address: StoreAddress) -> AsyncIterator["Checkpointer"]:
    """Yield the checkpointer for a store: a file next to a SQLite file, or tables in a PostgreSQL database.

    Open it in the event loop that runs the investigations.
    """
    from graph.checkpoints import postgres_checkpoints, sqlite_checkpoints

    url = url_of(address)
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with postgres_checkpoints(dsn) as checkpointer:
            yield checkpointer
    else:
        file = _beside(sqlite_file(url) or Path(":memory:"))
        make_private(file)
        async with aiosqlite.connect(file, timeout=BUSY_SECONDS) as connection:
            await use_write_ahead_log(connection)
        async with sqlite_checkpoints(file) as checkpointer:
            yield checkpointer


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.stem}-checkpoints.sqlite3")
