"""What the log says while the store is away: a line when it begins, when its reason changes, and once a minute."""

import logging
import time
from collections.abc import Callable
from typing import Final

from incidents.errors import StoreUnavailable

_log: Final = logging.getLogger(__name__)
AGAIN_SECONDS: Final = 60.0


class StoreTrouble:
    """Logs that the store cannot be asked. Triage asks every two seconds, and a disk that is full takes few lines."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said = ""
        self._at = 0.0

    def told(self, error: StoreUnavailable) -> None:
        """Say what is wrong, unless that was said within the last minute."""
        now, reason = self._clock(), str(error)
        if reason == self._said and now - self._at < AGAIN_SECONDS:
            return
        self._said, self._at = reason, now
        _log.error("the store cannot be asked for open incidents; trying again: %s", reason)

    def over(self) -> None:
        """Say once that the store answers again."""
        if self._said:
            self._said = ""
            _log.info("the store answers again")
