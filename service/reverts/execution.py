"""Execute an approved revert: write the commit, push its branch, open the pull request. Each step can be repeated.

The commit is the same whenever it is written, the branch is created or found at that commit, and the pull request is
found by branch and commit before another one is created: so a call after a crash completes what an earlier one began.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from incidents.errors import FetchFailed, ForgeError, InputError, PushFailed, RevertMerged, RevertStateConflict
from incidents.revert import RevertPlan
from incidents.revert_record import UNDONE, Revert, RevertState
from service.repositories.clones import Clones
from service.reverts.apart import apart
from service.reverts.choice import changed_basis
from service.reverts.destination import Destination, destination
from service.reverts.forges.forge import Proposal
from service.reverts.planning import Wanted, planned
from service.reverts.proposal_text import proposal_of
from service.reverts.undoing import undo
from service.settings import Settings
from service.store.planned_reverts import RevertClaim
from service.store.store import Store
from tools.git.push import RemoteBranches
from tools.git.repository import Repository
from tools.revert.apart import written_apart

OUTSIDE_ERRORS: Final = (InputError, FetchFailed, PushFailed, ForgeError)
"""What ends an execution with a problem that the record tells, and that another call may get over."""
_STATES: Final[dict[str, RevertState]] = {"open": "open", "merged": "merged", "closed": "closed"}


class _Stale(NamedTuple):
    """Why the plan no longer holds; `moved`: only the head did, so that the same commit is planned again."""

    problem: str
    moved: bool


@dataclass(frozen=True, slots=True)
class Execution:
    """Executes one claimed revert. `who` is the actor of the audit records."""

    store: Store
    settings: Settings
    clones: Clones
    claim: RevertClaim
    who: str

    async def run(self) -> Revert:
        """Return the revert in the state that it reached: open, stale, failed, or as another call left it."""
        try:
            return await self._steps()
        except OUTSIDE_ERRORS as error:
            return await self._end("failed", "failed", problem=str(error)[:500])
        except RevertMerged:
            return await self._end("merged", "merged", problem="")
        except RevertStateConflict:
            return await self._taken_over()

    async def _steps(self) -> Revert:
        revert = self.claim.revert
        place = await destination(self.settings, revert.repository)
        pushed = await self._pushed(place, revert)
        stale = await self._stale(place, revert, pushed)
        if stale is not None:
            return await self._made_stale(place, stale)
        if not pushed:
            revert = await self._push(place, revert)
        proposed = await place.forge(revert.route, revert.branch, self.clones).propose(
            await self._proposal(place, revert)
        )
        found = {"number": proposed.number, "url": proposed.url, "reviewers": proposed.reviewers}
        return await self._end(_STATES[proposed.state], "opened", notes=proposed.notes, problem="", **found)

    async def _pushed(self, place: Destination, revert: Revert) -> bool:
        """Whether an earlier call has pushed the branch."""
        if revert.written is None:
            return False
        return await apart(place.branches.find, revert.branch) == revert.written

    async def _stale(self, place: Destination, revert: Revert, pushed: bool) -> _Stale | None:
        incident = await self.store.queries.incident(revert.incident)
        if why := changed_basis(revert, incident):
            return _Stale(why, moved=False)
        if pushed:  # from then on the forge merges it with whatever the head is
            return None
        head = await place.head()
        if head.sha == revert.plan.head and head.name == revert.target:
            return None
        if head.sha == revert.plan.head:  # the same record would be its own successor
            return _Stale(f"reverts go to {head.name} now, not to {revert.target}: plan it again", moved=False)
        return _Stale(f"{head.name} has moved to {head.sha[:12]}", moved=True)

    async def _made_stale(self, place: Destination, stale: _Stale) -> Revert:
        """Undo what was begun; when only the head has moved, plan the same commit again, to be approved again."""
        revert = self.claim.revert
        await undo(place, revert, self.clones)
        successor = None
        if stale.moved:
            incident = await self.store.queries.incident(revert.incident)
            wanted = Wanted.as_in(revert)
            anew = await planned(self.settings, self.clones, incident, wanted, revert.planned_by)
            successor = (await self.store.planned_reverts.add(anew, again=True)).id
        return await self._end("stale", "stale", problem=stale.problem, successor=successor)

    async def _push(self, place: Destination, revert: Revert) -> Revert:
        """Record which commit will be pushed, then push it: so that what is at the remote is always known here."""
        repository = await self.clones.holding(revert.repository, revert.plan.head)
        sha = await apart(_commit_of, repository, revert.plan, revert.author, revert.planned_at)
        recorded = await self.store.planned_reverts.progress(self.claim, self.who, "written", written=sha)
        await self._still_claimed()
        await apart(_pushed, repository, recorded, place.branches)
        await self._still_claimed()
        return recorded

    async def _still_claimed(self) -> None:
        """Raise RevertStateConflict when this process stood still for so long that another call took over."""
        if not await self.store.planned_reverts.renew(self.claim, self.settings.lease_seconds):
            raise RevertStateConflict(f"{self.claim.revert.id} was taken over by another call")

    async def _proposal(self, place: Destination, revert: Revert) -> Proposal:
        commit = revert.plan.commit
        repository = await self.clones.holding(revert.repository, commit)
        subject = (await apart(repository.commit, commit)).subject
        email = await apart(repository.author_email, commit)
        return proposal_of(revert, place.reverts, subject, email)

    async def _end(self, state: RevertState, action: str, **fields: object) -> Revert:
        return await self.store.planned_reverts.progress(self.claim, self.who, action, end=True, state=state, **fields)

    async def _taken_over(self) -> Revert:
        """Return what the other call made of it; undo what this one did after the other one had undone it."""
        now = await self.store.planned_reverts.get(self.claim.revert.id)
        if now.state in UNDONE and now.written is not None:
            await undo(await destination(self.settings, now.repository), now, self.clones)
        return now


def _commit_of(repository: Repository, plan: RevertPlan, author: tuple[str, str], at: datetime) -> str:
    with written_apart(repository, plan, author, at) as (_, sha):
        return sha


def _pushed(repository: Repository, revert: Revert, branches: RemoteBranches) -> None:
    with written_apart(repository, revert.plan, revert.author, revert.planned_at) as (folder, sha):
        branches.create(folder, revert.branch, sha)
