"""The stored revert: a plan with its state, from the request to the merge."""

from datetime import datetime
from typing import Final, Literal

from pydantic import Field

from incidents.frozen import Frozen
from incidents.revert import RevertPlan
from incidents.verdict import Outcome

RevertState = Literal[
    "planned", "approved", "executing", "open", "merged", "cancelled", "objected", "stale", "failed", "closed"
]
"""planned -> approved -> executing -> open -> merged.

`failed`: the execution ended with `problem`; executing again completes it, cancelling undoes it. `stale`: what the plan
rests on has changed. `closed`: somebody closed the pull request, or deleted the branch.
"""
ENDED: Final[frozenset[RevertState]] = frozenset({"merged", "cancelled", "objected", "stale", "closed"})
"""The states after which nothing happens any more, unless it is planned again."""
UNDONE: Final[frozenset[RevertState]] = ENDED - {"merged"}
"""The ended states that leave nothing behind; the same revert can be planned again."""
Route = Literal["push", "pull_request"]
"""`push`: only a branch is pushed. `pull_request`: a pull or merge request is opened for it too."""
Checks = Literal["unknown", "none", "pending", "failed", "passed"]
"""What the forge's checks say about the written commit; `none`: there are no checks."""


class Basis(Frozen):
    """The part of the incident that the plan rests on. When it changes, the plan is stale."""

    outcome: Outcome
    culprit: str | None = None
    disproved: bool = Field(default=False, description="Whether a person had said that the commit is not the cause.")


class Revert(Frozen):
    """A revert, stored. There is one for each (repository, commits, head)."""

    id: str = Field(description="REV- and ten letters or digits.")
    incident: str
    related: tuple[str, ...] = Field(default=(), description="Other incidents for which the same revert was requested.")
    repository: str = Field(description="Its name in the settings.")
    plan: RevertPlan
    basis: Basis
    state: RevertState = "planned"
    route: Route = "pull_request"
    forge: str = Field(
        default="", description="Where it is executed: push, github, gitlab, gitea; empty: not configured."
    )
    target: str = Field(default="", description="The branch that it shall be merged into.")
    branch: str = Field(default="", description="The branch that is pushed.")
    author: tuple[str, str] = Field(default=("", ""), description="Name and e-mail of the written commit's author.")
    planned_by: str
    planned_at: datetime = Field(description="Whole seconds: also the date of the written commit.")
    approved_by: tuple[str, ...] = ()
    ended_by: str = ""
    changed_at: datetime
    written: str | None = Field(default=None, description="The commit that reverts, once it may have been pushed.")
    number: int | None = Field(default=None, description="The pull or merge request's number at the forge.")
    url: str | None = Field(default=None, description="Its page; untrusted.")
    checks: Checks = "unknown"
    reviewers: tuple[str, ...] = Field(default=(), description="The forge's names of those who are asked to review.")
    notes: tuple[str, ...] = Field(default=(), description="What did not work but stopped nothing; untrusted.")
    problem: str = Field(default="", description="Why it failed or became stale; untrusted.")
    attempts: int = Field(default=0, description="Starts of the execution.")
    successor: str | None = Field(default=None, description="The revert that was planned in place of this stale one.")
