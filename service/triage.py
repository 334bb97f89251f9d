"""Triage: takes open incidents from the store and brings each to its end, a few at once."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from incidents.errors import InputError
from incidents.incident import Incident
from service.logs import about
from service.records import Claim
from service.settings import Settings
from service.store import Finding, Store
from tools.redaction import redact

_log = logging.getLogger(__name__)

Investigate = Callable[[Incident], Awaitable[Finding]]
"""Works on one incident. Raises InputError when what the alert names cannot be investigated."""


class Triage:
    """Runs `investigate` on the open incidents of `store`.

    It is woken for new ones, and looks by itself every `poll_seconds`: what was stored by somebody who died before
    waking it is found all the same.
    """

    def __init__(self, store: Store, investigate: Investigate, settings: Settings) -> None:
        self._store = store
        self._investigate = investigate
        self._settings = settings
        self._owner = secrets.token_hex(8)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._news = asyncio.Event()
        self._stopping = False

    async def wake(self) -> None:
        """There may be a new open incident."""
        self._news.set()

    async def run(self) -> None:
        """Work until stopped. A store that fails is asked again after `poll_seconds`."""
        await self._recover_all()
        while not self._stopping:
            self._news.clear()
            try:
                await self._store.recover(self._settings.attempts, self._owner, self._running)
                await self._fill()
            except SQLAlchemyError:
                _log.exception("the store cannot be asked for open incidents; trying again")
            await self._rest()

    async def stop(self) -> None:
        """Take no more, give running investigations `drain_seconds` to end, and put the others back."""
        self._stopping = True
        self._news.set()
        if self._running:
            _, late = await asyncio.wait(self._running.values(), timeout=self._settings.drain_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _recover_all(self) -> None:
        while not self._stopping:
            try:
                reopened = await self._store.recover(self._settings.attempts)
            except SQLAlchemyError:
                _log.exception("the store cannot be asked for unfinished incidents; trying again")
                await self._rest()
            else:
                if reopened:
                    _log.info("took up %d unfinished incidents again", reopened)
                return

    async def _fill(self) -> None:
        while len(self._running) < self._settings.investigations_at_once and not self._stopping:
            claim = await self._store.claim(self._owner)
            if claim is None:
                return
            task = asyncio.create_task(self._bring_to_an_end(claim), name=claim.incident.id)
            self._running[claim.incident.id] = task
            task.add_done_callback(self._ended)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._settings.poll_seconds):
                await self._news.wait()
        except TimeoutError:
            return

    def _ended(self, task: asyncio.Task[None]) -> None:
        """There is room for another. An incident whose end could not be stored is found by the next recovery."""
        del self._running[task.get_name()]
        self._news.set()
        if not task.cancelled() and (error := task.exception()):
            with about(task.get_name()):
                _log.error("the end of the incident could not be stored", exc_info=error)

    async def _bring_to_an_end(self, claim: Claim) -> None:
        with about(claim.incident.id):
            _log.info("investigating %s, attempt %d", claim.incident.alert.service, claim.attempt)
            try:
                finding = await self._investigate(claim.incident)
            except asyncio.CancelledError:
                await self._store.release(claim)
                raise
            except InputError as error:
                await self._fail(claim, str(error))
            except Exception as error:  # noqa: BLE001  the seam: whatever it is, the incident must end and say why
                _log.exception("the investigation broke")
                await self._fail(claim, f"{type(error).__name__}: {error}")
            else:
                held = await self._store.finish(claim, finding)
                _log.info("%s after %.1f s%s", finding.verdict.outcome, finding.seconds, "" if held else " (too late)")

    async def _fail(self, claim: Claim, reason: str) -> None:
        reason = redact(reason)[:1_000]
        _log.warning("failed: %s", reason)
        await self._store.fail(claim, reason)
