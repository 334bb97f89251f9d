"""Pull and merge requests: what GitHub, GitLab and Gitea have in common. Each one's own API is in a file of its own."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from incidents.errors import ForgeError, ForgeRefused, ForgeUnavailable
from incidents.revert_record import Checks
from service.reverts.forges.forge import Look, MergeMethod, Proposal, Proposed, PullRequestState

_EXISTS = frozenset({409, 422})
"""How forges answer when there is a pull request for the branch already."""
_ABSENT = frozenset({404, 422})
_MOST_REVIEWERS = 10


class PullRequest(NamedTuple):
    """A pull request as its forge shows it; `sha` is the newest commit of its branch.

    `base` is the branch that it asks to be merged into; `own`: its branch is in the project itself, not in a fork.
    """

    number: int
    url: str
    state: PullRequestState
    sha: str
    base: str
    own: bool

    def is_of(self, sha: str, target: str | None) -> bool:
        """Whether it merges this commit, from the project itself, into the target (None: into any branch)."""
        return self.own and self.sha == sha and target in (None, self.base)


class PullRequestApi(Protocol):
    """One forge's API. Every method may raise ForgeUnavailable and ForgeRefused."""

    async def of_branch(self, branch: str, sha: str, target: str | None) -> PullRequest | None:
        """Return the project's own pull request of this branch into `target`, newest commit `sha`, in whatever state."""
        ...

    async def create(self, proposal: Proposal) -> PullRequest:
        """Create a pull request without reviewers."""
        ...

    async def read(self, number: int) -> PullRequest:
        """Return a pull request."""
        ...

    async def checks(self, number: int, sha: str) -> Checks:
        """Return what all checks of the commit together say."""
        ...

    async def author_account(self, commit: str) -> str | None:
        """Return the account of a commit's author, where the forge knows it."""
        ...

    async def ask_review(self, number: int, accounts: tuple[str, ...]) -> None:
        """Ask these accounts for a review."""
        ...

    async def merge(self, number: int, sha: str, method: MergeMethod) -> None:
        """Merge the pull request if its newest commit is `sha`."""
        ...

    async def close(self, number: int) -> None:
        """Close the pull request."""
        ...


@dataclass(frozen=True, slots=True)
class PullRequests:
    """The Forge of a PullRequestApi."""

    api: PullRequestApi

    async def propose(self, proposal: Proposal) -> Proposed:
        """Find the pull request, or create it, and ask for reviews; without these it is complete too."""
        found = await self._of(proposal) or await self._created(proposal)
        if found.state != "open":
            return Proposed(found.number, found.url, found.state)
        reviewers, notes = await self._reviewers(proposal)
        asked, failed = await self._asked(found.number, reviewers)
        return Proposed(found.number, found.url, "open", asked, (*notes, *failed))

    async def _of(self, proposal: Proposal) -> PullRequest | None:
        return await self.api.of_branch(proposal.branch, proposal.sha, proposal.target)

    async def _created(self, proposal: Proposal) -> PullRequest:
        """Create it. After an error it is looked up: the forge may have acted before it answered, or another call did."""
        try:
            return await self.api.create(proposal)
        except ForgeUnavailable:
            made = await self._of(proposal)
            if made is None:
                raise
            return made
        except ForgeRefused as error:
            made = await self._of(proposal) if error.status in _EXISTS else None
            if made is None:
                raise
            return made

    async def _reviewers(self, proposal: Proposal) -> tuple[tuple[str, ...], tuple[str, ...]]:
        author: str | None = None
        notes: tuple[str, ...] = ()
        if proposal.author_of is not None:
            try:
                author = await self.api.author_account(proposal.author_of)
            except ForgeError as error:
                notes = (f"the author's account is not known: {error}",)
        named = dict.fromkeys(filter(None, (author, *proposal.reviewers)))
        return tuple(named)[:_MOST_REVIEWERS], notes

    async def _asked(self, number: int, accounts: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Ask all together; if that is refused, one by one: a single account that may not review refuses all."""
        if not accounts or await _works(self.api.ask_review(number, accounts)) == "":
            return accounts, ()
        results = {each: await _works(self.api.ask_review(number, (each,))) for each in accounts}
        failed = [f"{each} could not be asked for a review: {why}" for each, why in results.items() if why]
        return tuple(each for each, why in results.items() if not why), tuple(failed)

    async def find(self, branch: str, sha: str, target: str | None = None) -> Proposed | None:
        """Return the pull request of this branch at this commit."""
        found = await self.api.of_branch(branch, sha, target)
        return None if found is None else Proposed(found.number, found.url, found.state)

    async def look(self, number: int | None, sha: str) -> Look:
        """Return its state, and what the checks say as long as it is open."""
        assert number is not None, "a pull request that was never opened"
        found = await self.api.read(number)
        checks: Checks = await self.api.checks(number, found.sha) if found.state == "open" else "unknown"
        return Look(found.state, found.sha, checks)

    async def merge(self, number: int | None, sha: str, method: MergeMethod, target: str | None = None) -> None:
        """Merge it if the branch is still at `sha`, in the project itself, and it still asks for the target."""
        assert number is not None, "a pull request that was never opened"
        found = await self.api.read(number)
        if not found.own or target not in (None, found.base):
            raise ForgeRefused(f"it would merge into {found.base[:100]!r}, or from a fork", 409)
        await self.api.merge(number, sha, method)

    async def close(self, number: int | None) -> None:
        """Close it, unless it is closed."""
        assert number is not None, "a pull request that was never opened"
        if (await self.api.read(number)).state == "open":
            await self.api.close(number)


async def _works(asking: Awaitable[None]) -> str:
    """Return why it did not work; empty when it did."""
    try:
        await asking
    except ForgeError as error:
        return str(error)
    return ""


async def known_or_none(asking: Awaitable[str | None]) -> str | None:
    """Return the answer; None when the forge does not know what was asked about."""
    try:
        return await asking
    except ForgeRefused as error:
        if error.status in _ABSENT:
            return None
        raise


def together(results: list[Checks]) -> Checks:
    """Return what several checks say together: one that failed decides, then one that is not finished."""
    for decisive in ("failed", "pending", "passed"):
        if decisive in results:
            return decisive
    return "none"
