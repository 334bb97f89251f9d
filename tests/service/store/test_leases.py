"""A replica that dies, hangs or stops loses nothing: another goes on from the last checkpoint."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest
from sqlalchemy import select, update

from incidents.incident import Status
from incidents.reasoning import NodeRun
from models.door import Answer, Question, T
from models.scripted import ScriptedModel
from service.settings import Settings
from service.store.checkpoints import checkpoints
from service.store.leases import Leases
from service.store.outbox import Outbox
from service.store.schemas import Claim
from service.store.store import Store
from service.store.tables import IncidentRow
from service.worker.investigator import Investigator
from service.worker.triage import Triage
from tests.service.stand_ins import Found, alert, found, hurried, until
from tests.service.worker.at_work import at_work, status_of
from tests.shop import TRACE, Shop, build_shop, script


class Slow(ScriptedModel):
    """Answers, but the judge only when it is let."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(script(shop))
        self.asked = asyncio.Event()
        self.go_on = asyncio.Event()

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Answer, or wait."""
        if question.agent == "judge":
            self.asked.set()
            await self.go_on.wait()
        return await super().ask(question)

    async def close(self) -> None:
        """Nothing is open."""


class Lent(Investigator):
    """The real one, with a scripted model."""

    def lend(self, model: ScriptedModel) -> "Lent":
        self._model = model  # type: ignore[assignment]
        return self


@pytest.fixture
def shop(settings: Settings) -> Shop:
    return build_shop(settings.repositories["shop"])


@pytest.fixture
def quick(settings: Settings) -> Settings:
    changes = {"poll_seconds": 0.05, "model_url": "http://127.0.0.1:9/v1", "model_name": "tiny"}
    return settings.model_copy(update=changes)


async def opened(store: Store, shop: Shop) -> str:
    revisions = {"base": shop.shas["import"], "deployed": shop.shas["readme"]}
    return await store.intake.accept(alert(stack_trace=TRACE, message="", **revisions), "{}")


async def ended(store: Store, incident: str) -> None:
    await until(status_of(store, incident, Status.DONE))


async def nodes_of(store: Store, incident: str) -> list[str]:
    trace = await store.queries.trace(incident)
    return [step.node for step in trace.steps if isinstance(step, NodeRun)]


async def test_another_replica_takes_over_where_a_dead_one_was_and_pays_no_node_twice(
    store: Store, quick: Settings, shop: Shop
) -> None:
    incident, first, second = await opened(store, shop), Slow(shop), Slow(shop)
    second.go_on.set()
    its_store = Store(quick.store_address())
    its_store.leases = OfTheDead(its_store.database, Outbox({}))
    silent = quick.model_copy(update={"poll_seconds": 3_600.0})  # so that the kill comes between two transactions
    async with checkpoints(quick.store_address()) as kept:
        died = Triage(its_store, Lent(silent, checkpointer=kept).lend(first), silent)
        running = asyncio.create_task(died.run())
        await first.asked.wait()
        await _killed(died, running)
    await its_store.close()
    async with store.database.write() as session:  # a minute later
        await session.execute(update(IncidentRow).values(lease_until=datetime.now(UTC)))
    async with (
        checkpoints(quick.store_address()) as kept,
        at_work(store, Lent(quick, checkpointer=kept).lend(second), quick),
    ):
        await ended(store, incident)
    seen = await store.queries.incident(incident)
    assert [question.agent for question in second.questions] == ["judge", "incident_manager"]
    assert (await nodes_of(store, incident)).count("gather_evidence") == 1
    assert (seen.version, seen.attempts, seen.verdict and seen.verdict.culprit) == (1, 2, shop.culprit)


async def _killed(triage: Triage, running: asyncio.Task[None]) -> None:
    """As a kill -9 leaves it: nobody renews, and `OfTheDead` gives nothing back."""
    tasks = [job.task for job in triage._running.values()]
    for task in (running, *tasks):
        task.cancel()
    await asyncio.gather(running, *tasks, return_exceptions=True)


class OfTheDead(Leases):
    """The leases of a process that will be killed."""

    async def release(self, claim: Claim) -> None:
        """A dead process gives nothing back."""


async def test_a_clean_stop_ends_between_two_nodes_and_the_next_replica_goes_on_there(
    store: Store, quick: Settings, shop: Shop
) -> None:
    incident, first, second = await opened(store, shop), Slow(shop), Slow(shop)
    second.go_on.set()
    stopping = quick.model_copy(update={"drain_seconds": 1_000.0})
    halves: list[float] = []

    async def sleep(seconds: float) -> None:
        if seconds != stopping.drain_seconds / 2:
            return await asyncio.sleep(seconds)
        halves.append(seconds)
        if len(halves) == 2:
            first.go_on.set()  # the judge answers after it was asked to stop
            await asyncio.Event().wait()
        return None

    async with checkpoints(quick.store_address()) as kept:
        investigator = Lent(stopping, checkpointer=kept).lend(first)
        triage = Triage(store, investigator, stopping, investigator, sleep)
        running = asyncio.create_task(triage.run())
        await first.asked.wait()
        await triage.stop()
        await running
        stopped = await store.queries.incident(incident)
        async with at_work(store, Lent(stopping, checkpointer=kept).lend(second), stopping):
            await ended(store, incident)
    assert (stopped.status, stopped.attempts) == (Status.OPEN, 0)
    assert [question.agent for question in second.questions] == ["incident_manager"]
    assert (await store.queries.incident(incident)).attempts == 1


async def test_a_replica_that_works_keeps_its_lease_however_long_it_takes(store: Store, quick: Settings) -> None:
    incident = await store.intake.accept(alert(), "{}")
    starts: list[str] = []
    go_on = asyncio.Event()

    async def long(claim: Claim) -> Found:
        starts.append(claim.owner)
        await go_on.wait()
        return found(claim.incident.id)

    async with at_work(store, long, quick, hurried), at_work(store, long, quick, hurried):
        await until(_as_many(starts, 1))
        for _ in range(3):
            async with store.database.write() as session:  # its lease has but half a minute left
                soon = datetime.now(UTC) + timedelta(seconds=30)
                await session.execute(update(IncidentRow).values(lease_until=soon))
            await until(_later(store, soon))
        go_on.set()
        await ended(store, incident)
    assert len(starts) == 1


def _later(store: Store, moment: datetime) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        async with store.database.read() as session:
            until = (await session.scalars(select(IncidentRow.lease_until))).one()
        return until is not None and until > moment

    return holds


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(minutes=-5)])
async def test_replicas_whose_clocks_differ_by_more_than_a_lease_respect_each_others(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, ahead: timedelta
) -> None:
    if settings.store_url.startswith("sqlite"):
        pytest.skip("who shares a file shares its machine's clock")

    class Skewed(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp((datetime.now(UTC) + ahead).timestamp(), tz)

    incident = await store.intake.accept(alert(), "{}")
    assert await store.leases.claim("me", 60.0)
    monkeypatch.setattr("service.store.leases.datetime", Skewed)
    assert (await store.leases.recover(attempts=3)).reopened == 0
    assert await store.leases.renew("me", [incident], 60.0) == {incident}
    monkeypatch.undo()
    assert (await store.leases.recover(attempts=3)).reopened == 0


async def test_what_was_restarted_by_a_new_deploy_is_dropped_by_whoever_works_on_it(
    store: Store, quick: Settings
) -> None:
    worked_on: list[str] = []
    cancelled = asyncio.Event()

    async def first_one_hangs(claim: Claim) -> Found:
        worked_on.append(claim.incident.deployed)
        if len(worked_on) == 1:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
        return found(claim.incident.id)

    async with at_work(store, first_one_hangs, quick, hurried):
        incident = await store.intake.accept(alert(), "{}")
        await until(_as_many(worked_on, 1))
        assert await store.intake.accept(alert(deployed="c" * 40), "{}") == incident
        await ended(store, incident)
        await cancelled.wait()
    assert worked_on == ["b" * 40, "c" * 40]
    assert (await store.queries.incident(incident)).version == 1


async def test_while_the_model_is_busy_an_incident_gets_its_verdict_from_the_evidence_and_the_agents_later(
    store: Store, quick: Settings
) -> None:
    room = asyncio.Event()
    order: list[tuple[str, bool]] = []

    async def busy(claim: Claim) -> Found:
        order.append((claim.incident.alert.service, claim.agents))
        if claim.agents:
            await room.wait()
        return found(claim.incident.id)

    narrow = quick.model_copy(update={"investigations_at_once": 1})
    async with at_work(store, busy, narrow) as triage:
        ids = {}
        for service, count in (("first", 1), ("quiet", 2), ("loud", 500)):
            ids[service] = await store.intake.accept(alert(service=service, count=count), "{}")
            await triage.wake()
            await until(_as_many(order, len(ids)))
        await ended(store, ids["loud"])
        await ended(store, ids["quiet"])
        early = await store.queries.incident(ids["loud"])
        room.set()

        async def all_by_agents() -> bool:
            seen = [await store.queries.incident(each) for each in ids.values()]
            return all(each.status == Status.DONE and not each.agents_due for each in seen)

        await until(all_by_agents)
    assert (early.version, early.agents_due) == (1, True)
    assert order == [("first", True), ("quiet", False), ("loud", False), ("loud", True), ("quiet", True)]
    assert (await store.queries.incident(ids["loud"])).version == 2


def _as_many(order: Sequence[object], number: int) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return len(order) >= number

    return holds


async def test_agents_that_break_leave_the_verdict_from_the_evidence_standing(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    claim = await store.leases.claim("me", agents=False)
    assert claim
    assert await store.outcomes.finish(claim, found(incident), agents_due=True)
    agents = await store.leases.claim("me", 0)
    assert agents
    assert (await store.leases.recover(attempts=3)).reopened == 1
    assert (await store.queries.incident(incident)).agents_due
    agents = await store.leases.claim("me")
    assert agents
    assert await store.outcomes.fail(agents, "they break")
    seen = await store.queries.incident(incident)
    assert (seen.status, seen.version, seen.agents_due, seen.failure) == (Status.DONE, 1, False, "they break")
