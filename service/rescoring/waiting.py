"""Takes up the rescorings that were asked for over HTTP, one after another, beside the live incidents."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from pydantic import ValidationError

from incidents.errors import ClusterNotStarted, InputError, StoreUnavailable, WorkInterrupted
from service.rescoring.configuration import Configuration
from service.rescoring.pairs import beside_stored
from service.rescoring.running import Judges, carry_out
from service.settings import Settings
from service.store.store import Store
from tools.text.redaction import redact

_log: Final = logging.getLogger(__name__)
Make = Callable[[str, Configuration], Judges]
"""Makes what judges, for a run of this name and configuration."""


@asynccontextmanager
async def rescoring(store: Store, settings: Settings, make: Make) -> AsyncIterator[None]:
    """Carry out waiting rescorings as long as the block runs."""
    work = asyncio.create_task(_run(store, settings, make), name="rescorings")
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def _run(store: Store, settings: Settings, make: Make) -> None:
    while True:
        try:
            for done in await store.rescorings.without_result():
                await keep_result(store, settings, done)
            name = await store.rescorings.waiting()
            if name is not None:
                await _guarded(store, settings, make, name)
        except StoreUnavailable as error:  # triage tells it in the log
            _log.debug("the store cannot be asked for rescorings: %s", error)
        await asyncio.sleep(settings.poll_seconds)


async def _guarded(store: Store, settings: Settings, make: Make, name: str) -> None:
    """Carry out one run; a bug in it stops this run, not the others."""
    try:
        await _one(store, settings, make, name)
    except (StoreUnavailable, ClusterNotStarted, WorkInterrupted) as error:
        _log.warning("rescoring %s was interrupted and will be continued: %s", name, error)
    except Exception:  # noqa: BLE001  whatever the error is, the next run must have its turn
        _log.exception("rescoring %s broke", name)
        await store.rescorings.stop(name, "an internal error stopped it: see the log of the replica")


async def _one(store: Store, settings: Settings, make: Make, name: str) -> None:
    """Carry out one run and store its comparison. One that cannot be begun is stopped with the reason."""
    found = await store.rescorings.rescoring(name)
    try:
        configuration = Configuration.model_validate(found.configuration).begun_with(settings)
        configuration.applied(settings)
    except (InputError, ValidationError) as error:
        await store.rescorings.stop(name, redact(str(error))[:500])
        return
    await store.rescorings.configure(name, configuration.model_dump(mode="json"))
    await carry_out(store, name, lambda: make(name, configuration))
    await keep_result(store, settings, name)


async def keep_result(store: Store, settings: Settings, name: str) -> None:
    """Store the comparison of a run that is done."""
    if (await store.rescorings.rescoring(name)).state == "done":
        comparison = await beside_stored(store, name, settings.model_prices)
        await store.rescorings.keep_result(name, comparison.model_dump(mode="json"))
