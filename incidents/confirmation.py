"""A suspicion put to the test: a command of the repository's owner, run at single commits."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from incidents.frozen import Frozen

TrialOutcome = Literal["passed", "failed", "untestable", "timed_out"]
"""Exit status 0; any other one; 125, a command that cannot be run, or one that another program ended; out of time."""


class Trial(Frozen):
    """One run of the command at one commit."""

    commit: str
    outcome: TrialOutcome
    status: int | None = Field(default=None, description="Exit status of the command; None when it ran out of time.")
    seconds: float = 0.0
    output: str = Field(default="", description="The end of what it printed, redacted; untrusted.")


class Confirmation(Frozen):
    """What the trials say about which commit of a window made the command fail.

    `proven` is the commit at which the command fails and before which it passes, so surely that flaky runs do not explain
    it. `confirmed` is True when that is the suspected one, False when the suspected one is refuted, None when the trials
    cannot tell. `probability` is that of `culprit`, the likeliest commit. `flaky`: the same commit gave both outcomes.
    """

    command: str
    suspected: str | None = Field(default=None, description="The commit that was to be confirmed, if any.")
    culprit: str | None = None
    proven: str | None = None
    probability: float = Field(default=0.0, ge=0, le=1)
    confirmed: bool | None = None
    flaky: bool = False
    sandboxed: bool = False
    trials: tuple[Trial, ...] = ()
    detail: str = Field(default="", description="The result in one sentence.")

    def about(self, commit: str) -> bool | None:
        """Whether the trials show that this commit made the command fail; None when they do not tell."""
        if self.proven is not None:
            return self.proven == commit
        return self.confirmed if self.suspected == commit else None


class StoredConfirmation(Frozen):
    """Trials as they are stored with an incident: who ran them, and when."""

    at: datetime
    actor: str
    found: Confirmation
