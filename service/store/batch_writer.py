"""Store many notices in one transaction: notices that arrive during a write go into the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from incidents.errors import StoreUnavailable
from service.intake.alert_event import Notice, Result
from service.store.engine import RowsRefused

_PAUSE_SECONDS = 0.01
"""Between two transactions, so that triage can get SQLite's single write lock."""
Register = Callable[[Sequence[Notice]], Awaitable[list[Result]]]


@dataclass(slots=True)
class _Waiting:
    notices: Sequence[Notice]
    results: asyncio.Future[list[Result]]


class BatchWriter:
    """Stores notices through `register`, `most_together` per transaction; at most `most_waiting` may wait."""

    def __init__(self, register: Register, most_waiting: int, most_together: int) -> None:
        self._register = register
        self._most_waiting = most_waiting
        self._most_together = most_together
        self._waiting: list[_Waiting] = []
        self._count = 0
        self._writer: asyncio.Task[None] | None = None

    async def take(self, notices: Sequence[Notice]) -> list[Result]:
        """Store these notices in one transaction and return the result of each, once they are durable.

        Raises StoreUnavailable when too many are waiting or the store failed; then nothing was stored.
        """
        if not notices:
            return []
        if self._count and self._count + len(notices) > self._most_waiting:
            raise StoreUnavailable("more alerts than can be stored")
        waiting = _Waiting(notices, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._count += len(notices)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await waiting.results

    async def close(self) -> None:
        """Store everything that is still waiting."""
        if self._writer is not None:
            await self._writer

    async def _write(self) -> None:
        while self._waiting:
            batch, size = [self._waiting.pop(0)], 0
            size = len(batch[0].notices)
            while self._waiting and size + len(self._waiting[0].notices) <= self._most_together:
                batch.append(self._waiting.pop(0))
                size += len(batch[-1].notices)
            try:
                await self._store(batch)
            finally:
                self._count -= size
            if self._waiting:
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _store(self, batch: list[_Waiting]) -> None:
        """Store a batch; when the database refuses one sender's rows, the other senders' rows are still stored."""
        try:
            results = await self._register([notice for each in batch for notice in each.notices])
        except RowsRefused as error:
            if len(batch) == 1:
                _fail(batch, error)
            else:
                for each in batch:
                    await self._store([each])
        except StoreUnavailable as error:
            _fail(batch, error)
        except BaseException as error:
            _fail(batch, StoreUnavailable(type(error).__name__))
            raise
        else:
            for each in batch:
                mine, results = results[: len(each.notices)], results[len(each.notices) :]
                if not each.results.done():  # otherwise its sender has disconnected; its notices are stored anyway
                    each.results.set_result(mine)


def _fail(batch: list[_Waiting], error: Exception) -> None:
    for each in batch:
        if not each.results.done():
            each.results.set_exception(error)
