"""The checkpoints of work that nobody will go on with are dropped, those of work that goes on are kept."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from graph.checkpoints import Checkpointer, threads
from incidents.incident import Status
from service.settings import Settings
from service.store.checkpoints import checkpoints
from service.store.schemas import Claim
from service.store.store import Store
from service.store.tables import IncidentRow
from service.worker.cleanup import Cleanup
from service.worker.investigator import Investigator
from service.worker.triage import Triage
from tests.service.stand_ins import alert, found, hurried, until
from tests.service.store.test_leases import Slow
from tests.shop import TRACE, Shop, build_shop


class Held(Slow):
    """The same, and it can be made to say everything once more."""

    async def asked_in(self, work: asyncio.Task[Any]) -> None:
        """Wait until the judge is asked."""
        asked = asyncio.create_task(self.asked.wait())
        await asyncio.wait((work, asked), timeout=120, return_when=asyncio.FIRST_COMPLETED)
        assert asked.done(), work

    def begin_anew(self) -> None:
        """Say everything once more."""
        self._said.clear()
        self.asked.clear()


@pytest.fixture
def shop(settings: Settings) -> Shop:
    return build_shop(settings.repositories["shop"])


@pytest.fixture
def quick(settings: Settings) -> Settings:
    changes = {"poll_seconds": 0.05, "model_url": "http://x/v1", "model_name": "tiny"}
    return settings.model_copy(update=changes)


@pytest_asyncio.fixture
async def checkpointer(settings: Settings) -> AsyncIterator[Checkpointer]:
    async with checkpoints(settings.store_address()) as checkpointer:
        yield checkpointer


@pytest.fixture
def model(shop: Shop) -> Held:
    return Held(shop)


@pytest.fixture
def investigator(quick: Settings, checkpointer: Checkpointer, model: Held) -> Investigator:
    investigator = Investigator(quick, checkpointer=checkpointer)
    investigator._model = model  # type: ignore[assignment]
    return investigator


async def opened(store: Store, shop: Shop, **changes: object) -> str:
    revisions = {"base": shop.shas["import"], "deployed": shop.shas["readme"]}
    return await store.intake.accept(alert(**{"stack_trace": TRACE, "message": "", **revisions, **changes}), "{}")


async def claimed(store: Store, seconds: float = 60.0) -> Claim:
    claim = await store.leases.claim("me", seconds)
    assert claim
    return claim


async def cut_off(investigator: Investigator, model: Held, claim: Claim) -> None:
    """Half of an investigation, as a process that dies leaves it."""
    model.begin_anew()
    work = asyncio.create_task(investigator(claim))
    await model.asked_in(work)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


def has(store: Store, incident: str, status: Status) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return (await store.queries.incident(incident)).status == status

    return holds


async def test_what_a_new_deploy_supersedes_in_the_middle_leaves_nothing(
    store: Store,
    quick: Settings,
    shop: Shop,
    checkpointer: Checkpointer,
    model: Held,
    investigator: Investigator,
) -> None:
    triage = Triage(store, investigator, quick, investigator, hurried)
    work = asyncio.create_task(triage.run())
    incident = await opened(store, shop)
    await model.asked_in(work)
    assert len(await threads(checkpointer)) == 1
    model.begin_anew()
    assert await opened(store, shop, deployed=shop.shas["guard"]) == incident
    await model.asked_in(work)  # the second round is as far as the first was
    model.go_on.set()
    await until(has(store, incident, Status.DONE))
    await triage.stop()
    await work
    assert await threads(checkpointer) == set()


async def test_what_is_given_up_after_its_replicas_died_leaves_nothing(
    store: Store,
    quick: Settings,
    shop: Shop,
    checkpointer: Checkpointer,
    model: Held,
    investigator: Investigator,
) -> None:
    incident = await opened(store, shop)
    for _ in range(quick.attempts):
        await store.leases.recover(quick.attempts)
        claim = await claimed(store, 0)
    await cut_off(investigator, model, claim)
    assert await threads(checkpointer) == {claim.thread}
    triage = Triage(store, investigator, quick, investigator)
    work = asyncio.create_task(triage.run())
    await until(has(store, incident, Status.FAILED))
    await triage.stop()
    await work
    assert await threads(checkpointer) == set()


async def test_tidying_drops_what_was_left_behind_and_keeps_what_somebody_will_go_on_with(
    store: Store,
    quick: Settings,
    shop: Shop,
    checkpointer: Checkpointer,
    model: Held,
    investigator: Investigator,
) -> None:
    old = await _ended_with_leftovers(store, shop, investigator, model, "old")
    superseded = await _waiting(store, shop, investigator, model, "superseded")
    going_on = await _waiting(store, shop, investigator, model, "going on")
    forgotten = await _ended_with_leftovers(store, shop, investigator, model, "its replica died before it forgot")
    await opened(store, shop, service="superseded", deployed=shop.shas["guard"])
    long_ago = datetime.now(UTC) - timedelta(days=400)
    async with store.database.write() as session:
        await session.execute(
            update(IncidentRow).where(IncidentRow.id == old.incident.id).values(last_seen_at=long_ago)
        )
    assert await threads(checkpointer) == {each.thread for each in (old, superseded, going_on, forgotten)}
    await Cleanup(store, quick, investigator).everything()
    assert await threads(checkpointer) == {going_on.thread}
    assert old.incident.id not in {each.id for each in await store.queries.incidents()}


async def test_progress_of_incidents_that_are_gone_is_dropped(
    store: Store,
    quick: Settings,
    shop: Shop,
    checkpointer: Checkpointer,
    model: Held,
    investigator: Investigator,
) -> None:
    await opened(store, shop)
    claim = await claimed(store)
    stranger = Claim(claim.incident.model_copy(update={"id": "INC-gone"}), 1)
    await cut_off(investigator, model, claim)
    await cut_off(investigator, model, stranger)
    assert await threads(checkpointer) == {claim.thread, stranger.thread}
    await Cleanup(store, quick, investigator).everything()
    assert await threads(checkpointer) == {claim.thread}


async def test_a_service_that_lost_its_model_does_not_trip_over_what_agents_had_begun(
    store: Store, quick: Settings, shop: Shop, checkpointer: Checkpointer, model: Held, investigator: Investigator
) -> None:
    incident = await opened(store, shop)
    claim = await claimed(store)
    await cut_off(investigator, model, claim)
    await store.leases.release(claim)
    await _ended_alone(store, quick, checkpointer, incident)
    seen = await store.queries.incident(incident)
    assert (seen.version, seen.verdict and seen.verdict.mode, seen.agents_due) == (1, "evidence", False)


async def test_a_service_that_lost_its_model_leaves_the_verdicts_that_wait_for_agents_as_they_are(
    store: Store, quick: Settings, shop: Shop, checkpointer: Checkpointer
) -> None:
    waiting = await opened(store, shop)
    assert await store.outcomes.finish(await claimed(store), found(waiting), agents_due=True)
    await _ended_alone(store, quick, checkpointer, await opened(store, shop, service="another"))
    seen = await store.queries.incident(waiting)
    assert (seen.version, seen.status, seen.agents_due) == (1, Status.DONE, True)


async def _ended_alone(store: Store, quick: Settings, checkpointer: Checkpointer, incident: str) -> None:
    """By a service without a model."""
    alone = quick.model_copy(update={"model_url": None, "model_name": None})
    investigator = Investigator(alone, checkpointer=checkpointer)
    triage = Triage(store, investigator, alone, investigator)
    work = asyncio.create_task(triage.run())
    await until(has(store, incident, Status.DONE))
    await triage.stop()
    await work


async def _ended_with_leftovers(
    store: Store, shop: Shop, investigator: Investigator, model: Held, service: str
) -> Claim:
    claim = await _waiting(store, shop, investigator, model, service)
    async with store.database.write() as session:
        ended = {"status": Status.DONE, "claimed_by": None, "lease_until": None}
        await session.execute(update(IncidentRow).where(IncidentRow.id == claim.incident.id).values(**ended))
    return claim


async def _waiting(store: Store, shop: Shop, investigator: Investigator, model: Held, service: str) -> Claim:
    await opened(store, shop, service=service)
    claim = await claimed(store)
    assert claim.incident.alert.service == service
    await cut_off(investigator, model, claim)
    return claim
