"""GitLab's API: https://docs.gitlab.com/api/merge_requests/."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from pydantic import BaseModel

from incidents.revert_record import Checks
from service.reverts.forges.forge import MergeMethod, Proposal, PullRequestState
from service.reverts.forges.http import ForgeHttp
from service.reverts.forges.pull_requests import PullRequest, together

_STATES: Final[dict[str, PullRequestState]] = {"opened": "open", "locked": "open", "merged": "merged"}
_FINISHED: Final[dict[str, Checks]] = {"success": "passed", "failed": "failed", "canceled": "failed", "skipped": "none"}


class _Pipeline(BaseModel):
    sha: str
    status: str


class _Account(BaseModel):
    id: int
    username: str


class _Merge(BaseModel):
    iid: int
    web_url: str
    state: str
    sha: str | None = None
    target_branch: str
    source_project_id: int | None = None
    target_project_id: int
    head_pipeline: _Pipeline | None = None
    reviewers: list[_Account] = []

    def read(self) -> PullRequest:
        state, own = _STATES.get(self.state, "closed"), self.source_project_id == self.target_project_id
        return PullRequest(self.iid, self.web_url, state, self.sha or "", self.target_branch, own)


@dataclass(frozen=True, slots=True)
class Gitlab:
    """Merge requests of `project` (group/name)."""

    http: ForgeHttp
    project: str

    @property
    def _merges(self) -> str:
        return f"/projects/{quote(self.project, safe='')}/merge_requests"

    async def of_branch(self, branch: str, sha: str, target: str | None) -> PullRequest | None:
        """Return the project's own merge request of this branch into `target` whose newest commit is `sha`."""
        query: dict[str, str | int] = {"source_branch": branch, "state": "all", "per_page": 100}
        found = await self.http.send(list[_Merge], "GET", self._merges, query=query)
        return next((each for each in map(_Merge.read, found) if each.is_of(sha, target)), None)

    async def create(self, proposal: Proposal) -> PullRequest:
        """Create a merge request, whose branch GitLab deletes when it is merged."""
        asked = {
            "source_branch": proposal.branch,
            "target_branch": proposal.target,
            "title": f"Draft: {proposal.title}" if proposal.draft else proposal.title,
            "description": proposal.body,
            "remove_source_branch": True,
        }
        return (await self.http.send(_Merge, "POST", self._merges, asked)).read()

    async def read(self, number: int) -> PullRequest:
        """Return a merge request."""
        return (await self._get(number)).read()

    async def _get(self, number: int) -> _Merge:
        return await self.http.get(_Merge, f"{self._merges}/{number}")

    async def checks(self, number: int, sha: str) -> Checks:
        """Return the result of the newest pipeline; one of an older commit says nothing about this one."""
        pipeline = (await self._get(number)).head_pipeline
        if pipeline is None:
            return "none"
        return together([_FINISHED.get(pipeline.status, "pending") if pipeline.sha == sha else "pending"])

    async def author_account(self, commit: str) -> str | None:
        """Return None: GitLab does not tell whose account an e-mail belongs to."""
        return None

    async def ask_review(self, number: int, accounts: tuple[str, ...]) -> None:
        """Add these accounts to the reviewers. Without a paid licence GitLab takes the first one only."""
        ids = [each.id for each in (await self._get(number)).reviewers]
        for account in accounts:
            found = await self.http.get(list[_Account], "/users", username=account)
            ids += [each.id for each in found if each.username.lower() == account.lower()]
        await self.http.send(object, "PUT", f"{self._merges}/{number}", {"reviewer_ids": list(dict.fromkeys(ids))})

    async def merge(self, number: int, sha: str, method: MergeMethod) -> None:
        """Merge the merge request if its newest commit is `sha`; whether it rebases is the project's setting."""
        asked = {"sha": sha, "squash": method == "squash", "should_remove_source_branch": True}
        await self.http.send(object, "PUT", f"{self._merges}/{number}/merge", asked)

    async def close(self, number: int) -> None:
        """Close the merge request."""
        await self.http.send(object, "PUT", f"{self._merges}/{number}", {"state_event": "close"})
