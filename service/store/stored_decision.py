"""A decision of the policy, as people read it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from incidents.decision import Action, RuleResult
from incidents.frozen import Frozen
from incidents.policy import PolicyMode

DecisionState = Literal[
    "declined", "recorded", "confirming", "due", "asked", "window", "objecting", "executed", "objected", "stopped"
]


class StoredDecision(Frozen):
    """What the policy for automatic reverts decided about one version of the verdict, and how far that is."""

    version: int
    at: datetime
    mode: PolicyMode
    action: Action
    decided_by: str = Field(description="The rule that decided; `all` when every rule passes.")
    because: str = Field(description="That rule, and the fact on which it rests.")
    commit: str | None = None
    state: DecisionState
    revert: str | None = Field(default=None, description="Id of the revert that was planned for it.")
    objection_until: datetime | None = Field(default=None, description="Until then people can object.")
    read_at: datetime | None = Field(
        default=None, description="While people can object: the time by the clock that decides when that is over."
    )
    note: str = Field(default="", description="Why it was stopped, or who objected; untrusted.")
    results: tuple[RuleResult, ...] = ()
