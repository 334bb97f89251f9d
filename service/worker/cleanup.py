"""What is kept longer than anybody needs it: incidents of long ago, and the progress of work that is over."""

import asyncio
import logging
import time
from collections.abc import Collection
from typing import Protocol

from incidents.errors import StoreUnavailable
from service.settings import Settings
from service.store.rounds import Round, rounds_of
from service.store.store import Store

_log = logging.getLogger(__name__)
_TIDY_SECONDS = 3_600.0


class Investigations(Protocol):
    """The investigations of a replica and their checkpoints (`service.worker.investigator.Investigator`)."""

    def drain(self) -> None:
        """Stop what runs at its next step."""

    async def forget(self, threads: Collection[str]) -> None:
        """Delete the checkpoints of these threads."""

    async def threads(self) -> Collection[str]:
        """The threads that have checkpoints."""


class Upkeep:
    """Forgets at the end of every piece of work, and once an hour whatever was left behind by somebody who died."""

    def __init__(self, store: Store, settings: Settings, investigations: Investigations | None) -> None:
        self._store = store
        self._settings = settings
        self._investigations = investigations
        self._tidied = time.monotonic()
        self._forgetting: set[asyncio.Task[None]] = set()

    def forget_soon(self, rounds: Collection[Round]) -> None:
        """Do it beside whoever asks: a piece of work that is being cancelled could not see it through."""
        task = asyncio.create_task(self.forget(rounds), name="forgetting")
        self._forgetting.add(task)
        task.add_done_callback(self._forgetting.discard)

    async def finished(self) -> None:
        """Wait for what is being forgotten."""
        await asyncio.gather(*self._forgetting)

    async def forget(self, rounds: Collection[Round]) -> None:
        """Drop the progress of those rounds that are over. What cannot be dropped now only takes room until later."""
        if self._investigations is None or not rounds:
            return
        try:
            over = await self._store.rounds.over(rounds)
        except StoreUnavailable as error:
            _log.warning("progress could not be forgotten: %s", error)
            return
        await self._investigations.forget([thread for each in over for thread in each.threads])

    async def hourly(self) -> None:
        """Tidy when the last time is an hour ago."""
        if time.monotonic() - self._tidied > _TIDY_SECONDS:
            self._tidied = time.monotonic()
            await self.tidy()

    async def tidy(self) -> None:
        """Delete the incidents of long ago, then all progress that is of no use. The threads are listed before the
        incidents are looked at, so that none is taken for a leftover that has only just begun."""
        forgotten = await self._store.retention.delete_older(self._settings.retention_days)
        _log.info("deleted %d incidents older than %g days", len(forgotten), self._settings.retention_days)
        await self.forget(forgotten)
        if self._investigations is not None:
            await self.forget(rounds_of(await self._investigations.threads()))
