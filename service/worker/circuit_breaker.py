"""The circuit breaker for the language model: while it is open, the model is not asked and verdicts come at once."""

import time
from collections.abc import Callable

from incidents.verdict import Verdict
from service.settings import Settings
from service.store.schemas import Claim

_LONGEST_SECONDS = 3_600.0


class CircuitBreaker:
    """Opens after a verdict for which no agent could be asked; closes after a while, or when an agent answers again.

    `clock` returns monotonic seconds.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._tripped = False
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the model is probably still unavailable."""
        return self._tripped and self._clock() < self._open_until

    def closed_by(self, verdict: Verdict) -> bool:
        """Record a verdict of agents; return True when it is the first to show that the model is available again.

        A verdict for which no agent was asked, because there was no commit to judge, says nothing about the model.
        """
        if not verdict.opinions:
            return False
        if not verdict.unreached:
            back, self._tripped = self._tripped, False
            return back
        if all(each.unreached for each in verdict.opinions):
            self._tripped = True
            self._open_until = self._clock() + self._settings.agent_retry_seconds
        return False

    def retry_after(self, claim: Claim, verdict: Verdict) -> float | None:
        """Return the seconds until the unavailable agents are asked again; None when they are not."""
        if not verdict.unreached or claim.agent_retries >= self._settings.agent_retries:
            return None
        return min(self._settings.agent_retry_seconds * 2.0**claim.agent_retries, _LONGEST_SECONDS)
