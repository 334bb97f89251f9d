"""A stop of triage: what runs may end, what takes too long is given back, and nothing new is begun."""

import asyncio
from collections.abc import Collection

from incidents.incident import Status
from service.settings import Settings
from service.store.leases import Leases
from service.store.outbox import Outbox
from service.store.schemas import Claim
from service.store.store import Store
from service.worker.triage import Triage
from tests.service.stand_ins import Found, alert, found, until
from tests.service.worker.at_work import at_work, status_of


async def test_a_stop_waits_for_what_runs_and_puts_back_what_takes_too_long(store: Store, settings: Settings) -> None:
    started: set[str] = set()
    stopping = asyncio.Event()
    drain = 1_000.0

    async def slow(claim: Claim) -> Found:
        service = claim.incident.alert.service
        started.add(service)
        await (stopping.wait() if service == "quick" else asyncio.Event().wait())
        return found(claim.incident.id)

    async def sleep(seconds: float) -> None:
        if seconds != drain / 2:
            return await asyncio.sleep(seconds)
        stopping.set()
        return await until(status_of(store, quick, Status.DONE))  # that took half of the time

    quick = await store.intake.accept(alert(service="quick"), "{}")
    stuck = await store.intake.accept(alert(service="stuck"), "{}")
    async with at_work(store, slow, settings.model_copy(update={"drain_seconds": drain}), sleep):

        async def both() -> bool:
            return len(started) == 2

        await until(both)
    seen = await store.queries.incident(stuck)
    assert (await store.queries.incident(quick)).status == Status.DONE
    assert (seen.status, seen.attempts) == (Status.OPEN, 0)


async def test_what_is_claimed_while_it_is_asked_to_stop_is_given_back_at_once(
    store: Store, settings: Settings
) -> None:
    asked, answer, begun = asyncio.Event(), asyncio.Event(), []

    class SlowToAnswer(Leases):
        async def claim(
            self, owner: str, seconds: float = 60.0, *, agents: bool = True, without: Collection[str] = ()
        ) -> Claim | None:
            asked.set()
            await answer.wait()
            return await super().claim(owner, seconds, agents=agents, without=without)

    async def endless(claim: Claim) -> Found:
        begun.append(claim)
        await asyncio.sleep(3_600)
        return found(claim.incident.id)

    incident = await store.intake.accept(alert(), "{}")
    slow = Store(settings.store_address())
    slow.leases = SlowToAnswer(slow.database, Outbox({}))
    triage = Triage(slow, endless, settings)
    work = asyncio.create_task(triage.run())
    await asked.wait()
    await triage.stop()
    answer.set()
    async with asyncio.timeout(120):
        await work
    await slow.close()
    seen = await store.queries.incident(incident)
    assert (begun, seen.status, seen.attempts) == ([], Status.OPEN, 0)
