"""Every store of the suite knows the statements that another one compiled: compiling them takes a fifth of a test's time.

In production one store lives as long as its process; here each test opens new ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

from service.store import engine

_COMPILED: LRUCache[Any, Any] = LRUCache(2_000)


@contextmanager
def compiled_once() -> Iterator[None]:
    """Until the block ends all engines share what they compiled, one set for each kind of database."""
    with pytest.MonkeyPatch.context() as patch:
        for dialect in (PGDialectAsync_psycopg, SQLiteDialect_aiosqlite):  # the keys of SQLAlchemy's caches hold it
            patch.setattr(dialect, "__eq__", _same_kind)
            patch.setattr(dialect, "__hash__", _hash_of_kind)
        patch.setattr(engine, "create_async_engine", _sharing)
        yield


def _sharing(*arguments: Any, **options: Any) -> AsyncEngine:  # noqa: ANN401 (what create_async_engine takes)
    return create_async_engine(*arguments, execution_options={"compiled_cache": _COMPILED}, **options)


def _same_kind(this: Dialect, other: object) -> bool:
    return type(this) is type(other)


def _hash_of_kind(this: Dialect) -> int:
    return hash(type(this))
