"""The planned revert, and how far a revert is that somebody proposed."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from incidents.frozen import Frozen

Stage = Literal["proposed", "open", "merged", "deployed", "cannot_tell", "recovered", "not_helped"]
"""In the order in which a revert passes them; it ends as one of the last three. `cannot_tell`: nothing shows whether the
errors stopped; later news may."""


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


Use = Literal["same_lines", "definition", "column", "setting", "file"]
RiskKind = Literal["migration", "schema", "lock_file", "flag", "protected_path", "generated_file", "age", "size"]


class Dependant(Frozen):
    """A later commit that would break, or lose lines, when a commit is reverted without it."""

    commit: str
    title: str = ""
    uses: Use
    name: str = Field(default="", description="What it uses, as the code names it; untrusted.")
    path: str = Field(default="", description="Where it uses it.")
    line: int | None = Field(default=None, description="Line of `path` at the head, counted from 1.")


class Risk(Frozen):
    """A reason to look twice before the revert is merged."""

    kind: RiskKind
    detail: str
    path: str | None = None


class Alternative(Frozen):
    """What would end the errors with less damage than the revert of the whole commit."""

    kind: Literal["partial", "turn_flag", "pin_dependency", "migrate_forward"]
    detail: str
    paths: tuple[str, ...] = Field(default=(), description="For `partial`: the only files that are reverted.")


class DiffStat(Frozen):
    """How large the revert is."""

    files: int = 0
    added: int = 0
    removed: int = 0
    uncounted: int = Field(default=0, description="Files whose lines are not counted: binary, too large, submodules.")


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
    commits: tuple[str, ...] = Field(
        default=(),
        description="What is reverted, in this order: `commit`, or the merge that brought it, and what must go with it.",
    )
    only: tuple[str, ...] = Field(default=(), description="The files of a partial revert; empty when it is whole.")
    stat: DiffStat = DiffStat()
    dependants: tuple[Dependant, ...] = Field(default=(), description="Later commits that this plan leaves broken.")
    gaps: tuple[str, ...] = Field(
        default=(), description="What the plan could not make sure of; with a gap, no dependants means unknown."
    )
    risks: tuple[Risk, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether the commit can be reverted without manual work."""
        return self.tree is not None and not self.conflicts and not self.already_reverted
