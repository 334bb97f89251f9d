"""Where a workflow's progress is kept, so that a process killed in the middle is taken over by another."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from agents.judge import Advice
from graph.state import Assignment, Request
from incidents.evidence import Evidence
from incidents.opinion import Opinion
from incidents.reasoning import ModelCall, NodeRun, ToolCall
from incidents.report import Report
from incidents.verdict import Verdict

STORED = (Advice, Assignment, Evidence, ModelCall, NodeRun, Opinion, Report, Request, ToolCall, Verdict)
"""Every type of ours that may stand in a checkpoint. Anything else found in one is not brought to life."""


def serializer() -> JsonPlusSerializer:
    """Checkpoints of our own types only: a checkpoint file is data, not code."""
    return JsonPlusSerializer(allowed_msgpack_modules=STORED)


@asynccontextmanager
async def sqlite_checkpoints(path: Path) -> AsyncIterator[AsyncSqliteSaver]:
    """A checkpointer in one SQLite file, for one process at a time. Open it in the loop that investigates."""
    async with aiosqlite.connect(path) as connection:
        yield AsyncSqliteSaver(connection, serde=serializer())


async def forget(checkpointer: AsyncSqliteSaver, thread_id: str) -> None:
    """Drop a finished investigation's checkpoints (about 80 kB each); what came out lives in the incident store."""
    await checkpointer.adelete_thread(thread_id)
