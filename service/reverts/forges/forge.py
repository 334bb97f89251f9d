"""A forge, as the execution of a revert sees it: the pushed branch is proposed, looked at, merged or withdrawn."""

from typing import Literal, NamedTuple, Protocol

from incidents.revert_record import Checks

PullRequestState = Literal["open", "merged", "closed"]
MergeMethod = Literal["merge", "squash", "rebase"]


class Proposal(NamedTuple):
    """What is asked of a forge: to merge `branch`, whose commit is `sha`, into `target`. Plain text, made harmless.

    `reviewers` are accounts at the forge; `author_of` is a commit whose author is asked too, where the forge knows it.
    """

    branch: str
    sha: str
    target: str
    title: str
    body: str
    draft: bool = False
    reviewers: tuple[str, ...] = ()
    author_of: str | None = None


class Proposed(NamedTuple):
    """What the forge made of it. Without pull request there is neither number nor url; `notes` tell what did not work."""

    number: int | None = None
    url: str | None = None
    state: PullRequestState = "open"
    reviewers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Look(NamedTuple):
    """How far a proposal is. `sha` is the branch's commit now: somebody may have pushed more."""

    state: PullRequestState
    sha: str
    checks: Checks


class Forge(Protocol):
    """Every method may raise ForgeUnavailable and ForgeRefused (or PushFailed, where git is asked)."""

    async def propose(self, proposal: Proposal) -> Proposed:
        """Propose the branch; asked twice, for instance after a crash, it is the same pull request."""
        ...

    async def find(self, branch: str, sha: str, target: str | None = None) -> Proposed | None:
        """Return the pull request of this branch at this commit, in whatever state; None when there is none.

        Never one from a fork; with `target` only one into that branch.
        """
        ...

    async def look(self, number: int | None, sha: str) -> Look:
        """Return how far the proposal of the commit `sha` is."""
        ...

    async def merge(self, number: int | None, sha: str, method: MergeMethod, target: str | None = None) -> None:
        """Merge it if the branch is still at `sha` and, with `target`, still to be merged into that branch."""
        ...

    async def close(self, number: int | None) -> None:
        """Close it without merging; done already when it is closed."""
        ...
