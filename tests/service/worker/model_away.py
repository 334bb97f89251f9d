"""Work while the model comes and goes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from graph.checkpoints import Checkpointer
from incidents.incident import Status
from models.scripted import ScriptedModel
from service.settings import Settings
from service.store.checkpoints import checkpoints
from service.store.schemas import StoredIncident
from service.store.store import Store
from service.worker.cleanup import Investigations
from service.worker.investigator import Investigator
from service.worker.triage import Investigate, Triage


@asynccontextmanager
async def at_work(store: Store, settings: Settings, model: ScriptedModel) -> AsyncIterator[tuple[Triage, Checkpointer]]:
    """The real investigator and its checkpoints; only the model is lent."""
    async with checkpoints(settings.store_address()) as kept:
        investigator = Investigator(settings, checkpointer=kept)
        investigator._model = model  # type: ignore[assignment]
        async with working(store, settings, investigator, investigator) as triage:
            yield triage, kept


@asynccontextmanager
async def working(
    store: Store, settings: Settings, investigate: Investigate, investigations: Investigations | None = None
) -> AsyncIterator[Triage]:
    triage = Triage(store, investigate, settings, investigations)
    work = asyncio.create_task(triage.run())
    try:
        yield triage
    finally:
        await triage.stop()
        await work


def when(store: Store, incident: str, holds: Callable[[StoredIncident], bool]) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return holds(await store.queries.incident(incident))

    return asked


def ended(seen: StoredIncident) -> bool:
    return seen.status == Status.DONE and not seen.agents_due
