"""A triage at work, and what becomes of incidents."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine

from incidents.incident import Status
from service.settings import Settings
from service.store.schemas import Claim
from service.store.store import Store
from service.worker.triage import Investigate, Sleep, Triage
from tests.service.stand_ins import Found, found


@contextlib.asynccontextmanager
async def at_work(
    store: Store, investigate: Investigate, settings: Settings, sleep: Sleep = asyncio.sleep
) -> AsyncIterator[Triage]:
    triage = Triage(store, investigate, settings, sleep=sleep)
    work = asyncio.create_task(triage.run())
    try:
        yield triage
    finally:
        await triage.stop()
        await work


def status_of(store: Store, incident: str, status: Status) -> Callable[[], Coroutine[None, None, bool]]:
    async def holds() -> bool:
        return (await store.queries.incident(incident)).status == status

    return holds


async def nothing_found(claim: Claim) -> Found:
    return found(claim.incident.id)
