"""Find the blame window: from the known deploys, else from git's tags, else from commit times."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from graph.ports import DeployHistory, Repositories
from graph.repository_choice import RepositoryWindow, chosen, left_alone
from graph.request import CommitWindow, Request
from incidents.alert import Alert
from incidents.errors import FetchFailed, FetchRunning, InputError, RepositoryNotFound, UnknownRevision, WindowUnknown
from incidents.rollout import Rollout
from tools.deploys.git_releases import by_commit_times, tagged
from tools.deploys.window import Began, DeployWindow, WindowLimits, window_of
from tools.git.repository import Repository
from tools.logs.log_reading import LogReading
from tools.text.redaction import redact

_LATEST = 20  # deploys whose revisions the clone should contain
_RARE = 20  # a version with fewer than one in this many documents is not the failing one


def as_given(alert: Alert) -> CommitWindow:
    """Return the window that the alert itself names, when no deploys can be looked up."""
    return CommitWindow(repository=alert.repository, base=alert.base or "", deployed=alert.deployed or "")


@dataclass(frozen=True, slots=True)
class WindowFinder:
    """Finds the blame window of incidents."""

    repositories: Repositories
    deploys: DeployHistory
    limits: WindowLimits

    async def find(self, request: Request, log: LogReading) -> CommitWindow:
        """Return the window, in the repository that contains most of the trace.

        Raises InputError; FetchFailed when the clone lacks a revision and could not be updated.
        """
        began = began_of(request, log)
        candidates = await self._candidates(request, began)
        taken = await asyncio.to_thread(chosen, candidates, request.trace)
        lookback = timedelta(hours=self.limits.lookback_hours)
        others = left_alone(candidates, taken, began.latest, lookback)
        window = taken.window
        notes = (*window.missing, *others, *self.repositories.notes(taken.name))
        return CommitWindow(
            repository=taken.name,
            base=window.base,
            deployed=window.deployed,
            rollouts=window.rollouts,
            innocent=window.innocent,
            later=window.later,
            notes=tuple(dict.fromkeys(notes)),
            guessed=window.guessed,
        )

    async def _candidates(self, request: Request, began: Began) -> list[RepositoryWindow]:
        """Return the alert's repository first, then the others that its service is built from."""
        alert = request.alert
        own = await self._of(alert, request, began)
        found = [own]
        for name in self.repositories.of_service(alert.service):
            if name == alert.repository:
                continue
            other = alert.model_copy(update={"repository": name, "base": None, "deployed": None})
            try:
                found.append(await self._of(other, request, began))
            except (
                InputError,
                FetchFailed,
                FetchRunning,
            ) as error:  # the alert's own repository is enough for a verdict
                note = f"{name} could not be looked into: {redact(str(error))[:300]}."
                found[0] = replace(found[0], window=_with_note(found[0].window, note))
        return found

    async def _of(self, alert: Alert, request: Request, began: Began) -> RepositoryWindow:
        known = await self.deploys.deploys(alert, request.opened_at)
        named = [revision for revision in (alert.base, alert.deployed) if revision]
        named += [each.revision for each in known.rollouts[-_LATEST:]]
        with stale_clone_is_no_input_error(self.repositories, alert.repository):
            repository = await open_with(self.repositories, alert.repository, named)
            window = await asyncio.to_thread(self._choose, repository, known.rollouts, began, alert)
        return RepositoryWindow(alert.repository, repository, _with_note(window, *known.missing))

    def _choose(self, repository: Repository, rollouts: Sequence[Rollout], began: Began, alert: Alert) -> DeployWindow:
        """Return the window from the deploys; without any, from the tags; else from commit times."""
        base, deployed = alert.base or "", alert.deployed or ""
        known = rollouts or tagged(repository, repository.resolve(deployed or "HEAD"), began, self.limits)
        try:
            if known or (base and deployed):
                return window_of(repository, known, began, self.limits, base, deployed)
        except WindowUnknown as error:
            few = f"The deploys that are known do not tell the window ({error})"
            return by_commit_times(repository, began, self.limits, base, deployed, why=few)
        return by_commit_times(repository, began, self.limits, base, deployed)


async def open_with(repositories: Repositories, name: str, revisions: Sequence[str]) -> Repository:
    """Return the repository, fetched again when it does not contain one of `revisions`."""
    repository = await repositories.open(name)
    if await asyncio.to_thread(_lacks, repository, revisions) and await repositories.refreshed(name):
        return await repositories.open(name)
    return repository


@contextmanager
def stale_clone_is_no_input_error(repositories: Repositories, name: str) -> Iterator[None]:
    """Raise FetchFailed, which is retried later, if an outdated clone lacks something."""
    try:
        yield
    except (RepositoryNotFound, UnknownRevision) as error:
        if stale := repositories.notes(name):
            raise FetchFailed(f"{error} ({stale[0]})") from error
        raise


def began_of(request: Request, log: LogReading) -> Began:
    """Return when the error began and in which versions: from the log, else from the alert."""
    versions: tuple[str, ...] = ()
    if log.findings is not None:
        seen = sum(each.count for each in log.findings.versions)
        versions = tuple(each.name for each in log.findings.versions if each.count * _RARE >= seen)
        if log.findings.onset is not None:
            onset = log.findings.onset
            return Began(onset.earliest, onset.latest, versions, log.findings.first_version or "")
    at = request.alert.first_seen or request.opened_at
    return Began(at, at, versions)


def _lacks(repository: Repository, revisions: Sequence[str]) -> bool:
    """Return whether one of the revisions is missing in the clone."""
    for revision in revisions:
        try:
            repository.resolve(revision)
        except UnknownRevision:
            return True
    return False


def _with_note(window: DeployWindow, *notes: str) -> DeployWindow:
    return replace(window, missing=(*window.missing, *notes))
