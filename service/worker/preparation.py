"""What an investigation stands on: what the log tells of the error, and which commits can be blamed for it.

Prepared before the graph runs, and recorded as steps of the reasoning trace. What cannot be had is a sentence in the
report; only input nobody can work with (an unknown repository or revision) ends the incident.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from graph.state import Request
from incidents.alert import Alert
from incidents.errors import (
    FetchFailed,
    InputError,
    LogsError,
    RepositoryNotFound,
    UnknownRevision,
    UnreadableTrace,
    WindowUnknown,
)
from incidents.incident import Incident
from incidents.reasoning import NodeRun, Step, ToolCall
from incidents.rollout import Rollout
from incidents.utc import in_utc
from service.settings import Settings
from service.store.schemas import LOG_TRACE
from service.worker.clones import Clones
from service.worker.repositories import RepositoryWindow, chosen, left_alone
from tools.deploys.git_releases import by_commit_times, tagged
from tools.deploys.window import Began, DeployWindow, window_of
from tools.git.repository import Repository
from tools.logs.client import Connection
from tools.logs.deploy_log import deploys_told
from tools.logs.lookup import Inquiry, inquire
from tools.logs.queries import Window
from tools.text.redaction import redact

NO_LOG = "No log store is configured: the error's beginning is the time the alert gives."
_AFTERWARDS = timedelta(minutes=1)
_LONG_AGO = timedelta(days=366)
_DEPLOY_DAYS = 30
_LATEST = 20
_SAME_DEPLOY = timedelta(minutes=2)
Brought = TypeVar("Brought")


class DeploysTold(Protocol):
    """Where deploys are recorded (`service.store.deploys.DeployRecords`)."""

    async def reported(self, alert: Alert, until: datetime) -> tuple[Rollout, ...]:
        """Oldest first."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Ready to be investigated."""

    request: Request
    repository: Repository
    inquiry: Inquiry
    steps: tuple[Step, ...]


@dataclass(slots=True)
class Groundwork:
    """Prepares incidents, several at once, over one connection to the log store."""

    settings: Settings
    recorded: DeploysTold | None = None
    connection: Connection | None = field(init=False)
    _clones: Clones = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is opened yet."""
        self.connection = Connection(self.settings.logs) if self.settings.logs is not None else None
        self._clones = Clones(self.settings)

    async def prepare(self, incident: Incident) -> Prepared:
        """The request with log findings and window. Raises InputError."""
        steps: list[Step] = []
        incident = _zoned(incident)
        inquiry = await _recorded("read_log", self._inquire(incident), _told, steps)
        request = _with_log(Request.of(incident), incident.alert, inquiry)
        if request.trace == inquiry.trace != "":
            steps.append(_brought(inquiry.trace))
        if not request.trace.strip() and self.connection is None:
            raise UnreadableTrace("the alert holds neither a message nor a stack trace, and there is no log to ask")
        grounds = await _recorded("find_window", self._grounds(incident, inquiry), _found, steps)
        ground = await asyncio.to_thread(chosen, grounds, request.trace)
        window, began = ground.window, _began(incident, inquiry).latest
        lookback = timedelta(hours=self.settings.window.lookback_hours)
        others = left_alone(grounds, ground, began, lookback)
        notes = (*window.missing, *others, *self._clones.notes(ground.name), *inquiry.missing)
        changed: dict[str, object] = {
            "repository": ground.name,
            "base": window.base,
            "deployed": window.deployed,
            "rollouts": window.rollouts,
            "innocent": window.innocent,
            "later": window.later,
            "notes": tuple(dict.fromkeys(notes)),
        }
        if ground.name != incident.alert.repository:
            changed["revert_command"] = None  # `redtide revert` knows the alert's own repository only
        return Prepared(request.model_copy(update=changed), ground.repository, inquiry, tuple(steps))

    async def close(self) -> None:
        """Give the log store's connections back."""
        if self.connection is not None:
            await self.connection.close()

    async def _inquire(self, incident: Incident) -> Inquiry:
        if self.connection is None:
            return Inquiry(missing=(NO_LOG,))
        return await inquire(self.connection, incident.alert, incident.opened_at)

    async def _grounds(self, incident: Incident, inquiry: Inquiry) -> list[RepositoryWindow]:
        """The alert's repository first, then the others its service is built from."""
        alert, began = incident.alert, _began(incident, inquiry)
        grounds = [await self._ground(alert, incident, began)]
        for name in self.settings.services.get(alert.service, ()):
            if name != alert.repository:
                other = alert.model_copy(update={"repository": name, "base": None, "deployed": None})
                try:
                    grounds.append(await self._ground(other, incident, began))
                except (InputError, FetchFailed) as error:  # the alert's own repository is worth a verdict without it
                    told = f"{name} could not be looked into: {redact(str(error))[:300]}."
                    first = grounds[0]
                    window = replace(first.window, missing=(*first.window.missing, told))
                    grounds[0] = replace(first, window=window)
        return grounds

    async def _ground(self, alert: Alert, incident: Incident, began: Began) -> RepositoryWindow:
        told, missing = await self._told(alert, incident)
        named = [revision for revision in (alert.base, alert.deployed) if revision]
        named += [each.revision for each in told[-_LATEST:]]
        try:
            repository = await self._clones.open(alert.repository)
            if await asyncio.to_thread(_lacks, repository, named) and await self._clones.refreshed(alert.repository):
                repository = await self._clones.open(alert.repository)
            window = await asyncio.to_thread(self._choose, repository, told, began, alert)
        except (RepositoryNotFound, UnknownRevision) as error:
            if stale := self._clones.notes(alert.repository):  # not the alert's fault: to be tried again
                raise FetchFailed(f"{error} ({stale[0]})") from error
            raise
        return RepositoryWindow(alert.repository, repository, replace(window, missing=(*window.missing, *missing)))

    def _choose(self, repository: Repository, told: tuple[Rollout, ...], began: Began, alert: Alert) -> DeployWindow:
        """By the deploys; without any, by the tags; else by the times of commits."""
        limits, base, deployed = self.settings.window, alert.base or "", alert.deployed or ""
        known = told or tagged(repository, repository.resolve(deployed or "HEAD"), began, limits)
        try:
            if known or (base and deployed):
                return window_of(repository, known, began, limits, base, deployed)
        except WindowUnknown as error:
            few = f"The deploys that are known do not tell the window ({error})."
            found = by_commit_times(repository, began, limits, base, deployed)
            return replace(found, missing=(few, *found.missing))
        return by_commit_times(repository, began, limits, base, deployed)

    async def _told(self, alert: Alert, incident: Incident) -> tuple[tuple[Rollout, ...], tuple[str, ...]]:
        """The deploys that are known, and what could not be asked."""
        until = incident.opened_at + _AFTERWARDS
        recorded = await self.recorded.reported(alert, until) if self.recorded is not None else ()
        if self.connection is None or self.connection.settings.deploy_index is None:
            return recorded, ()
        since = (alert.first_seen or incident.opened_at) - timedelta(days=_DEPLOY_DAYS)
        try:
            logged = await deploys_told(
                self.connection, alert.repository, alert.service, alert.environment, Window(since, until)
            )
        except LogsError as error:
            return recorded, (f"The deploy log could not be asked: {redact(str(error))[:500]}.",)
        return _merged(recorded, logged), ()


