"""The API of Gitea and Forgejo: https://docs.gitea.com/api/ (pull requests)."""

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from incidents.revert_record import Checks
from service.reverts.forges.forge import MergeMethod, Proposal, PullRequestState
from service.reverts.forges.http import ForgeHttp
from service.reverts.forges.pull_requests import PullRequest, known_or_none, together

_PAGES: Final = 10
_PER_PAGE: Final = 50
_STATES: Final[dict[str, Checks]] = {
    "success": "passed",
    "warning": "passed",
    "skipped": "passed",
    "failure": "failed",
    "error": "failed",
}


class _Repository(BaseModel):
    full_name: str


class _Branch(BaseModel):
    ref: str
    sha: str
    repo: _Repository | None = None


class _Pull(BaseModel):
    number: int
    html_url: str
    state: str
    merged: bool = False
    head: _Branch
    base: _Branch

    def read(self) -> PullRequest:
        state: PullRequestState = "merged" if self.merged else "open" if self.state == "open" else "closed"
        own = self.head.repo is not None and self.head.repo == self.base.repo
        return PullRequest(self.number, self.html_url, state, self.head.sha, self.base.ref, own)


class _Combined(BaseModel):
    state: str = ""
    total_count: int = 0


class _Account(BaseModel):
    login: str = ""


class _Commit(BaseModel):
    author: _Account | None = None


@dataclass(frozen=True, slots=True)
class Gitea:
    """Pull requests of `project` (owner/name)."""

    http: ForgeHttp
    project: str

    @property
    def _repository(self) -> str:
        return f"/repos/{self.project}"

    async def of_branch(self, branch: str, sha: str, target: str | None) -> PullRequest | None:
        """Return the project's own pull request of this branch into `target` whose newest commit is `sha`.

        The API has no filter by branch: the newest 500 are read.
        """
        for page in range(1, _PAGES + 1):
            query: dict[str, str | int] = {"state": "all", "sort": "newest", "limit": _PER_PAGE, "page": page}
            pulls = await self.http.send(list[_Pull], "GET", f"{self._repository}/pulls", query=query)
            for each in pulls:
                if each.head.ref in (branch, f"refs/heads/{branch}") and (found := each.read()).is_of(sha, target):
                    return found
            if not pulls:
                break
        return None

    async def create(self, proposal: Proposal) -> PullRequest:
        """Create a pull request; its title makes it a draft."""
        title = f"WIP: {proposal.title}" if proposal.draft else proposal.title
        asked = {"title": title, "head": proposal.branch, "base": proposal.target, "body": proposal.body}
        return (await self.http.send(_Pull, "POST", f"{self._repository}/pulls", asked)).read()

    async def read(self, number: int) -> PullRequest:
        """Return a pull request."""
        return (await self.http.get(_Pull, f"{self._repository}/pulls/{number}")).read()

    async def checks(self, number: int, sha: str) -> Checks:
        """Return the combined status of the commit."""
        combined = await self.http.get(_Combined, f"{self._repository}/commits/{sha}/status")
        return together([_STATES.get(combined.state, "pending")] if combined.total_count else [])

    async def author_account(self, commit: str) -> str | None:
        """Return the login of a commit's author, where its e-mail belongs to an account."""
        return await known_or_none(self._login(commit))

    async def _login(self, commit: str) -> str | None:
        author = (await self.http.get(_Commit, f"{self._repository}/git/commits/{commit}")).author
        return author.login or None if author is not None else None

    async def ask_review(self, number: int, accounts: tuple[str, ...]) -> None:
        """Ask these accounts for a review."""
        path = f"{self._repository}/pulls/{number}/requested_reviewers"
        await self.http.send(object, "POST", path, {"reviewers": list(accounts)})

    async def merge(self, number: int, sha: str, method: MergeMethod) -> None:
        """Merge the pull request if its newest commit is `sha`."""
        asked = {"Do": method, "head_commit_id": sha}
        await self.http.send(object, "POST", f"{self._repository}/pulls/{number}/merge", asked)

    async def close(self, number: int) -> None:
        """Close the pull request."""
        await self.http.send(object, "PATCH", f"{self._repository}/pulls/{number}", {"state": "closed"})
