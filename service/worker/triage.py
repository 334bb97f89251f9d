"""Triage: claim waiting incidents, the worst first, and run a few investigations at once."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass

from incidents.errors import FetchRunning, InputError, StoreUnavailable, WorkInterrupted
from service.json_logs import about
from service.settings import Settings
from service.store.outcomes import Finding
from service.store.schemas import Claim
from service.store.store import Store
from service.worker.circuit_breaker import CircuitBreaker
from service.worker.cleanup import Cleanup, Investigations
from service.worker.store_trouble import StoreTrouble
from tools.text.redaction import redact

_log = logging.getLogger(__name__)

Investigate = Callable[[Claim], Awaitable[Finding]]
"""Work on one incident.

Raises InputError when the incident cannot be investigated, WorkInterrupted when it was asked to stop, StoreUnavailable
when its progress cannot be checkpointed, FetchRunning when it gives up its place until a fetch has ended.
"""
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Job:
    claim: Claim
    task: asyncio.Task[None]


class Triage:
    """Runs `investigate` on the waiting incidents of `store`, in two lanes.

    The first lane asks the agents: `investigations_at_once` incidents, as many as the model can serve. While it is full
    or the model is unavailable, the second lane gives new incidents a verdict from the evidence alone, and the agents
    are asked later, a limited number of times. Without a model there is only the second lane, as wide as the first;
    incidents that agents had begun wait for a model.

    `wake` announces new work. Triage also polls every `poll_seconds`, to find what a dead process had stored or was
    working on. `sleep` waits for a number of seconds; tests replace it. `changed` is called after every investigation.
    """

    def __init__(
        self,
        store: Store,
        investigate: Investigate,
        settings: Settings,
        investigations: Investigations | None = None,
        sleep: Sleep = asyncio.sleep,
        changed: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._investigate = investigate
        self._settings = settings
        self._investigations = investigations
        self._sleep = sleep
        self._changed = changed
        self._breaker = CircuitBreaker(settings)
        self._cleanup = Cleanup(store, settings, investigations)
        self._owner = secrets.token_hex(8)
        self._running: dict[str, _Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # those of _running, and cancelled ones that have not ended yet
        self._news = asyncio.Event()
        self._stopping = False

    async def wake(self) -> None:
        """Signal that there may be a new open incident."""
        self._news.set()

    async def run(self) -> None:
        """Work until stopped. After a failure of the store it tries again in `poll_seconds`."""
        renewal, trouble = asyncio.create_task(self._renew(), name="leases"), StoreTrouble()
        try:
            while not self._stopping:
                self._news.clear()
                try:
                    await self._recover()
                    await self._fill()
                    await self._cleanup.hourly()
                    trouble.over()
                except StoreUnavailable as error:
                    trouble.told(error)
                await self._sleep_unless(self._news.wait(), self._settings.poll_seconds)
            while self._tasks:
                await asyncio.wait(self._tasks)
                await asyncio.sleep(0)  # let their callbacks run
            await self._cleanup.finished()
        finally:
            renewal.cancel()

    async def stop(self) -> None:
        """Claim no new incident and give the running ones `drain_seconds`.

        After half of that time they are asked to stop between two steps; at the end they are released.
        """
        self._stopping = True
        self._news.set()
        late = await self._late(self._settings.drain_seconds / 2)
        if late and self._investigations:
            self._investigations.drain()
        late = await self._late(self._settings.drain_seconds / 2)
        for task in late:
            _cancel(task)
        await asyncio.gather(*late, return_exceptions=True)

    async def _late(self, seconds: float) -> set[asyncio.Task[None]]:
        """Return the tasks that have not ended after `seconds`."""
        tasks = set(self._tasks)
        if tasks:
            await self._sleep_unless(asyncio.wait(tasks), seconds)
        return {task for task in tasks if not task.done()}

    async def _sleep_unless(self, event: Coroutine[None, None, object], seconds: float) -> None:
        """Sleep `seconds`, or less when `event` comes first."""
        waiting = (asyncio.create_task(event), asyncio.ensure_future(self._sleep(seconds)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _recover(self) -> None:
        found = await self._store.leases.recover(self._settings.attempts)
        if found.reopened:
            _log.info("took up %d incidents whose replica is gone", found.reopened)
        await self._cleanup.forget(found.given_up)

    async def _fill(self) -> None:
        while not self._stopping:
            agents = self._room(True)
            if not agents and not self._room(False):
                return
            claim = await self._store.leases.claim(
                self._owner, self._settings.lease_seconds, agents=agents, without=self._fetching()
            )
            if claim is None:
                return
            if self._stopping:  # `stop` was called while the store answered, so it does not know this claim
                await self._store.leases.release(claim)
            else:
                self._start(claim)

    def _fetching(self) -> frozenset[str]:
        """Return the repositories whose incidents wait for a fetch that takes long."""
        return self._investigations.fetching() if self._investigations else frozenset()

    def _room(self, agents: bool) -> bool:
        no_model = self._settings.evidence_only
        if agents and (no_model or self._breaker.is_open):
            return False
        most = self._settings.investigations_at_once if agents or no_model else self._settings.evidence_at_once
        return sum(job.claim.agents is agents for job in self._running.values()) < most

    def _start(self, claim: Claim) -> None:
        if before := self._running.get(claim.incident.id):
            _cancel(before.task)  # its lease ended while the store was unavailable, or a new deploy restarted it
        task = asyncio.create_task(self._bring_to_an_end(claim), name=claim.incident.id)
        self._running[claim.incident.id] = _Job(claim, task)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _renew(self) -> None:
        """Renew the leases of running work forever; cancel work that has lost its lease."""
        while True:
            await self._sleep(self._settings.lease_seconds / 3)
            jobs = dict(self._running)
            try:
                ours = (
                    await self._store.leases.renew(self._owner, jobs, self._settings.lease_seconds) if jobs else set()
                )
            except StoreUnavailable as error:
                _log.warning("leases could not be renewed: %s", error)
                continue
            for incident, job in jobs.items():
                if incident not in ours:
                    _cancel(job.task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Free the slot of a task. If its end could not be stored, the incident returns when its lease ends."""
        self._tasks.discard(task)
        job = self._running.get(task.get_name())
        if job is not None and job.task is task:
            del self._running[task.get_name()]
        self._news.set()
        if not task.cancelled() and (error := task.exception()):
            with about(task.get_name()):
                _log.error("the end of the incident could not be stored", exc_info=error)

    async def _bring_to_an_end(self, claim: Claim) -> None:
        with about(claim.incident.id):
            _log.info("investigating %s, attempt %d", claim.incident.alert.service, claim.attempt)
            try:
                await self._work_on(claim)
                if self._changed is not None:
                    await self._changed()
            finally:  # even when a new deploy cancelled it
                self._cleanup.forget_soon([claim.in_round])

    async def _work_on(self, claim: Claim) -> None:
        limit = asyncio.timeout(self._settings.investigation_seconds)
        try:
            async with limit:
                finding = await self._investigate(claim)
        except (asyncio.CancelledError, WorkInterrupted) as error:
            await self._store.leases.release(claim)
            if isinstance(error, asyncio.CancelledError):
                raise
        except InputError as error:
            await self._fail(claim, str(error))
        except FetchRunning as error:
            _log.info("put back: %s", error)
            await self._store.leases.retry(claim, self._until_fetched(claim, error), counted=False)
        except StoreUnavailable as error:
            _log.warning("the store is away: %s", error)
            await self._store.leases.retry(claim, self._settings.retry_seconds, counted=False)
        except Exception as error:  # noqa: BLE001  whatever the error is, the incident must end with a reason
            if limit.expired():  # a second try would cost the other incidents the same time again
                seconds = self._settings.investigation_seconds
                await self._fail(claim, f"not finished within {seconds:g} s (investigation_seconds)")
                return
            _log.exception("the investigation broke")
            await self._again(claim, f"{type(error).__name__}: {error}")
        else:
            await self._finish(claim, finding)

    def _until_fetched(self, claim: Claim, error: FetchRunning) -> float:
        """Return the least pause of a claim that was put back: none of its own repository is claimed until the fetch ends."""
        own = error.repository == claim.incident.alert.repository
        return self._settings.poll_seconds if own else self._settings.refresh_seconds

    async def _finish(self, claim: Claim, finding: Finding) -> None:
        verdict = finding.verdict
        again = self._breaker.retry_after(claim, verdict)
        if verdict.unreached and await self._store.outcomes.keep_verdict(claim, verdict, again):
            _log.info("the model is away: the stored verdict is kept, retry %d", claim.agent_retries)
        else:
            due = again is not None or (not claim.agents and not self._settings.evidence_only)
            stored = await self._store.outcomes.finish(claim, finding, agents_due=due, retry_after=again)
            _log.info("%s after %.1f s%s", verdict.outcome, finding.seconds, "" if stored else " (too late)")
        if claim.agents and self._breaker.closed_by(verdict):
            _log.info("the model is back: %d incidents wait for it", await self._store.outcomes.call_agents())

    async def _again(self, claim: Claim, reason: str) -> None:
        if claim.tries >= self._settings.attempts:
            await self._fail(claim, reason)
        else:
            await self._store.leases.retry(claim, self._settings.retry_seconds * 2 ** (claim.tries - 1))

    async def _fail(self, claim: Claim, reason: str) -> None:
        reason = redact(reason)[:1_000]
        _log.warning("failed: %s", reason)
        await self._store.outcomes.fail(claim, reason)


def _cancel(task: asyncio.Task[None]) -> None:
    """Cancel a task once: a second time would interrupt what it writes at its end."""
    if not task.cancelling():
        task.cancel()
