"""A real store in a new SQLite file or PostgreSQL database, and the real HTTP application over it.

Every test that uses `settings` runs on both databases, unless its module says `ONE_DATABASE = True`.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from service.api import heavy_work
from service.api.routes import create_api
from service.settings import Settings
from service.store.store import Store
from tests import postgres
from tests.service.forks import FORKS
from tests.service.stand_ins import AUTHORIZED, TOKEN, Bell
from tests.service.statements import compiled_once


@pytest.fixture(autouse=True)
def one_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service knows the token that `AUTHORIZED` shows."""
    monkeypatch.setenv("REDTIDE_API_TOKEN", TOKEN)


@pytest.fixture(scope="session", autouse=True)
def statements_are_compiled_once() -> Iterator[None]:
    """A new store for each test is as quick as one that has been up for a while."""
    with compiled_once():
        yield


@pytest.fixture
def bodies_are_read_in_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads large bodies has imported what it needs; one of its own takes half a second of a processor for that."""
    monkeypatch.setattr(heavy_work, "PROCESSES", FORKS)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One server for all tests; its database `migrated` has our tables."""
    with postgres.server() as server:
        server.execute("CREATE DATABASE migrated")
        asyncio.run(_migrate(server.url("migrated")))
        yield server


async def _migrate(url: str) -> None:
    store = Store(Settings(store_url=url).store_address())
    await store.migrate()
    await store.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both databases, but one where the module says that its questions have nothing to do with the store."""
    if "store_url" in metafunc.fixturenames:
        alone = getattr(metafunc.module, "ONE_DATABASE", False)
        metafunc.parametrize("store_url", ["sqlite"] if alone else ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables, to be copied: that takes a tenth of the time of migrating."""
    file = tmp_path_factory.mktemp("migrated") / "store.sqlite3"
    asyncio.run(_migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty store lies that nobody else uses."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "store.sqlite3")
        yield f"sqlite:///{tmp_path}/store.sqlite3"
    else:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        with server.lent_database(template="migrated") as url:
            yield url


@pytest.fixture
def settings(tmp_path: Path, store_url: str) -> Settings:
    """One known repository, `shop`; triage looks by itself only rarely, so that tests see who wakes it."""
    return Settings(
        store_url=store_url,
        repositories={"shop": tmp_path / "shop"},
        poll_seconds=30,
        drain_seconds=5,
        retry_seconds=0.01,
    )


@pytest_asyncio.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    """An empty store. What is copied for it was migrated: to find that nothing is missing takes longer than most tests."""
    store = Store(settings.store_address())
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
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=AUTHORIZED) as client:
        yield client
