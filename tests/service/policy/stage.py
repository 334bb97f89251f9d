"""An incident whose commit the policy would revert: a real repository, a real store, a verdict with its evidence."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from incidents.errors import InputError, RevertStateConflict
from incidents.evidence import Evidence, Signal, Suspect
from incidents.log import LogFindings
from incidents.opinion import Opinion
from incidents.policy import Policy
from incidents.report import Report
from incidents.revert_record import UNDONE, Basis, Revert, RevertState
from incidents.rollout import Rollout
from incidents.seen import Seen
from incidents.trace import StackTrace
from incidents.verdict import Confidence, Verdict
from service.reverts.carry_out import CarryOut
from service.reverts.policy_facts import FactsReader
from service.settings import Settings
from service.settings.policy_file import PolicySource
from service.store.revert_tables import DecisionRow
from service.store.store import Store
from service.store.stored_decision import StoredDecision
from service.worker.auto_revert import AutoRevert
from tests.repositories import Built, build
from tests.service.stand_ins import Found, alert, found
from tools.git.repository import Repository
from tools.revert.plan import plan_revert

MINUTE = timedelta(minutes=1)
ELEVEN = timedelta(minutes=11)
MOMENT = timedelta(minutes=3)
_STOPPABLE: tuple[RevertState, ...] = ("planned", "approved", "open")
SEEN = Seen(frames=2, mapped=1, read=1, confirmed=True)


def shop(folder: Path, message: str = "Shorten it") -> Built:
    """A repository whose second commit broke it."""
    lines = [f"line {number}\n" for number in range(20)]
    broken = ["broken\n", *lines[1:]]
    return build(
        folder,
        [
            {"files": {"cart.py": "".join(lines), "notes": "a\n"}},
            {"files": {"cart.py": "".join(broken)}, "message": message},
            {"files": {"notes": "b\n"}},
        ],
        name="shop",
    )


def logged(total: int = 40) -> LogFindings:
    """The log shows so many errors since the commit went live."""
    now = datetime.now(UTC)
    return LogFindings(index="logs", query="q", since=now - 19 * MINUTE, until=now, total=total)


def blaming(
    built: Built,
    incident: str,
    *,
    probability: float = 0.97,
    opinions: Sequence[Opinion] = (),
    **changes: Any,  # noqa: ANN401 (any field of the evidence)
) -> Found:
    """A verdict that names the second commit, which git alone names too."""
    commits = Repository.open(built.path).window(built.shas[0], built.shas[2])
    wrote = Signal(name="wrote_line", value=1.0, detail="wrote the failing line")
    suspects = (
        Suspect(commit=commits[0], probability=0.95, signals=(wrote,)),
        Suspect(commit=commits[1], probability=0.01),
    )
    fields: dict[str, Any] = {
        "trace": StackTrace(),
        "base": built.shas[0],
        "deployed": built.shas[2],
        "suspects": suspects,
        "none_probability": 0.04,
        "seen": SEEN,
        "hit_failing_line": (built.shas[1],),
        "log": logged(),
        "rollouts": (Rollout(revision=built.shas[2], at=datetime.now(UTC) - 20 * MINUTE, commits=(built.shas[1],)),),
    }
    confidence = Confidence(probability=probability, word="high")
    nothing = found(incident)
    words = {"outcome": "culprit", "headline": "Likely cause found", "command": f"redtide revert {incident}"}
    mode = "agents" if opinions else "evidence"
    given = {"outcome": "culprit", "culprit": built.shas[1], "confidence": confidence, "opinions": tuple(opinions)}
    return Found(
        evidence=Evidence.model_validate(fields | changes),
        verdict=Verdict.model_validate({**given, "suspects": suspects, "mode": mode}),
        report=Report.model_validate({**nothing.report.model_dump(), **words, "mode": mode}),
    )


async def judged(store: Store, built: Built, *, service: str = "checkout", **changes: Any) -> str:  # noqa: ANN401
    """An alert came in and the second commit is blamed. Returns the incident's id."""
    this = alert(service=service, message=f"{service} broke", base=built.shas[0], deployed=built.shas[2])
    await store.intake.accept(this, "{}")
    claim = await store.leases.claim("worker")
    assert claim is not None
    await store.outcomes.finish(claim, blaming(built, claim.incident.id, **changes))
    return claim.incident.id


