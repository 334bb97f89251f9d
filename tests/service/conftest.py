"""A real store in a new SQLite file, and the real HTTP application over it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from service.ingress import create_api
from service.settings import Settings
from service.store import Store
from tests.service.stand_ins import Bell


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One known repository, `shop`; triage looks by itself only rarely, so that tests see who wakes it."""
    return Settings(
        store_url=f"sqlite:///{tmp_path}/store.sqlite3",
        repositories={"shop": tmp_path / "shop"},
        poll_seconds=30,
        drain_seconds=5,
    )


@pytest_asyncio.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    """An empty store, migrated."""
    store = Store(settings.store_address())
    await store.migrate()
    yield store
    await store.close()


@pytest.fixture
def bell() -> Bell:
    """Counts how often triage was woken."""
    return Bell()


@pytest_asyncio.fixture
async def client(store: Store, bell: Bell, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to the application in this process."""
    transport = httpx.ASGITransport(create_api(store, bell, settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide") as client:
        yield client
