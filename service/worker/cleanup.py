"""Delete data that is no longer needed: old incidents, and the checkpoints of finished work."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from typing import Protocol

from incidents.errors import StoreUnavailable
from service.settings import Settings
from service.store.rounds import Round, rounds_of
from service.store.store import Store

_log = logging.getLogger(__name__)
_HOUR_SECONDS = 3_600.0


class Investigations(Protocol):
    """The methods of an investigator that triage needs besides the work itself (`service.worker.investigator`)."""

    def drain(self) -> None:
        """Ask running investigations to stop at their next step."""

    def fetching(self) -> frozenset[str]:
        """Return the repositories whose fetch takes so long that investigations gave up their places."""

    async def forget(self, threads: Collection[str]) -> None:
        """Delete the checkpoints of these threads."""

    async def threads(self) -> Collection[str]:
        """Return the threads that have checkpoints."""


class Cleanup:
    """Deletes checkpoints after every piece of work, and once an hour those that a dead replica left.

    `clock` returns monotonic seconds.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        investigations: Investigations | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._settings = settings
        self._investigations = investigations
        self._clock = clock
        self._last = clock()
        self._forgetting: set[asyncio.Task[None]] = set()

    def forget_soon(self, rounds: Collection[Round]) -> None:
        """Run `forget` in its own task, because the caller may be cancelled."""
        task = asyncio.create_task(self.forget(rounds), name="forgetting")
        self._forgetting.add(task)
        task.add_done_callback(self._forgetting.discard)

    async def finished(self) -> None:
        """Wait for all tasks of `forget_soon`."""
        await asyncio.gather(*self._forgetting)

    async def forget(self, rounds: Collection[Round]) -> None:
        """Delete the checkpoints of finished rounds. A failure is logged; the hourly run tries again."""
        if self._investigations is None or not rounds:
            return
        try:
            over = await self._store.rounds.over(rounds)
        except StoreUnavailable as error:
            _log.warning("checkpoints could not be dropped: %s", error)
            return
        await self._investigations.forget([thread for each in over for thread in each.threads])

    async def hourly(self) -> None:
        """Run `everything` if the last run was an hour ago. Raises StoreUnavailable."""
        if self._clock() - self._last > _HOUR_SECONDS:
            self._last = self._clock()
            await self.everything()

    async def everything(self) -> None:
        """Delete old incidents, then all checkpoints without further use. Raises StoreUnavailable."""
        deleted = await self._store.retention.delete_older(self._settings.retention_days)
        _log.info("deleted %d incidents older than %g days", len(deleted), self._settings.retention_days)
        await self.forget(deleted)
        if self._investigations is not None:
            # Threads first, incidents second: otherwise a thread that has just begun could be deleted as left over.
            await self.forget(rounds_of(await self._investigations.threads()))
