"""Whether the store can be written now."""

import asyncio
import time
from collections.abc import Callable

from incidents.errors import StoreUnavailable
from service.store.spent import SpentMarks

_REMEMBERED_SECONDS = 10.0


class StoreProbe:
    """Writes to the store, at most every few seconds however often health is asked for. A full disk can still be read."""

    def __init__(self, marks: SpentMarks, clock: Callable[[], float] = time.monotonic) -> None:
        self._marks = marks
        self._clock = clock
        self._lock = asyncio.Lock()
        self._seen: tuple[float, str] | None = None

    async def problem(self) -> str:
        """What keeps the store from taking alerts; "" when nothing does."""
        async with self._lock:
            if self._seen is None or self._clock() - self._seen[0] > _REMEMBERED_SECONDS:
                self._seen = self._clock(), await self._tried()
            return self._seen[1]

    async def _tried(self) -> str:
        try:
            await self._marks.try_to_write()
        except StoreUnavailable as error:
            return str(error)
        return ""
