"""No forge: a pushed branch is all there is, and people merge it. Whether they did is read from git."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from incidents.errors import ForgeRefused
from service.reverts.forges.forge import Look, MergeMethod, Proposal, Proposed


@dataclass(frozen=True, slots=True)
class PlainPush:
    """The Forge of a repository without one. `branch_at` returns the branch's commit at the remote; None: it is gone.

    `merged` returns whether the target has the commit.
    """

    branch_at: Callable[[], Awaitable[str | None]]
    merged: Callable[[str], Awaitable[bool]]

    async def propose(self, proposal: Proposal) -> Proposed:
        """Do nothing: the branch is pushed."""
        return Proposed()

    async def find(self, branch: str, sha: str, target: str | None = None) -> Proposed | None:
        """Return a proposal without pull request: the branch is all there is."""
        return Proposed()

    async def look(self, number: int | None, sha: str) -> Look:
        """Return whether it is merged, or its branch is gone. Of checks nothing is known."""
        if await self.merged(sha):
            return Look("merged", sha, "unknown")
        there = await self.branch_at()
        return Look("closed" if there is None else "open", there or sha, "unknown")

    async def merge(self, number: int | None, sha: str, method: MergeMethod, target: str | None = None) -> None:
        """Refuse: nothing is ever pushed to the target."""
        raise ForgeRefused("a pushed branch is merged by people", 405)

    async def close(self, number: int | None) -> None:
        """Do nothing: the branch is deleted by whoever pushed it."""
