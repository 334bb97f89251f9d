"""Commands that read the store leave it as it is: they create nothing, migrate nothing and say what is wrong."""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from incidents.errors import StoreUnavailable
from service.settings import Settings
from service.store.engine import Database
from service.store.migrations import migrate
from service.store.store import Store, reading
from tests.service.cli.ran import Ran, RedTide
from tests.service.stand_ins import alert

COMMANDS = [["labels"], ["revert", "INC-k7mq2wz4ab"]]
reads = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])


@pytest.fixture(autouse=True)
def known_repository(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels are refused before the store is looked at when no repository is known."""
    monkeypatch.setenv("REDTIDE_REPOSITORIES", json.dumps({"shop": str(settings.repositories["shop"])}))


def refused(ran: Ran, command: list[str]) -> str:
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    return ran.err.removeprefix(f"redtide {command[0]}: error: ").rstrip()


async def _at_version(settings: Settings, version: str) -> None:
    database = Database(settings.store_address())
    await migrate(database)
    if version == "newer":
        async with database.engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    else:
        await migrate(database, version)
    await database.close()


async def _version(settings: Settings) -> str | None:
    database = Database(settings.store_address())
    async with database.engine.connect() as connection:
        found = (await connection.exec_driver_sql("SELECT version_num FROM alembic_version")).scalar()
    await database.close()
    return None if found is None else str(found)


@reads
@pytest.mark.parametrize(
    ("version", "said", "left"),
    [
        ("base", "there is no incident store in it yet; give the one that `redtide serve` uses", None),
        ("0002", "this store is of an older version (0002); start `redtide serve` on it once", "0002"),
        (
            "newer",
            "this store is of a newer version (9999); install the version of Red Tide that serves it",
            "9999",
        ),
    ],
)
def test_a_store_of_another_version_is_refused_with_the_remedy_and_left_alone(
    settings: Settings, redtide: RedTide, command: list[str], version: str, said: str, left: str | None
) -> None:
    asyncio.run(_at_version(settings, version))
    assert refused(redtide(*command, "--store", settings.store_url), command) == f"--store: {said}"
    assert asyncio.run(_version(settings)) == left


@reads
def test_a_store_that_is_not_there_is_refused_and_not_created(
    settings: Settings, redtide: RedTide, tmp_path: Path, command: list[str]
) -> None:
    postgresql = "postgresql" in settings.store_url
    missing = tmp_path / "new folder" / "typo.sqlite3"
    url = settings.store_url.replace("tide_", "gone_") if postgresql else f"sqlite:///{missing}"
    said = refused(redtide(*command, "--store", url), command)
    assert ("is it there, running" if postgresql else "no such file") in said
    assert not missing.parent.exists()


@reads
@pytest.mark.parametrize("content", ["text", "another database"])
def test_a_file_that_is_no_incident_store_is_refused_and_not_changed(
    redtide: RedTide, tmp_path: Path, command: list[str], content: str, settings: Settings
) -> None:
    file = tmp_path / "odd #1?.sqlite3"
    if content == "text":
        file.write_text("not a database, but long enough to be looked at as if it were one\n" * 99)
    else:
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE orders (id INTEGER)")
        connection.close()
    before = file.read_bytes()
    url = f"sqlite:///{str(file).replace('?', '%3F').replace('#', '%23')}"
    said = refused(redtide(*command, "--store", url), command)
    assert ("cannot be read" if content == "text" else "there is no incident store in it yet") in said
    assert [file.read_bytes(), sorted(file.parent.glob("odd*"))] == [before, [file]]


@reads
def test_an_address_that_is_none_is_named_by_its_option(redtide: RedTide, command: list[str]) -> None:
    said = refused(redtide(*command, "--store", "typo"), command)
    assert said.startswith("--store: not an SQLAlchemy URL of SQLite or PostgreSQL")


async def test_a_store_that_is_opened_for_reading_cannot_be_written_to(settings: Settings, store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    async with reading(settings.store_address()) as opened:
        assert (await opened.queries.incident(incident)).id == incident
        with pytest.raises(StoreUnavailable):
            await opened.intake.accept(alert(service="billing"), "{}")
        assert [each.id for each in await opened.queries.incidents()] == [incident]
