"""The policy at work: a task beside triage that decides about new verdicts and carries the decisions out."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from graph.calibration import usable
from incidents.errors import StoreUnavailable
from service.json_logs import about
from service.reverts.carry_out import Acting, CarryOut
from service.reverts.policy_facts import FactsReader
from service.reverts.reverts import Reverts
from service.settings import Settings
from service.settings.policy_file import PolicySource
from service.store.decision_claims import Work
from service.store.store import Store
from service.worker.confirming import Confirming
from service.worker.deciding import Deciding

_log: Final = logging.getLogger(__name__)
_LEASE_SECONDS: Final = 600.0
"""Longer than a push and all requests to a forge may take: after it another replica carries on."""
_COUNTDOWN_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 5.0
_AT_ONCE: Final = 4
"""Decisions that are carried out at the same time."""


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
        self._carry_out = carry_out
        self._changed = changed
        self._deciding = Deciding(store, reader, now)
        self._owner = secrets.token_hex(8)

    async def run(self, poll_seconds: float) -> None:
        """Look for work forever: a forge that hangs while one decision is carried out holds up no other."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._again(self.decide, poll_seconds), name="policy: decide")
            tasks.create_task(self._again(self._deciding.with_plans, poll_seconds), name="policy: plan and decide")
            for number in range(_AT_ONCE):
                tasks.create_task(self._again(self.act, poll_seconds), name=f"policy: carry out {number}")

    async def _again(self, step: Callable[[], Awaitable[bool]], poll_seconds: float) -> None:
        while True:
            try:
                if await step() and self._changed is not None:
                    await self._changed()
            except StoreUnavailable as error:
                _log.warning("the policy cannot use the store: %s", error)
            except Exception:  # noqa: BLE001  a bug about one decision must not end the policy
                _log.exception("the policy failed")
            await asyncio.sleep(poll_seconds)

    async def step(self) -> bool:
        """Decide about new verdicts, then carry out what is due. Returns whether anything was done."""
        return any([await self.decide(), await self._deciding.with_plans(), await self.act()])

    async def decide(self) -> bool:
        """Decide what needs no plan of the revert, and show countdowns. Returns whether anything is to be shown."""
        decided = await self._deciding.at_once()
        return await self._store.decisions.show_countdowns(_COUNTDOWN_SECONDS) > 0 or decided

    async def act(self) -> bool:
        """Carry out what is due. Returns whether there was anything."""
        done = False
        while (work := await self._store.decisions.claim(self._owner, _LEASE_SECONDS)) is not None:
            await self._act(work)
            done = True
        return done

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
    source = await asyncio.to_thread(PolicySource.of, settings.policy)
    reader = FactsReader(store, settings, source, acting, calibrated)
    worker = AutoRevert(store, reader, CarryOut(store, settings, reader, acting), changed)
    running = [worker.run(settings.poll_seconds), Confirming(store, settings).run(settings.poll_seconds)]
    tasks = [asyncio.create_task(each, name="policy") for each in running]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()  # what is cut off here is carried on by another replica when its lease ends
        await asyncio.wait(tasks, timeout=_STOP_SECONDS)
