"""The log store of the tests: the small server, or the cluster that REDTIDE_TEST_ELASTICSEARCH_URL names."""

import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.elastic.filling import ECS_MAPPING, create, create_stream, fill, new_name
from tests.elastic.server import Elastic, running
from tools.logs.client import Connection
from tools.logs.settings import LogSettings

Documents = Iterable[Mapping[str, Any]]


@dataclass
class LogStore:
    """One index of its own. `server` is None when a real cluster answers, which cannot be told to fail."""

    url: str
    index: str
    server: Elastic | None

    def settings(self, **changed: object) -> LogSettings:
        """How Red Tide reaches it."""
        return LogSettings.model_validate({"urls": (self.url,), "index": self.index, "retries": 0, **changed})

    async def hold(self, documents: Documents, mapping: Mapping[str, Any] = ECS_MAPPING) -> None:
        """Make the index and fill it."""
        await create(self.url, self.index, mapping)
        await fill(self.url, self.index, documents)

    async def hold_in_a_data_stream(self, documents: Documents) -> None:
        """The same in a data stream."""
        await create_stream(self.url, self.index)
        await fill(self.url, self.index, documents)

    def fails(self) -> Elastic:
        """The small server, to be told how to fail; a real cluster skips the test."""
        if self.server is None:
            pytest.skip("a real cluster does not fail on demand")
        return self.server


@pytest_asyncio.fixture
async def log_store() -> AsyncIterator[LogStore]:
    """Nothing is in it yet."""
    real = os.environ.get("REDTIDE_TEST_ELASTICSEARCH_URL")
    name = new_name()
    if real:
        yield LogStore(real, name, None)
        async with httpx.AsyncClient(base_url=real) as http:
            for what in (name, f"_data_stream/{name}", f"_index_template/{name}"):
                await http.delete(f"/{what}")
        return
    async with running(Elastic()) as server:
        yield LogStore(server.url, name, server)


@pytest_asyncio.fixture
async def connected(log_store: LogStore) -> AsyncIterator[Callable[..., Connection]]:
    """Makes connections to the log store, with any setting changed, and closes them in the end."""
    made: list[Connection] = []

    def connect(**changed: object) -> Connection:
        made.append(Connection(log_store.settings(**changed)))
        return made[-1]

    yield connect
    for connection in made:
        await connection.close()
