"""Carry out one decision of the policy: plan the revert, ask or wait for objections, look again, execute."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, Protocol

from incidents.errors import InputError, PushFailed, RevertStateConflict
from incidents.revert_record import UNDONE, Revert
from service.reverts.execution import OUTSIDE_ERRORS
from service.reverts.people import different
from service.reverts.policy_facts import FactsReader, Planner
from service.settings import Settings
from service.store.decision_claims import Work
from service.store.decision_rows import POLICY
from service.store.store import Store
from tools.text.redaction import redact

_TRIES: Final = 5
_AGAIN_SECONDS: Final = 15.0
_APPROVAL: Final = timedelta(days=1)
"""So long a revert waits for the people who must approve it."""
_LATE: Final = timedelta(seconds=60)
"""A window that is looked at later than this after its end, or than three polls, ended while nobody could object."""
_OPENED_ANEW: Final = "begins anew: the service was away when the time for objections ended"


class Acting(Planner, Protocol):
    """What executes reverts (`service.reverts.reverts.Reverts`)."""

    async def plan(
        self, incident_id: str, who: str, *, commit: str | None = None, again: bool = True, dry_run: bool = False
    ) -> Revert:
        """Plan the revert of a commit, or return the one that is stored. Raises InputError."""

    async def approve(self, revert_id: str, who: str) -> Revert:
        """Approve it. Raises RevertStateConflict."""

    async def execute(self, revert_id: str, who: str) -> Revert:
        """Execute it, or complete what a dead process began. Raises RevertStateConflict, InputError."""

    async def cancel(self, revert_id: str, who: str) -> Revert:
        """Stop it. Raises RevertStateConflict."""

    async def object(self, revert_id: str, who: str) -> Revert:
        """Stop it, because somebody objects. Raises RevertStateConflict."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class CarryOut:
    """Carries out decisions that were claimed. Each step may be repeated after a crash: nothing happens twice."""

    store: Store
    settings: Settings
    reader: FactsReader
    reverts: Acting
    now: Callable[[], datetime] = field(default=_now)

    async def run(self, work: Work) -> None:
        """Take the next step. Raises StoreUnavailable."""
        match work.state:
            case "due":
                await self._guarded(work, self._begin(work))
            case "objecting":
                await self._guarded(work, self._stop(work, "objected"))
            case "window":
                await self._guarded(work, self._execute(work))

    async def _guarded(self, work: Work, step: Awaitable[None]) -> None:
        try:
            await step
        except InputError as error:
            await self.store.decisions.advance(work, "stopped", note=str(error))
        except (RevertStateConflict, *OUTSIDE_ERRORS) as error:
            await self._again(work, str(error))

    async def _begin(self, work: Work) -> None:
        """Plan the revert, then ask people or let them object."""
        revert = await self.reverts.plan(work.incident, POLICY, commit=work.commit, again=False)
        if revert.state in UNDONE:
            await self.store.decisions.advance(work, "stopped", note=f"the revert is {revert.state}", revert=revert.id)
        elif work.action == "propose":
            await self.store.decisions.advance(work, "asked", revert=revert.id)
        else:
            await self._open_window(replace(work, revert=revert.id))

    async def _open_window(self, work: Work, note: str = "") -> None:
        minutes = await self._objection_minutes(work)
        await self.store.decisions.advance(work, "window", note=note, revert=work.revert, minutes=minutes)

    async def _execute(self, work: Work) -> None:
        """When nobody objected and every rule still passes: approve and execute."""
        stored = await self.store.planned_reverts.get(work.revert or "")
        if stored.state in UNDONE and stored.state != "stale":
            await self.store.decisions.advance(work, _ended(stored), note=f"the revert was {stored.state}")
        elif stored.state in ("open", "merged"):
            await self.store.decisions.advance(work, "executed")
        elif against := await self._against(work):
            await self._stop(work, "stopped", against)
        elif await self._ended_unseen(work):
            await self._open_window(work, _OPENED_ANEW)
        else:
            revert = await self._planned_anew(work, stored)
            anew = replace(work, revert=revert.id)
            await self._guarded(anew, self._executed(anew, revert))

    async def _ended_unseen(self, work: Work) -> bool:
        """Whether the window ended while the service was away; not so when it was put off, or begun, in time."""
        decision = await self.store.decisions.of(work.incident)
        if decision is None or decision.objection_until is None:
            return False
        touched = work.tries > 1 or decision.note not in ("", _OPENED_ANEW)
        late = max(_LATE, timedelta(seconds=3 * self.settings.poll_seconds))
        return not touched and work.at - decision.objection_until > late

    async def _executed(self, work: Work, revert: Revert) -> None:
        needed = await self._approvals(work)
        people = different(set(revert.approved_by) - {POLICY}, self.settings.reverts.people)
        if len(people) < needed:
            await self._wait(work, f"waits for {needed - len(people)} more people to approve it")
            return
        if revert.state == "planned":
            revert = await self.reverts.approve(revert.id, POLICY)
        if revert.state in UNDONE:
            await self.store.decisions.advance(work, "stopped", note=revert.problem or f"the revert is {revert.state}")
            return
        done = await self.reverts.execute(revert.id, POLICY)
        if done.state in ("open", "merged"):
            await self.store.decisions.advance(work, "executed", revert=done.id)
        else:
            await self._again(work, done.problem or f"the revert is {done.state}")

    async def _against(self, work: Work) -> str:
        """Why it must not be executed any more; "" when every rule still passes.

        Raises PushFailed while the facts cannot be read: that speaks neither for nor against it.
        """
        subject = await self.reader.subject(work.incident, self.now())
        if (subject.facts.version, subject.facts.commit) != (work.version, work.commit):
            return "the verdict has changed"
        if self.reader.source.problem:
            return f"the policy cannot be read: {self.reader.source.problem}"
        if subject.conditions.mode != "auto":
            return f"the policy is {subject.conditions.mode} now"
        if subject.problem:
            raise PushFailed(subject.problem)
        decision = subject.decision(await self.store.decisions.history_before(work, subject.conditions.mode))
        return "" if decision.passed else decision.because

    async def _planned_anew(self, work: Work, stored: Revert) -> Revert:
        """The same revert on the newest head: people had their time to object to the commit, not to a head.

        Approvals are not taken over: who approved has seen another head. The decision names the new one before the old
        one is cancelled, so that a crash between them does not look like somebody's cancelling.
        """
        revert = await self.reverts.plan(work.incident, POLICY, commit=work.commit, again=False)
        if revert.id == stored.id:
            return revert
        if not await self.store.decisions.point_to(work, revert.id):
            raise RevertStateConflict("another replica carries it out")
        if stored.state in ("planned", "approved"):
            await self._replaced(work, stored)
        return revert

    async def _replaced(self, work: Work, stored: Revert) -> None:
        try:
            await self.reverts.cancel(stored.id, POLICY)
        except RevertStateConflict:  # somebody executes it at this moment: it is the one after all
            await self.store.decisions.point_to(work, stored.id)
            raise

    async def _stop(self, work: Work, state: Literal["objected", "stopped"], note: str | None = None) -> None:
        """End it without execution; the revert is withdrawn."""
        if work.revert is not None:
            stored = await self.store.planned_reverts.get(work.revert)
            if stored.state not in UNDONE:
                end = self.reverts.object if state == "objected" else self.reverts.cancel
                await end(work.revert, POLICY)
        await self.store.decisions.advance(work, state, note=note)

    async def _again(self, work: Work, problem: str) -> None:
        """Try again a limited number of times."""
        if work.tries >= _TRIES:
            await self.store.decisions.advance(work, "stopped", note=redact(problem))
        else:
            await self.store.decisions.put_off(work, _AGAIN_SECONDS * 2 ** (work.tries - 1), problem)

    async def _wait(self, work: Work, note: str) -> None:
        decision = await self.store.decisions.of(work.incident)
        if decision is not None and work.at - decision.at > _APPROVAL:
            await self._stop(work, "stopped", "nobody approved it in time")
        else:
            await self.store.decisions.wait(work, _AGAIN_SECONDS, note)

    async def _approvals(self, work: Work) -> int:
        """How many people must approve it; at least one where nobody may approve what he asked for himself."""
        asked = await self._conditions(work, "approvals")
        return max(int(asked), 1 if self.settings.reverts.two_persons else 0)

    async def _objection_minutes(self, work: Work) -> float:
        return await self._conditions(work, "objection_minutes")

    async def _conditions(self, work: Work, name: str) -> float:
        alert = (await self.store.queries.incident(work.incident)).alert
        return float(getattr(self.reader.policy.conditions(alert.repository, alert.service), name))


def _ended(stored: Revert) -> Literal["objected", "stopped"]:
    return "objected" if stored.state == "objected" else "stopped"
