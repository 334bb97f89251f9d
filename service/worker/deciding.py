"""Decide about new verdicts: at once where the verdict alone decides, else as soon as its revert could be planned."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from incidents.errors import IncidentNotFound, StoreUnavailable
from service.json_logs import about
from service.reverts.policy_facts import FactsReader, Subject
from service.store.decision_history import Undecided
from service.store.decision_rows import unreadable
from service.store.engine import RowsRefused
from service.store.store import Store
from tools.policy.decide import needs_plan

_log: Final = logging.getLogger(__name__)
_RECENT: Final = timedelta(hours=1)
"""An older verdict is not decided about: whoever turns the policy on does not mean last week's incidents."""
_PATIENCE: Final = timedelta(minutes=5)
"""So long a remote or forge that does not answer is asked again; then it is decided without a plan, and declined."""
_AGAIN: Final = timedelta(seconds=30)
_AT_ONCE: Final = 4
_LIMIT: Final = 20


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A verdict whose revert is still to be planned: since when, and when that is tried next."""

    since: datetime
    at: datetime
    failed: bool = False


class Deciding:
    """Takes decisions. What it remembers only says what is tried when: another replica, or a new one, decides the same."""

    def __init__(self, store: Store, reader: FactsReader, now: Callable[[], datetime]) -> None:
        self._store = store
        self._reader = reader
        self._now = now
        self._waiting: dict[Undecided, _Waiting] = {}
        self._usable = False

    async def at_once(self) -> bool:
        """Decide about new verdicts, apart from those whose revert has to be planned first. Returns whether any was."""
        await asyncio.to_thread(self._reader.source.retry)
        await self._take_back()
        since = self._now() - _RECENT
        found = await self._store.decisions.undecided(since, _LIMIT + len(self._waiting))
        for gone in self._waiting.keys() - set(found):
            self._waiting.pop(gone, None)
        new = [each for each in found if each not in self._waiting]
        return any([await self._guarded(each, self._from_verdict) for each in new])

    async def with_plans(self) -> bool:
        """Plan the reverts that matter, some at the same time, and decide. Returns whether anything was decided.

        When one fails the others are waited for: whoever looks again must not plan them a second time beside this.
        """
        now = self._now()
        due = [each for each, waiting in self._waiting.items() if waiting.at <= now]
        steps = (self._guarded(each, self._from_plan) for each in due[:_AT_ONCE])
        answers = await asyncio.gather(*steps, return_exceptions=True)
        for failed in answers:
            if isinstance(failed, BaseException):
                raise failed
        return any(answers)

    async def _take_back(self) -> None:
        """Once when the file of the policy can be used: decide anew what was declined because it could not be."""
        usable = not self._reader.source.problem
        if usable and not self._usable:
            await self._store.decisions.take_back_unreadable(self._now() - _RECENT)
        self._usable = usable

    async def _guarded(self, undecided: Undecided, step: Callable[[Undecided], Awaitable[bool]]) -> bool:
        with about(undecided.incident):
            try:
                if problem := self._reader.source.problem:
                    return await self._store.decisions.give_up(undecided, self._reader.policy, unreadable(problem))
                return await step(undecided)
            except IncidentNotFound:
                return False
            except RowsRefused as error:
                _log.warning("a decision of the policy was refused: %s", error)
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001  a bug about one incident must not keep the others from being decided
                _log.exception("the policy could not decide")
            return await self._give_up(undecided)

    async def _from_verdict(self, undecided: Undecided) -> bool:
        """Decide where no plan can change the decision; else remember that one is needed."""
        subject = await self._reader.subject(undecided.incident, self._now(), planned=False)
        if needs_plan(subject.facts, subject.conditions):
            self._waiting[undecided] = _Waiting(self._now(), self._now())
            return False
        return await self._take(undecided, subject)

    async def _from_plan(self, undecided: Undecided) -> bool:
        """Plan the revert and decide; where the remote does not answer, later."""
        waiting = self._waiting[undecided]
        subject = await self._reader.subject(undecided.incident, self._now())
        if subject.may_pass and self._now() - waiting.since < _PATIENCE:
            await self._put_off(undecided, waiting, subject.problem)
            return False
        self._waiting.pop(undecided, None)
        return await self._take(undecided, subject)

    async def _put_off(self, undecided: Undecided, waiting: _Waiting, why: str) -> None:
        if not waiting.failed:
            _log.warning("policy: the revert cannot be planned yet, it is tried again: %s", why)
            await self._store.decisions.waits(undecided, why)
        self._waiting[undecided] = replace(waiting, at=self._now() + _AGAIN, failed=True)

    async def _take(self, undecided: Undecided, subject: Subject) -> bool:
        if subject.facts.version != undecided.version:
            return False  # a newer verdict came meanwhile: it is next
        mode = subject.conditions.mode
        decision = await self._store.decisions.take(undecided, mode, subject.decision, subject.problem)
        if decision is not None and decision.mode != "off":
            _log.info("policy: %s, %s", decision.action, decision.decided_by)
        return decision is not None

    async def _give_up(self, undecided: Undecided) -> bool:
        """Decline, so that it is not tried again; where even that is refused, the others go on."""
        self._waiting.pop(undecided, None)
        try:
            return await self._store.decisions.give_up(undecided, self._reader.policy)
        except RowsRefused as error:
            _log.warning("a decision of the policy was refused: %s", error)
            return False
