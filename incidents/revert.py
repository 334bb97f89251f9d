"""The planned revert."""

from pydantic import Field

from incidents.frozen import Frozen


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
