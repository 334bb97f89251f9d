"""What the processes of `tests.service.forks` have imported when they are forked: also what is imported late, at its first use."""

import gc

import aiosqlite
import anyio._backends._asyncio
import httpcore
import psycopg
import psycopg_pool
from sqlalchemy.orm import configure_mappers

from service.intake import body_reading
from service.worker import investigator
from tests.service import triage_process
from tests.service.notify import deliverer_process
from tests.service.reverts import reverts_process

__all__ = [
    "aiosqlite",
    "anyio",
    "body_reading",
    "deliverer_process",
    "httpcore",
    "psycopg",
    "psycopg_pool",
    "reverts_process",
    "triage_process",
]

investigator.load()
configure_mappers()
gc.freeze()  # a collection in one of them would copy the memory of all that was imported