def _zoned(incident: Incident) -> Incident:
    """The same incident, every time of its alert with an offset: the log's have one, and they are compared.

    A time of more than a year ago is left out: some languages print their zero for "not known".
    """
    alert = incident.alert
    given = {name: in_utc(name, at) for name in ("first_seen", "last_seen") if (at := getattr(alert, name))}
    times = {name: at if at >= incident.opened_at - _LONG_AGO else None for name, at in given.items()}
    return incident.model_copy(update={"alert": alert.model_copy(update=times)})


def _lacks(repository: Repository, revisions: list[str]) -> bool:
    """Whether the clone does not hold one of these."""
    for revision in revisions:
        try:
            repository.resolve(revision)
        except UnknownRevision:
            return True
    return False


def _merged(recorded: tuple[Rollout, ...], logged: tuple[Rollout, ...]) -> tuple[Rollout, ...]:
    """Both, each deploy once: the same revision within two minutes is the same deploy."""
    new = [
        each
        for each in logged
        if not any(one.revision == each.revision and abs(one.at - each.at) <= _SAME_DEPLOY for one in recorded)
    ]
    return tuple(sorted((*recorded, *new), key=lambda one: one.at))


def _began(incident: Incident, inquiry: Inquiry) -> Began:
    findings, alert = inquiry.findings, incident.alert
    if findings is not None:
        seen = sum(each.count for each in findings.versions)
        versions = tuple(each.name for each in findings.versions if each.count * 20 >= seen)
        if findings.onset is not None:
            return Began(findings.onset.earliest, findings.onset.latest, versions, findings.first_version or "")
    else:
        versions = ()
    at = alert.first_seen or incident.opened_at
    return Began(at, at, versions)


def _with_log(request: Request, alert: Alert, inquiry: Inquiry) -> Request:
    """The request with what the log tells: its trace where the alert has none, its times and its count."""
    findings = inquiry.findings
    if findings is None:
        return request
    began = findings.onset.at if findings.onset else alert.first_seen or findings.first_at
    changed: dict[str, object] = {
        "log": findings,
        "first_seen": began,
        "count": max(findings.total, 1),
        "alert_url": alert.url or findings.url,
    }
    if not alert.stack_trace.strip() and inquiry.trace:
        changed["trace"] = inquiry.trace
    return request.model_copy(update=changed)


def _brought(trace: str) -> ToolCall:
    """The log's trace, which is kept nowhere else: what people say about the verdict is about this text."""
    return ToolCall(
        agent="log", at=datetime.now(UTC), tool=LOG_TRACE, arguments={}, observation=redact(trace), seconds=0.0
    )


def _told(inquiry: Inquiry) -> str:
    findings = inquiry.findings
    if findings is None:
        return "; ".join(inquiry.missing)[:500] or "nothing"
    began = f"began around {findings.onset.at:%H:%M:%S}" if findings.onset else "no beginning found"
    return f"{findings.total} documents, {began}, {len(findings.others)} other errors"


def _found(grounds: list[RepositoryWindow]) -> str:
    rows = (
        f"{each.name} {each.window.base[:9]}..{each.window.deployed[:9]}, {len(each.window.rollouts)} deploys, "
        f"{len(each.window.later)} commits later"
        for each in grounds
    )
    return "; ".join(rows)


async def _recorded(name: str, work: Awaitable[Brought], told: Callable[[Brought], str], steps: list[Step]) -> Brought:
    """What the work brings, with a line in the reasoning trace."""
    at, started = datetime.now(UTC), time.perf_counter()
    brought = await work
    steps.append(NodeRun(node=name, at=at, seconds=time.perf_counter() - started, outcome=told(brought)))
    return brought
