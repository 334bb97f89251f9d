"""What triage knows of the language model: whether it is away, and when those who wait for it are to come back."""

import time

from incidents.verdict import Verdict
from service.settings import Settings
from service.store.schemas import Claim

_LONGEST_SECONDS = 3_600.0


class Outage:
    """Begins with a verdict for which no agent could be asked and lasts a while, or until one is heard again.

    While it lasts nobody is sent to the agents: verdicts come from the evidence, at once.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._suspected = False
        self._until = 0.0

    @property
    def lasts(self) -> bool:
        """Whether asking would most likely be in vain."""
        return self._suspected and time.monotonic() < self._until

    def ends_with(self, verdict: Verdict) -> bool:
        """Take note of a verdict of agents; True when it is the first to show that the model is back.

        One for which nobody was asked, because no commit was left to be judged, tells nothing of the model.
        """
        if not verdict.opinions:
            return False
        if not verdict.unreached:
            back, self._suspected = self._suspected, False
            return back
        if all(each.unreached for each in verdict.opinions):
            self._suspected = True
            self._until = time.monotonic() + self._settings.agent_retry_seconds
        return False

    def retry_after(self, claim: Claim, verdict: Verdict) -> float | None:
        """In how many seconds the agents that could not be asked are to be asked again; None: not at all."""
        if not verdict.unreached or claim.agent_retries >= self._settings.agent_retries:
            return None
        return min(self._settings.agent_retry_seconds * 2.0**claim.agent_retries, _LONGEST_SECONDS)
