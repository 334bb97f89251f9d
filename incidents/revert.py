"""The planned revert, and how far a revert is that somebody proposed."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from incidents.frozen import Frozen

Stage = Literal["proposed", "open", "merged", "recovered", "not_helped"]
"""In the order in which a revert passes them; it ends as one of the last two."""


class RevertStep(Frozen):
    """One stage that the revert of a commit reached."""

    commit: str
    stage: Stage
    actor: str = Field(default="", max_length=100, description="Who or what brought it there; untrusted.")
    url: str | None = Field(default=None, max_length=1_900, description="Page of its pull request; untrusted.")
    at: datetime = Field(description="When; for `recovered` the time at which the errors were back to their baseline.")


class Conflict(Frozen):
    """A file whose later changes conflict with the revert."""

    path: str
    reason: str


class RevertPlan(Frozen):
    """The revert of one commit, planned in memory against `head`; nothing is written.

    `tree` is the hex id of the tree after a clean revert. `already_reverted` is True when the revert would change
    nothing.
    """

    commit: str
    head: str
    branch: str
    message: str
    files: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    already_reverted: bool = False
    tree: str | None = Field(default=None, description="None unless the revert is clean.")

    @property
    def clean(self) -> bool:
        """Whether the commit can be reverted without manual work."""
        return self.tree is not None and not self.conflicts and not self.already_reverted
