"""Plan, approve, execute, cancel: the one code behind the command line, HTTP, Slack, the pages and the policy."""

from incidents.revert_record import Revert, Route
from service.settings import Settings
from service.store.store import Store


class Reverts:
    """What can be done with reverts. Every method may raise StoreUnavailable.

    `who` is the name of the person, or of the policy, for audit records.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    async def plan(
        self,
        incident_id: str,
        who: str,
        *,
        commit: str | None = None,
        route: Route = "pull_request",
        again: bool = True,
        dry_run: bool = False,
    ) -> Revert:
        """Plan the revert of `commit` (default: the culprit) on the newest head, or return the one that exists.

        `again`: a cancelled, objected, stale or closed one is planned again, and has to be approved again. `dry_run`:
        nothing is stored. Raises IncidentNotFound, InputError (also for a commit that the verdict does not name).
        """
        raise NotImplementedError

    async def approve(self, revert_id: str, who: str) -> Revert:
        """Approve what is planned. Raises RevertNotFound, RevertStateConflict."""
        raise NotImplementedError

    async def execute(self, revert_id: str, who: str) -> Revert:
        """Push the branch and open the pull request; a call after a crash or failure completes it.

        The result's state is `open`, `failed` (see `problem`), or `stale` (see `successor`). Raises RevertNotFound,
        RevertStateConflict (also when somebody else is executing it), InputError when no forge is configured.
        """
        raise NotImplementedError

    async def cancel(self, revert_id: str, who: str) -> Revert:
        """Stop it, and undo what was pushed or opened. Raises RevertNotFound, RevertStateConflict."""
        raise NotImplementedError

    async def object(self, revert_id: str, who: str) -> Revert:
        """As `cancel`; the state says that somebody objected. Raises RevertNotFound, RevertStateConflict."""
        raise NotImplementedError

    async def refresh(self, revert_id: str) -> Revert:
        """Ask the forge about an open one: its checks, merged, closed; merge it where the settings say so.

        Raises RevertNotFound.
        """
        raise NotImplementedError
