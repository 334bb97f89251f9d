"""The policy at work: a task beside triage that decides about new verdicts and carries the decisions out."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from graph.calibration import usable
from incidents.errors import IncidentNotFound, StoreUnavailable
from service.json_logs import about
from service.reverts.carry_out import Acting, CarryOut
from service.reverts.policy_facts import FactsReader
from service.reverts.reverts import Reverts
from service.settings import Settings
from service.settings.policy_file import load_policy
from service.store.decision_history import Undecided
from service.store.decisions import Work
from service.store.engine import RowsRefused
from service.store.store import Store

_log: Final = logging.getLogger(__name__)
_LEASE_SECONDS: Final = 600.0
"""Longer than a push and all requests to a forge may take: after it another replica carries on."""
_COUNTDOWN_SECONDS: Final = 60.0
_RECENT: Final = timedelta(hours=1)
"""An older verdict is not decided about: whoever turns the policy on does not mean last week's incidents."""
_STOP_SECONDS: Final = 5.0


class AutoRevert:
    """Decides and acts, one after the other. Everything it has to remember is in the store.

    `changed` is called when messages may have to be sent.
    """

    def __init__(
        self,
        store: Store,
        reader: FactsReader,
        carry_out: CarryOut,
        changed: Callable[[], Awaitable[None]] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._reader = reader
        self._carry_out = carry_out
        self._changed = changed
        self._now = now
        self._owner = secrets.token_hex(8)

    async def run(self, poll_seconds: float) -> None:
        """Look for work forever."""
        while True:
            try:
                if await self.step() and self._changed is not None:
                    await self._changed()
            except StoreUnavailable as error:
                _log.warning("the policy cannot use the store: %s", error)
            except Exception:  # noqa: BLE001  a bug about one decision must not end the policy
                _log.exception("the policy failed")
            await asyncio.sleep(poll_seconds)

    async def step(self) -> bool:
        """Decide about new verdicts, carry out what is due, show countdowns. Returns whether anything was done."""
        decided = [await self._decide(each) for each in await self._store.decisions.undecided(self._now() - _RECENT)]
        done = 0
        while (work := await self._store.decisions.claim(self._owner, _LEASE_SECONDS)) is not None:
            await self._act(work)
            done += 1
        shown = await self._store.decisions.show_countdowns(_COUNTDOWN_SECONDS)
        return bool(any(decided) or done or shown)

    async def _decide(self, undecided: Undecided) -> bool:
        with about(undecided.incident):
            try:
                return await self._decided(undecided)
            except IncidentNotFound:
                return False
            except RowsRefused as error:
                _log.warning("a decision of the policy was refused: %s", error)
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001  a bug about one incident must not keep the others from being decided
                _log.exception("the policy could not decide")
            return await self._give_up(undecided)

    async def _decided(self, undecided: Undecided) -> bool:
        subject = await self._reader.subject(undecided.incident, self._now())
        if subject.facts.version != undecided.version:
            return False  # a newer verdict came meanwhile: it is next
        decision = await self._store.decisions.take(undecided, subject.conditions.mode, subject.decision)
        if decision is not None and decision.mode != "off":
            _log.info("policy: %s, %s", decision.action, decision.decided_by)
        return decision is not None

    async def _give_up(self, undecided: Undecided) -> bool:
        """Decline, so that it is not tried again; where even that is refused, the others go on."""
        try:
            return await self._store.decisions.give_up(undecided, self._reader.policy)
        except RowsRefused as error:
            _log.warning("a decision of the policy was refused: %s", error)
            return False

    async def _act(self, work: Work) -> None:
        with about(work.incident):
            try:
                await self._carry_out.run(work)
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001  a bug must end in a stopped decision, not in a revert that hangs
                _log.exception("a decision of the policy could not be carried out")
                await self._store.decisions.advance(work, "stopped", note="an internal error: see the log")


@asynccontextmanager
async def reverting(
    store: Store,
    settings: Settings,
    changed: Callable[[], Awaitable[None]] | None = None,
    reverts: Acting | None = None,
) -> AsyncIterator[None]:
    """Let the policy work in a task of its own as long as the block runs; without a policy there is nothing to do."""
    if settings.policy is None:
        yield
        return
    acting = reverts if reverts is not None else Reverts(store, settings)
    calibrated = await asyncio.to_thread(usable, settings.calibration, settings.model_name) is not None
    reader = FactsReader(store, settings, load_policy(settings.policy), acting, calibrated)
    worker = AutoRevert(store, reader, CarryOut(store, settings, reader, acting), changed)
    work = asyncio.create_task(worker.run(settings.poll_seconds), name="policy")
    try:
        yield
    finally:
        work.cancel()  # what is cut off here is carried on by another replica when its lease ends
        await asyncio.wait([work], timeout=_STOP_SECONDS)
