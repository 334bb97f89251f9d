"""Plan, approve, execute, cancel: the one code behind the command line, HTTP, Slack, the pages and the policy."""

import secrets
from collections.abc import Sequence
from typing import Final

from incidents.errors import FieldInvalid, ForgeRefused, PushRejected, RevertMerged, RevertStateConflict
from incidents.revert_record import Revert, RevertState, Route
from service.repositories.clones import Clones
from service.reverts.choice import changed_basis, chosen_commit
from service.reverts.claims import renewed
from service.reverts.destination import destination
from service.reverts.execution import OUTSIDE_ERRORS, Execution
from service.reverts.people import person
from service.reverts.planning import Wanted, planned
from service.reverts.undoing import undo
from service.reverts.watching import Watch
from service.settings import Settings
from service.store.planned_reverts import RevertClaim
from service.store.store import Store

_EXECUTABLE: Final[frozenset[RevertState]] = frozenset({"approved", "failed", "executing"})
_NOT_BEGUN: Final[frozenset[RevertState]] = frozenset({"planned", "approved"})
_BEGUN: Final[frozenset[RevertState]] = frozenset({"executing", "failed", "open"})


class Reverts:
    """What can be done with reverts. Every method may raise StoreUnavailable.

    `who` is the name of the person, or of the policy, for audit records.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._records = store.planned_reverts
        self._settings = settings
        self._clones = Clones(settings)
        self._owner = secrets.token_hex(8)

    async def plan(
        self,
        incident_id: str,
        who: str,
        *,
        commit: str | None = None,
        route: Route = "pull_request",
        together: bool = False,
        only: Sequence[str] = (),
        partial: bool = False,
        again: bool = True,
        dry_run: bool = False,
        executable: bool = False,
    ) -> Revert:
        """Plan the revert of `commit` (default: the culprit) on the newest head, or return the one that exists.

        `together`: with the later commits that must go with it. `only`: these files of it ("path"), or lines of them
        ("path:from-to"). `partial`: only its files in which the error happened. `again`: a cancelled, objected, stale or
        closed one is planned again, and has to be approved again. `dry_run`: nothing is stored, and the id is empty.
        `executable`: refused when nothing says where to push to. Raises IncidentNotFound, InputError (FieldInvalid for
        a commit that the verdict does not name), FetchFailed, PushFailed, ForgeError.
        """
        incident = await self._store.queries.incident(incident_id)
        if together and (only or partial):
            raise FieldInvalid("together", "a set is reverted as a whole: leave `only` and `partial` out")
        if executable:
            self._refuse_homeless(incident.alert.repository)
        wanted = Wanted(chosen_commit(incident, commit), route, together, tuple(only), partial)
        revert = await planned(self._settings, self._clones, incident, wanted, who)
        return revert if dry_run else await self._records.add(revert, again=again)

    async def approve(self, revert_id: str, who: str) -> Revert:
        """Approve what is planned; another person can approve what is approved already.

        Raises RevertNotFound; RevertStateConflict, also for a plan that is not clean, or whose verdict has changed.
        """
        revert = await self._records.get(revert_id)
        if who in revert.approved_by and revert.state == "approved":
            return revert
        if not revert.plan.clean:
            blocked = "conflicts" if revert.plan.conflicts else "nothing is left to revert"
            raise RevertStateConflict(f"{revert_id} cannot be executed: {blocked}")
        people = self._settings.reverts.people
        if self._settings.reverts.two_persons and person(who, people) == person(revert.planned_by, people):
            raise RevertStateConflict(f"{revert_id} was planned by {who[:100]}: another person has to approve it")
        if why := changed_basis(revert, await self._store.queries.incident(revert.incident)):
            return await self._records.change(revert_id, {"planned"}, who, "stale", state="stale", problem=why)
        approved = {"state": "approved", "approved_by": (*revert.approved_by, who)}
        return await self._records.change(revert_id, {"planned", "approved"}, who, "approved", **approved)

    async def execute(self, revert_id: str, who: str) -> Revert:
        """Push the branch and open the pull request; a call after a crash or failure completes it.

        The result's state is `open`, `failed` (see `problem`), or `stale` (see `successor`, which is planned where only
        the head has moved). Done already when it is open or merged. Raises RevertNotFound; RevertStateConflict, also
        while another call executes it; InputError when no forge is configured.
        """
        revert = await self._records.get(revert_id)
        if revert.state in ("open", "merged"):
            return revert
        self._refuse_homeless(revert.repository)
        claim = await self._claim(revert_id, _EXECUTABLE, "executing")
        async with renewed(self._records, claim, self._settings.lease_seconds):
            return await Execution(self._store, self._settings, self._clones, claim, who).run()

    def _refuse_homeless(self, repository: str) -> None:
        if repository not in self._settings.reverts.repositories:
            told = (
                f"has no {repository!r}: nothing says where to push to; in a clone, `redtide revert` writes the branch"
            )
            raise FieldInvalid("reverts.repositories", told)

    async def cancel(self, revert_id: str, who: str) -> Revert:
        """Stop it; its pull request is closed and its branch deleted. Where that fails, see `problem` and call again.

        Raises RevertNotFound; RevertStateConflict, also while another call executes it, and when it is merged.
        """
        return await self._stopped(revert_id, who, "cancelled")

    async def object(self, revert_id: str, who: str) -> Revert:
        """As `cancel`; the state says that somebody objected."""
        return await self._stopped(revert_id, who, "objected")

    async def refresh(self, revert_id: str, who: str = "Red Tide") -> Revert:
        """Ask the forge about an open one: its checks, merged, closed; merge it where the settings say so.

        Raises RevertNotFound; InputError, PushFailed, ForgeError when the forge cannot be asked.
        """
        try:
            claim = await self._claim(revert_id, frozenset({"open"}), None)
        except RevertStateConflict:
            return await self._records.get(revert_id)
        async with renewed(self._records, claim, self._settings.lease_seconds):
            try:
                return await Watch(self._store, self._settings, self._clones, claim, who).run()
            except (ForgeRefused, PushRejected) as error:  # a token that expired: it stays so until somebody mends it
                await self._unasked(claim, who, f"the forge cannot be asked: {error}"[:500])
                raise
            except OUTSIDE_ERRORS:
                await self._records.release(claim)
                raise

    async def _unasked(self, claim: RevertClaim, who: str, problem: str) -> None:
        """Show the problem, once."""
        if claim.revert.problem == problem:
            await self._records.release(claim)
        else:
            await self._records.progress(claim, who, "not asked", end=True, problem=problem)

    async def _stopped(self, revert_id: str, who: str, state: RevertState) -> Revert:
        revert = await self._records.get(revert_id)
        if revert.state == state:
            return revert
        ended = {"state": state, "ended_by": who}
        if revert.state in _NOT_BEGUN:
            return await self._records.change(revert_id, _NOT_BEGUN, who, state, **ended)
        claim = await self._claim(revert_id, _BEGUN, None)
        async with renewed(self._records, claim, self._settings.lease_seconds):
            try:
                notes = await self._undone(claim)
            except RevertMerged:
                await self._records.progress(claim, who, "merged", end=True, state="merged", problem="")
                raise
            except OUTSIDE_ERRORS as error:
                problem = f"it could not be undone: {error}"[:500]
                return await self._records.progress(claim, who, "not undone", end=True, problem=problem)
            return await self._records.progress(claim, who, state, end=True, notes=notes, problem="", **ended)

    async def _undone(self, claim: RevertClaim) -> tuple[str, ...]:
        return await undo(await destination(self._settings, claim.revert.repository), claim.revert, self._clones)

    async def _claim(self, revert_id: str, allowed: frozenset[RevertState], state: RevertState | None) -> RevertClaim:
        return await self._records.claim(revert_id, allowed, self._owner, self._settings.lease_seconds, state)
