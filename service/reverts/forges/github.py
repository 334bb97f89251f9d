"""GitHub's API: https://docs.github.com/en/rest/pulls (version 2022-11-28), also of GitHub Enterprise Server."""

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from incidents.errors import ForgeRefused
from incidents.revert_record import Checks
from service.reverts.forges.forge import MergeMethod, Proposal, PullRequestState
from service.reverts.forges.http import ForgeHttp
from service.reverts.forges.pull_requests import PullRequest, known_or_none, together

HEADERS: Final = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_PASSED: Final = frozenset({"success", "neutral", "skipped"})
_STATES: Final[dict[str, Checks]] = {"success": "passed", "pending": "pending", "failure": "failed", "error": "failed"}
_NO_DRAFTS: Final = "draft pull requests are not supported"


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
    merged_at: str | None = None
    head: _Branch
    base: _Branch

    def read(self) -> PullRequest:
        state: PullRequestState = "merged" if self.merged_at else "open" if self.state == "open" else "closed"
        own = self.head.repo is not None and self.head.repo == self.base.repo
        return PullRequest(self.number, self.html_url, state, self.head.sha, self.base.ref, own)


class _Status(BaseModel):
    state: str
    total_count: int


class _Run(BaseModel):
    status: str
    conclusion: str | None = None


class _Runs(BaseModel):
    total_count: int
    check_runs: list[_Run]


class _Account(BaseModel):
    login: str
    type: str = "User"


class _Commit(BaseModel):
    author: _Account | None = None


@dataclass(frozen=True, slots=True)
class Github:
    """Pull requests of `project` (owner/name)."""

    http: ForgeHttp
    project: str

    @property
    def _repository(self) -> str:
        return f"/repos/{self.project}"

    async def of_branch(self, branch: str, sha: str, target: str | None) -> PullRequest | None:
        """Return the project's own pull request of this branch into `target` whose newest commit is `sha`."""
        head = f"{self.project.partition('/')[0]}:{branch}"
        pulls = await self.http.get(list[_Pull], f"{self._repository}/pulls", head=head, state="all", per_page=100)
        return next((each for each in map(_Pull.read, pulls) if each.is_of(sha, target)), None)

    async def create(self, proposal: Proposal) -> PullRequest:
        """Create a pull request; not as a draft where the repository has none (private ones of free accounts)."""
        asked = {"title": proposal.title, "head": proposal.branch, "base": proposal.target, "body": proposal.body}
        path = f"{self._repository}/pulls"
        try:
            made = await self.http.send(_Pull, "POST", path, asked | {"draft": proposal.draft})
        except ForgeRefused as error:
            if not proposal.draft or _NO_DRAFTS not in str(error).lower():
                raise
            made = await self.http.send(_Pull, "POST", path, asked)
        return made.read()

    async def read(self, number: int) -> PullRequest:
        """Return a pull request."""
        return (await self.http.get(_Pull, f"{self._repository}/pulls/{number}")).read()

    async def checks(self, number: int, sha: str) -> Checks:
        """Return what the commit's statuses and its first 100 check runs say together; more than those are `pending`."""
        commit = f"{self._repository}/commits/{sha}"
        status = await self.http.get(_Status, f"{commit}/status", per_page=1)
        runs = await self.http.get(_Runs, f"{commit}/check-runs", per_page=100)
        results: list[Checks] = [_STATES.get(status.state, "pending")] if status.total_count else []
        results += [_result(run) for run in runs.check_runs]
        return together([*results, "pending"] if runs.total_count > len(runs.check_runs) else results)

    async def author_account(self, commit: str) -> str | None:
        """Return the login of a commit's author, where its e-mail belongs to a person's account."""
        return await known_or_none(self._login(commit))

    async def _login(self, commit: str) -> str | None:
        author = (await self.http.get(_Commit, f"{self._repository}/commits/{commit}")).author
        return author.login if author is not None and author.type == "User" else None

    async def ask_review(self, number: int, accounts: tuple[str, ...]) -> None:
        """Ask these accounts for a review."""
        path = f"{self._repository}/pulls/{number}/requested_reviewers"
        await self.http.send(object, "POST", path, {"reviewers": list(accounts)})

    async def merge(self, number: int, sha: str, method: MergeMethod) -> None:
        """Merge the pull request if its newest commit is `sha`."""
        path = f"{self._repository}/pulls/{number}/merge"
        await self.http.send(object, "PUT", path, {"sha": sha, "merge_method": method})

    async def close(self, number: int) -> None:
        """Close the pull request."""
        await self.http.send(object, "PATCH", f"{self._repository}/pulls/{number}", {"state": "closed"})


def _result(run: _Run) -> Checks:
    if run.status != "completed":
        return "pending"
    return "passed" if run.conclusion in _PASSED else "failed"
