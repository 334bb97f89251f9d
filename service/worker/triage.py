"""Triage: takes waiting incidents from the store, the worst first, and brings each to its end, a few at once."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from incidents.errors import InputError, StoreUnavailable, WorkInterrupted
from service.json_logs import about
from service.settings import Settings
from service.store.outcomes import Finding
from service.store.schemas import Claim
from service.store.store import Store
from service.worker.circuit_breaker import Outage
from service.worker.cleanup import Investigations, Upkeep
from tools.text.redaction import redact

_log = logging.getLogger(__name__)

Investigate = Callable[[Claim], Awaitable[Finding]]
"""Works on one incident. Raises InputError when what the alert names cannot be investigated, WorkInterrupted when it
was asked to stop on the way, StoreUnavailable when its progress cannot be kept."""


@dataclass(frozen=True, slots=True)
class _Job:
    claim: Claim
    task: asyncio.Task[None]


class Triage:
    """Runs `investigate` on the waiting incidents of `store`, in two lanes.

    The first does the whole work, `investigations_at_once`: what a model can bear. While it is full, the second gives
    new incidents a verdict from the evidence alone; the first adds the agents' when there is room. So it goes while
    the model is away: who could not be judged by the agents comes back for them, a bounded number of times.
    Without a model there is only the second, as wide as the first: what agents began waits for one.
    It is woken for news, and looks by itself every `poll_seconds`: what was stored by somebody who died before
    waking it, or was being worked on by somebody who died, is found all the same.
    """

    def __init__(
        self, store: Store, investigate: Investigate, settings: Settings, investigations: Investigations | None = None
    ) -> None:
        self._store = store
        self._investigate = investigate
        self._settings = settings
        self._investigations = investigations
        self._outage = Outage(settings)
        self._upkeep = Upkeep(store, settings, investigations)
        self._owner = secrets.token_hex(8)
        self._running: dict[str, _Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # of what runs, and of what was dropped and is about to end
        self._news = asyncio.Event()
        self._stopping = False

    async def wake(self) -> None:
        """There may be a new open incident."""
        self._news.set()

    async def run(self) -> None:
        """Work until stopped. A store that fails is asked again after `poll_seconds`."""
        heart = asyncio.create_task(self._beat(), name="leases")
        try:
            while not self._stopping:
                self._news.clear()
                try:
                    await self._recover()
                    await self._fill()
                    await self._upkeep.hourly()
                except StoreUnavailable:
                    _log.exception("the store cannot be asked for open incidents; trying again")
                await self._rest()
            while self._tasks:
                await asyncio.wait(self._tasks)
                await asyncio.sleep(0)  # their callbacks run
            await self._upkeep.finished()
        finally:
            heart.cancel()

    async def stop(self) -> None:
        """Take no more and give what runs `drain_seconds`; what needs longer stops between two steps, or is put back."""
        self._stopping = True
        self._news.set()
        late = await self._wait(self._settings.drain_seconds / 2)
        if late and self._investigations:
            self._investigations.drain()
        late = await self._wait(self._settings.drain_seconds / 2)
        for task in late:
            _drop(task)
        await asyncio.gather(*late, return_exceptions=True)

    async def _wait(self, seconds: float) -> set[asyncio.Task[None]]:
        return (await asyncio.wait(set(self._tasks), timeout=seconds))[1] if self._tasks else set()

    async def _recover(self) -> None:
        found = await self._store.leases.recover(self._settings.attempts)
        if found.reopened:
            _log.info("took up %d incidents whose replica is gone", found.reopened)
        await self._upkeep.forget(found.given_up)

    async def _fill(self) -> None:
        while not self._stopping:
            agents = self._room(True)
            if not agents and not self._room(False):
                return
            claim = await self._store.leases.claim(self._owner, self._settings.lease_seconds, agents=agents)
            if claim is None:
                return
            if self._stopping:  # asked to while the store answered: whoever stops us does not know of this one
                await self._store.leases.release(claim)
            else:
                self._start(claim)

    def _room(self, agents: bool) -> bool:
        alone = self._settings.evidence_only
        if agents and (alone or self._outage.lasts):
            return False
        most = self._settings.investigations_at_once if agents or alone else self._settings.evidence_at_once
        return sum(job.claim.agents is agents for job in self._running.values()) < most

    def _start(self, claim: Claim) -> None:
        if before := self._running.get(claim.incident.id):
            _drop(before.task)  # its lease had ended while the store was away, or a new deploy came between
        task = asyncio.create_task(self._bring_to_an_end(claim), name=claim.incident.id)
        self._running[claim.incident.id] = _Job(claim, task)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._settings.poll_seconds):
                await self._news.wait()
        except TimeoutError:
            return

    async def _beat(self) -> None:
        """Renew the leases of what runs; what is no longer ours is dropped."""
        while True:
            await asyncio.sleep(self._settings.lease_seconds / 3)
            jobs = dict(self._running)
            try:
                held = (
                    await self._store.leases.renew(self._owner, jobs, self._settings.lease_seconds) if jobs else set()
                )
            except StoreUnavailable as error:
                _log.warning("leases could not be renewed: %s", error)
                continue
            for incident, job in jobs.items():
                if incident not in held:
                    _drop(job.task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """There is room for another. An incident whose end could not be stored comes back when its lease ends."""
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
            finally:  # whoever ended it, we or a new deploy that came between
                self._upkeep.forget_soon([claim.in_round])

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
        except StoreUnavailable as error:
            _log.warning("the store is away: %s", error)
            await self._store.leases.retry(claim, self._settings.retry_seconds, counted=False)
        except Exception as error:  # noqa: BLE001  the seam: whatever it is, the incident must end and say why
            if limit.expired():  # a second try would take the same time from everybody else again
                seconds = self._settings.investigation_seconds
                await self._fail(claim, f"not finished within {seconds:g} s (investigation_seconds)")
                return
            _log.exception("the investigation broke")
            await self._again(claim, f"{type(error).__name__}: {error}")
        else:
            await self._finish(claim, finding)

    async def _finish(self, claim: Claim, finding: Finding) -> None:
        verdict = finding.verdict
        again = self._outage.retry_after(claim, verdict)
        if verdict.unreached and await self._store.outcomes.keep_verdict(claim, verdict, again):
            _log.info("the model is away: the verdict from before stands, retry %d", claim.agent_retries)
        else:
            due = again is not None or (not claim.agents and not self._settings.evidence_only)
            held = await self._store.outcomes.finish(claim, finding, agents_due=due, retry_after=again)
            _log.info("%s after %.1f s%s", verdict.outcome, finding.seconds, "" if held else " (too late)")
        if claim.agents and self._outage.ends_with(verdict):
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


def _drop(task: asyncio.Task[None]) -> None:
    """Cancel it, once: a second time would cut the writes off that it waits for, and they would come after its end."""
    if not task.cancelling():
        task.cancel()
