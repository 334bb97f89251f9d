"""Where the progress of investigations is kept: beside the incident store, so that every replica finds it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from service.store.private_file import make_private

if TYPE_CHECKING:
    from graph.checkpoints import Checkpointer


@asynccontextmanager
async def checkpoints(store: URL) -> AsyncIterator["Checkpointer"]:
    """The checkpointer that goes with a store: a file beside a SQLite one, tables in a PostgreSQL one.

    Open it in the loop that investigates.
    """
    from graph.checkpoints import postgres_checkpoints, sqlite_checkpoints

    if store.get_backend_name() == "postgresql":
        address = store.set(drivername="postgresql").render_as_string(hide_password=False)
        async with postgres_checkpoints(address) as kept:
            yield kept
    else:
        file = _beside(store)
        make_private(file)
        async with sqlite_checkpoints(file) as kept:
            yield kept


def _beside(store: URL) -> Path:
    file = Path(store.database or ":memory:")
    return file.with_name(f"{file.stem}-checkpoints.sqlite3")