@dataclass
class LocalReverts:
    """Plans with the real git and stores what a forge would be told; nothing is pushed.

    `executed` are the ids in the order of execution. `dies` raises once, after the work is done and before it is told.
    """

    store: Store
    built: Built
    executed: list[str] = field(default_factory=list)
    dies: bool = False

    async def plan(
        self, incident_id: str, who: str, *, commit: str | None = None, again: bool = True, dry_run: bool = False
    ) -> Revert:
        incident = await self.store.queries.incident(incident_id)
        assert incident.verdict is not None
        culprit = commit or incident.verdict.culprit
        if culprit is None:
            raise InputError("the verdict names no commit")
        plan = plan_revert(Repository.open(self.built.path), culprit, "main")
        now = datetime.now(UTC).replace(microsecond=0)
        revert = Revert(
            id="",
            incident=incident_id,
            repository="shop",
            plan=plan,
            basis=Basis(outcome=incident.verdict.outcome, culprit=incident.verdict.culprit),
            planned_by=who,
            planned_at=now,
            changed_at=now,
        )
        return revert if dry_run else await self.store.planned_reverts.add(revert, again=again)

    async def approve(self, revert_id: str, who: str) -> Revert:
        known = await self.store.planned_reverts.get(revert_id)
        people = (*known.approved_by, who)
        return await self.store.planned_reverts.change(
            revert_id, {"planned", "approved"}, who, "approved", state="approved", approved_by=people
        )

    async def execute(self, revert_id: str, who: str) -> Revert:
        known = await self.store.planned_reverts.get(revert_id)
        if known.state in UNDONE or known.state == "planned":
            raise RevertStateConflict(f"{revert_id} is {known.state}")
        if known.state == "approved":
            self.executed.append(known.plan.head)
            known = await self.store.planned_reverts.change(
                revert_id, {"approved"}, who, "executed", state="open", url="https://git.example.org/shop/pull/7"
            )
        if self.dies:
            self.dies = False
            raise ProcessDied
        return known

    async def cancel(self, revert_id: str, who: str) -> Revert:
        return await self.store.planned_reverts.change(revert_id, _STOPPABLE, who, "cancelled", state="cancelled")

    async def object(self, revert_id: str, who: str) -> Revert:
        return await self.store.planned_reverts.change(revert_id, _STOPPABLE, who, "objected", state="objected")


class ProcessDied(BaseException):
    """The replica is gone: nobody catches it."""


@dataclass
class Stage:
    """The policy over one store. `at` is the time that the policy believes it is."""

    store: Store
    settings: Settings
    built: Built
    reverts: LocalReverts
    policy: Policy
    calibrated: bool = False
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def reader(self) -> FactsReader:
        return FactsReader(self.store, self.settings, PolicySource(self.policy), self.reverts, self.calibrated)

    def replica(self) -> AutoRevert:
        """A replica that has just started."""
        reader = self.reader()
        carry_out = CarryOut(self.store, self.settings, reader, self.reverts, self.now)
        return AutoRevert(self.store, reader, carry_out, now=self.now)

    async def step(self) -> bool:
        return await self.replica().step()

    async def actions(self, incident: str) -> list[str]:
        records = (await self.store.queries.audits(incident)).records
        return [each.action for each in records if each.action.startswith(("policy", "revert"))]

    async def words(self, incident: str) -> str:
        return json.dumps([each.detail for each in (await self.store.queries.audits(incident)).records])


async def later(stage: Stage, span: timedelta) -> None:
    """Let this time pass for what waits in the store, and for the policy's clock."""
    stage.ahead += span
    async with stage.store.database.write() as session:
        for row in await session.scalars(select(DecisionRow)):
            row.due_at, row.at, row.lease_until = row.due_at - span, row.at - span, None
            row.objection_until = row.objection_until - span if row.objection_until else None


async def decided(stage: Stage, incident: str) -> tuple[str, str, str]:
    found = await stage.store.decisions.of(incident)
    assert found is not None
    return found.action, found.decided_by, found.state


async def found_of(stage: Stage, incident: str) -> StoredDecision:
    found = await stage.store.decisions.of(incident)
    assert found is not None
    return found


async def judged_again(stage: Stage, incident: str) -> None:
    await stage.store.reruns.rerun(incident, "ana")
    claim = await stage.store.leases.claim("worker")
    assert claim is not None
    assert await stage.store.outcomes.finish(claim, blaming(stage.built, incident))
