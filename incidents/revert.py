"""What we would undo."""

from pydantic import Field

from incidents.frozen import Frozen


class Conflict(Frozen):
    """A file whose later changes collide with the revert."""

    path: str
    reason: str


class RevertPlan(Frozen):
    """The revert of one commit, planned in memory against `head`; nothing is written.

    `tree` is the hex id the reverted tree will have when clean. `already_reverted` holds when undoing changes nothing.
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
        """Whether the commit can be reverted without a person's help."""
        return self.tree is not None and not self.conflicts and not self.already_reverted
