"""Checkpoints of running investigations, so that another process can take over when one is killed."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from psycopg import AsyncConnection
from psycopg import Error as PostgresError
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from graph.request import CommitWindow, Request
from graph.state import Assignment, Heard
from incidents.advice import Advice
from incidents.evidence import Evidence
from incidents.opinion import Opinion, SelfCritique
from incidents.reasoning import ModelCall, NodeRun, ToolCall
from incidents.report import Report
from incidents.verdict import Verdict
from tools.logs.log_reading import LogReading

STORED = (
    Advice,
    Assignment,
    CommitWindow,
    Evidence,
    Heard,
    LogReading,
    ModelCall,
    NodeRun,
    Opinion,
    Report,
    Request,
    SelfCritique,
    ToolCall,
    Verdict,
)
"""Our own types that a checkpoint may contain. No other type is ever instantiated from one."""

Checkpointer: TypeAlias = BaseCheckpointSaver[str]
"""The type of all checkpointers, for packages that must not import LangGraph."""

STORE_ERRORS = (sqlite3.Error, PostgresError, PoolTimeout)
"""What a checkpointer raises when its database is unavailable; the investigation itself is fine."""

_SQLITE_THREADS = "SELECT thread_id FROM checkpoints UNION SELECT thread_id FROM writes"
_POSTGRES_THREADS = (
    "SELECT thread_id FROM checkpoints UNION SELECT thread_id FROM checkpoint_blobs"
    " UNION SELECT thread_id FROM checkpoint_writes"
)
_BUSY_SECONDS = 15.0
_SETTING_UP = 0x7ED71DF  # the key of the advisory lock for creating the tables: any number no other program uses


def serializer() -> JsonPlusSerializer:
    """Return the serializer of checkpoints. It creates only the types in STORED: a checkpoint is data, not code."""
    return JsonPlusSerializer(allowed_msgpack_modules=STORED)


class _WholeWrites(AsyncSqliteSaver):
    """Completes a write that has begun, also when its caller is cancelled (a new deploy, a time limit, a stop).

    Half of one would keep SQLite's write lock until this process writes again, and other processes would give up
    waiting: "database is locked".
    """

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return await asyncio.shield(super().aput(config, checkpoint, metadata, new_versions))

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await asyncio.shield(super().aput_writes(config, writes, task_id, task_path))


@asynccontextmanager
async def sqlite_checkpoints(path: Path) -> AsyncIterator[AsyncSqliteSaver]:
    """Yield a checkpointer in one SQLite file. Processes that share the file wait for each other's short writes.

    Open it in the event loop that runs the investigations.
    """
    async with aiosqlite.connect(path, timeout=_BUSY_SECONDS) as connection:
        saver = _WholeWrites(connection, serde=serializer())
        await saver.setup()
        try:
            yield saver
        finally:
            async with saver.lock:  # a write whose caller was cancelled is finished
                pass


@asynccontextmanager
async def postgres_checkpoints(address: str) -> AsyncIterator[AsyncPostgresSaver]:
    """Yield a checkpointer in a PostgreSQL database (`address`: a libpq URL), for any number of processes."""
    pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
        address,
        min_size=1,
        max_size=4,
        timeout=_BUSY_SECONDS,
        open=False,
        check=AsyncConnectionPool.check_connection,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
    )
    async with pool:
        saver = AsyncPostgresSaver(pool, serde=serializer())
        await _set_up(pool, saver)
        yield saver


async def _set_up(pool: "AsyncConnectionPool[AsyncConnection[DictRow]]", saver: AsyncPostgresSaver) -> None:
    """Create the tables, one process at a time.

    The lock is polled: a statement that waits for it would block CREATE INDEX CONCURRENTLY, which waits for all open
    transactions.
    """
    async with pool.connection() as connection:
        while True:
            found = await connection.execute("SELECT pg_try_advisory_lock(%s) AS ours", (_SETTING_UP,))
            row = await found.fetchone()
            if row is not None and row["ours"]:
                break
            await asyncio.sleep(0.1)
        try:
            await saver.setup()
        finally:
            await connection.execute("SELECT pg_advisory_unlock(%s)", (_SETTING_UP,))


async def forget(checkpointer: Checkpointer, thread_id: str) -> None:
    """Delete the checkpoints of a finished investigation (about 80 kB each); its result is in the incident store.

    The deletion is completed even when the caller is cancelled: a half-finished one would keep SQLite's write lock
    until the next write.
    """
    await asyncio.shield(checkpointer.adelete_thread(thread_id))


async def threads(checkpointer: Checkpointer) -> set[str]:
    """Return the ids of all threads that have checkpoints.

    Raises TypeError for checkpointers that are not from this module.
    """
    if isinstance(checkpointer, AsyncSqliteSaver):
        async with checkpointer.lock, checkpointer.conn.execute(_SQLITE_THREADS) as found:
            return {str(row[0]) async for row in found}
    if isinstance(checkpointer, AsyncPostgresSaver) and isinstance(checkpointer.conn, AsyncConnectionPool):
        async with checkpointer.conn.connection() as connection:
            rows = await (await connection.execute(_POSTGRES_THREADS)).fetchall()
            return {row["thread_id"] for row in rows}
    raise TypeError(f"the threads of a {type(checkpointer).__name__} are not known")
