"""A remote that takes connections and never answers, and the incidents of other repositories."""

import asyncio
import shutil
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from incidents.errors import FetchRunning
from incidents.incident import Status
from service.repositories.clones import Clones
from service.settings import Settings
from service.store.outcomes import Finding
from service.store.schemas import Claim
from service.store.store import Store
from service.store.tables import IncidentRow
from service.worker.investigator import Investigator
from service.worker.triage import Triage
from tests.recorded import FOLDERS, Recorded, load
from tests.service.stand_ins import hurried, until
from tools.git.mirror import Mirror

WAITING = ("mail", "cart", "search")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return load(
        next(each for each in FOLDERS if each.name == "php-removed-method"), tmp_path_factory.mktemp("recorded")
    )


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def two(settings: Settings, recorded: Recorded, silent: socket.socket, tmp_path: Path) -> Settings:
    """A repository without a remote, and a clone of it whose remote is silent."""
    clone = shutil.copytree(recorded.repository, tmp_path / "silent")
    changed = {
        "repositories": {recorded.alert.repository: recorded.repository, "silent": clone},
        "remotes": {"silent": f"http://127.0.0.1:{silent.getsockname()[1]}/silent.git"},
        "investigations_at_once": 2,
        "poll_seconds": 0.05,
    }
    return settings.model_copy(update=changed)


async def starts(store: Store, incidents: list[str]) -> int:
    async with store.database.read() as session:
        rows = await session.scalars(select(IncidentRow.attempts).where(IncidentRow.id.in_(incidents)))
        return sum(rows)


def ended(store: Store, incidents: list[str]) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return {(await store.queries.incident(each)).status for each in incidents} == {Status.DONE}

    return holds


async def test_other_repositories_go_on_while_a_remote_is_silent(
    store: Store, two: Settings, recorded: Recorded, silent: socket.socket
) -> None:
    held = [
        await store.intake.accept(recorded.alert.model_copy(update={"service": name, "repository": "silent"}), "{}")
        for name in WAITING
    ]
    investigator = Investigator(two, patience=0.05)
    triage = Triage(store, investigator, two, investigator, sleep=hurried)
    investigator._clones.ended = triage.wake
    work = asyncio.create_task(triage.run())
    try:
        other = await store.intake.accept(recorded.alert, "{}")
        await until(ended(store, [other]))
        assert investigator.fetching() == {"silent"}
        assert {(await store.queries.incident(each)).status for each in held} == {Status.OPEN}
        silent.close()
        await until(ended(store, held))
    finally:
        await triage.stop()
        await work
    assert await starts(store, held) <= 5  # two came too early, and none of them again while the fetch ran
    notes = (await store.queries.incident(held[0])).report.missing  # type: ignore[union-attr]
    assert any(note.startswith("The clone of silent could not be refreshed") for note in notes)


async def test_the_result_of_a_slow_fetch_is_used_by_those_who_come_back(
    two: Settings, silent: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with a clone that is always old, and for a revision that nobody knows: else they would wait forever."""
    over, now = asyncio.Event(), [0.0]

    async def ring() -> None:
        over.set()

    clones = Clones(two.model_copy(update={"refresh_seconds": 0.0}), lambda: now[0], patience=0.0, ended=ring)
    with pytest.raises(FetchRunning):
        await clones.open("silent")
    with pytest.raises(FetchRunning):
        await clones.refreshed("silent")
    now[0] = 100.0
    silent.close()
    await over.wait()
    now[0] = 199.0
    await clones.open("silent")
    assert not await clones.refreshed("silent")


async def test_all_who_ask_during_the_first_fetch_are_told_that_it_runs(two: Settings, silent: socket.socket) -> None:
    over = asyncio.Event()

    async def ring() -> None:
        over.set()

    clones = Clones(two, patience=0.0, ended=ring)
    for _ in range(2):
        with pytest.raises(FetchRunning):
            await clones.open("silent")
    silent.close()
    await over.wait()
    await clones.open("silent")


@pytest.mark.parametrize(("repository", "again"), [("own", True), ("another of the service", False)])
async def test_who_was_put_back_for_another_repository_is_not_tried_again_at_once(
    store: Store, settings: Settings, recorded: Recorded, repository: str, again: bool
) -> None:
    """Of the own one nothing is claimed until its fetch has ended; nobody knows when another's has."""
    quick = settings.model_copy(update={"poll_seconds": 0.0, "refresh_seconds": 3_600.0})
    await store.intake.accept(recorded.alert, "{}")
    name = recorded.alert.repository if repository == "own" else repository

    async def investigate(claim: Claim) -> Finding:
        raise FetchRunning(name)

    claim = await store.leases.claim("one", 60, agents=True)
    assert claim is not None
    await Triage(store, investigate, quick)._work_on(claim)
    assert (await store.leases.claim("two", 60, agents=True) is not None) is again


async def test_who_waits_is_woken_after_a_fetch_that_broke_too(two: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[None] = []

    async def ring() -> None:
        woken.append(None)

    def breaks(mirror: Mirror) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Mirror, "refresh", breaks)
    with pytest.raises(OSError, match="no space left"):
        await Clones(two, ended=ring).refreshed("silent")
    assert woken == [None]
