"""A suspicion put to the test: a command of the repository's owner, run at single commits."""

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

    `confirmed` is True when the command passes before `culprit` and fails at it, so surely that flaky runs do not explain
    it; False when the suspected commit is refuted; None when the trials cannot tell. `probability` is that of
    `culprit`, the likeliest commit. `flaky`: the same commit gave both outcomes.
    """

    command: str
    suspected: str | None = Field(default=None, description="The commit that was to be confirmed, if any.")
    culprit: str | None = None
    probability: float = Field(default=0.0, ge=0, le=1)
    confirmed: bool | None = None
    flaky: bool = False
    sandboxed: bool = False
    trials: tuple[Trial, ...] = ()
    detail: str = Field(default="", description="The result in one sentence.")
