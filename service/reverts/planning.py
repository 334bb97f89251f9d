"""Plan a revert for an incident, on the newest head of the branch that it shall be merged into."""

from datetime import UTC, datetime
from typing import NamedTuple

from incidents.errors import FieldInvalid, PushFailed
from incidents.revert import RevertPlan
from incidents.revert_record import Revert, Route
from service.repositories.clones import Clones
from service.reverts.apart import apart
from service.reverts.choice import basis_of
from service.reverts.destination import Destination, destination, fetched
from service.reverts.failing import failing_files, failing_part
from service.reverts.reason import reason_of
from service.settings import Settings
from service.store.planned_reverts import key_of
from service.store.schemas import StoredIncident
from tools.git.default_branch import default_branch
from tools.git.repository import Repository
from tools.revert.plan import plan_revert, plan_revert_set


class Wanted(NamedTuple):
    """Which revert is wanted. `together`: with the later commits that must go with it; `only`: these files of it.

    `partial`: only those files in which the error happened.
    """

    commit: str
    route: Route
    together: bool = False
    only: tuple[str, ...] = ()
    partial: bool = False

    @classmethod
    def as_in(cls, revert: Revert) -> "Wanted":
        """Return what was wanted when this one was planned."""
        return cls(revert.plan.commit, revert.route, len(revert.plan.commits) > 1, revert.plan.only)


class _Head(NamedTuple):
    """The branch to revert on, and the commit that it is at. `notes` say what could not be asked."""

    repository: Repository
    target: str
    sha: str
    notes: tuple[str, ...] = ()


async def planned(settings: Settings, clones: Clones, incident: StoredIncident, wanted: Wanted, who: str) -> Revert:
    """Plan the revert of a commit that the incident's verdict holds; nothing is stored, and the id is empty.

    Raises InputError, FetchFailed, ForgeError.
    """
    name = incident.alert.repository
    known = settings.reverts.repositories.get(name)
    place = await destination(settings, name) if known is not None else None
    head = await _head(clones, name, place)
    plan = await apart(_plan, settings, incident, wanted, head)
    now = datetime.now(UTC)
    return Revert(
        id="",
        incident=incident.id,
        repository=name,
        plan=plan,
        basis=basis_of(incident, wanted.commit),
        route=wanted.route if known is None or known.forge != "push" else "push",
        forge=known.forge if known is not None else "",
        target=head.target,
        branch=_branch(known.branch, incident, plan) if known is not None else "",
        author=(settings.reverts.author_name, settings.reverts.author_email),
        planned_by=who,
        planned_at=now.replace(microsecond=0),
        changed_at=now,
        notes=head.notes,
    )


async def _head(clones: Clones, name: str, place: Destination | None) -> _Head:
    """Return the remote's branch as it is now; where nothing can be asked, the default branch as it was fetched."""
    notes: tuple[str, ...] = ()
    if place is not None:
        try:
            tip = await place.head()
            return _Head(await fetched(clones, name, tip.sha), tip.name, tip.sha)
        except PushFailed as error:
            if place.reverts.target is not None:
                raise
            notes = (f"planned on the head as it was last fetched: {error}",)
    repository = await clones.open(name)
    branch = await apart(default_branch, repository)
    target = branch.name.removeprefix(f"{branch.remote}/") if branch.remote else branch.name
    return _Head(repository, target, branch.sha, notes)


def _plan(settings: Settings, incident: StoredIncident, wanted: Wanted, head: _Head) -> RevertPlan:
    url = f"{settings.public_url.rstrip('/')}/incidents/{incident.id}" if settings.public_url else ""
    repository, commit = head.repository, wanted.commit
    failing = failing_files(repository, incident)
    reason = reason_of(incident, wanted.commit, "", url)
    if wanted.together:
        return plan_revert_set(repository, commit, head.sha, reason=reason)
    only = wanted.only
    if wanted.partial:
        only += failing_part(repository, commit, failing)
        if not only:
            raise FieldInvalid("partial", "the error names no file that the commit changed; name the files with `only`")
    return plan_revert(repository, commit, head.sha, reason=reason, only=only, failing=failing)


def _branch(pattern: str, incident: StoredIncident, plan: RevertPlan) -> str:
    return pattern.format(commit=plan.commit[:12], key=key_of(plan), incident=incident.id)
