"""After a revert: is it merged, is it live, did the errors stop? The answer is shown, and labels the incident."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from incidents.errors import IncidentNotFound, InputError, LogsError, RevertStateConflict, StoreUnavailable
from incidents.revert import RevertStep
from incidents.revert_record import Revert
from service.json_logs import about
from service.repositories.clones import Clones
from service.reverts.execution import OUTSIDE_ERRORS
from service.reverts.reverts import Reverts
from service.settings import Settings
from service.store.reverts import Awaited
from service.store.schemas import Label, StoredIncident
from service.store.store import Store
from tools.git.repository import Repository
from tools.logs.client import Connection
from tools.logs.recovery import Effect, Patience, alert_effect, log_effect
from tools.revert.plan import plan_revert
from tools.traces import parse

_log: Final = logging.getLogger(__name__)
_PERIOD_SECONDS: Final = 60.0
_DEPLOY: Final = timedelta(days=1)
"""So long a merged revert is waited for to be deployed."""
WATCH: Final = "watch"
"""The name under which what was seen is recorded."""


class Refreshing(Protocol):
    """What asks the forge about an open revert (`service.reverts.reverts.Reverts`)."""

    async def refresh(self, revert_id: str, who: str = ...) -> Revert:
        """Store what has changed at the forge. Raises OUTSIDE_ERRORS."""


@dataclass(slots=True)
class AfterRevert:
    """Looks at reverts that are on their way. What it finds twice, on two replicas, is stored once."""

    store: Store
    settings: Settings
    reverts: Refreshing
    connection: Connection | None = None
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    clones: Clones = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is opened yet."""
        self.clones = Clones(self.settings)

    async def step(self) -> bool:
        """Look at each once. Returns whether anything changed. Raises StoreUnavailable."""
        for revert in await self.store.planned_reverts.to_look_at():
            await self._refresh(revert)
        await self.store.planned_reverts.leave(WATCH)
        return any([await self._look(each) for each in await self.store.reverts.awaited()])

    async def _refresh(self, revert: Revert) -> None:
        with about(revert.incident):
            try:
                await self.reverts.refresh(revert.id)
            except (RevertStateConflict, *OUTSIDE_ERRORS) as error:
                _log.info("%s: its forge could not be asked: %s", revert.id, error)
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001  a bug about one revert must not keep the others from being watched
                _log.exception("%s could not be watched", revert.id)

    async def _look(self, awaited: Awaited) -> bool:
        with about(awaited.incident):
            try:
                incident = await self.store.queries.incident(awaited.incident)
                live = await self._live_since(incident, awaited.step)
                if live is None:
                    return False
                return await self._note(incident, awaited.step, await self._effect(incident, live), live)
            except (IncidentNotFound, InputError) as error:
                _log.info("the effect of a revert is not known: %s", error)
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001  as above
                _log.exception("the effect of a revert could not be found")
            return False

    async def _live_since(self, incident: StoredIncident, step: RevertStep) -> datetime | None:
        """When the revert went live: by the first deploy that holds it; at once where no deploys are recorded."""
        if step.stage == "deployed":
            return step.at
        deploys = await self.store.deploys.reported(incident.alert, self.now())
        if not deploys:
            return step.at
        for deploy in deploys:
            if deploy.at >= step.at and await self._holds(incident, step.commit, deploy.revision):
                found = RevertStep(commit=step.commit, stage="deployed", actor=WATCH, url=step.url, at=deploy.at)
                await self.store.reverts.note(incident.id, found)
                return deploy.at
        if self.now() - step.at > _DEPLOY:
            await self._note(incident, step, Effect("cannot_tell", why="no deploy holds it"), step.at)
        return None

    async def _holds(self, incident: StoredIncident, commit: str, revision: str) -> bool:
        """Whether the revision has the commit undone; squashed or rebased, the revert has another id there."""
        try:
            repository = await self.clones.open(incident.alert.repository)
            return await asyncio.to_thread(_undone, repository, commit, revision)
        except InputError:
            return False  # a revision that was not fetched yet, or another branch

    async def _effect(self, incident: StoredIncident, live: datetime) -> Effect:
        recovery = self.settings.recovery
        patience = Patience(recovery.quiet_minutes, recovery.settle_minutes)
        over = self.now() - live > timedelta(hours=recovery.watch_hours)
        try:
            found = await self._seen(incident, live, patience)
        except LogsError as error:
            found = Effect("wait", why=f"the log cannot be asked: {error.problem}")
        return Effect("cannot_tell", why=found.why) if over and found.answer == "wait" else found

    async def _seen(self, incident: StoredIncident, live: datetime, patience: Patience) -> Effect:
        alert = incident.alert
        if self.connection is not None:
            trace = await asyncio.to_thread(parse, alert.text)
            return await log_effect(self.connection, alert, trace, incident.opened_at, live, self.now(), patience)
        times = await self.store.reverts.alert_times(incident.id)
        return alert_effect(live, times, incident.resolved_at, self.now(), patience)

    async def _note(self, incident: StoredIncident, step: RevertStep, effect: Effect, live: datetime) -> bool:
        if effect.answer == "wait":
            return False
        at = effect.at or (self.now() if effect.answer == "not_helped" else live)
        found = RevertStep(commit=step.commit, stage=effect.answer, actor=WATCH, url=step.url, at=at)
        if not await self.store.reverts.note(incident.id, found):
            return False
        _log.info("the revert: %s, %s", effect.answer, effect.why)
        if effect.answer != "cannot_tell" and incident.verdict and incident.verdict.culprit == step.commit:
            label: Label = "right" if effect.answer == "recovered" else "wrong"
            await self.store.feedback.observed(incident.id, label, effect.why)
        return True


def _undone(repository: Repository, commit: str, revision: str) -> bool:
    return plan_revert(repository, commit, revision).already_reverted


@asynccontextmanager
async def watching(
    store: Store, settings: Settings, changed: Callable[[], Awaitable[None]] | None = None
) -> AsyncIterator[None]:
    """Watch in a task of its own as long as the block runs."""
    connection = Connection(settings.logs) if settings.logs is not None else None
    watch = AfterRevert(store, settings, Reverts(store, settings), connection)
    work = asyncio.create_task(_run(watch, changed), name="after reverts")
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        if connection is not None:
            await connection.close()


async def _run(watch: AfterRevert, changed: Callable[[], Awaitable[None]] | None) -> None:
    while True:
        try:
            if await watch.step() and changed is not None:
                await changed()
        except StoreUnavailable as error:
            _log.warning("reverts cannot be watched: %s", error)
        except Exception:  # noqa: BLE001  a bug about one revert must not end the watch over all
            _log.exception("a revert could not be watched")
        await asyncio.sleep(_PERIOD_SECONDS)
