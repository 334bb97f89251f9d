"""How the work on an incident ends: with a verdict, or with a reason. Every method is one transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.evidence import Evidence
from incidents.incident import Status
from incidents.reasoning import Step
from incidents.report import Report
from incidents.verdict import Verdict
from service.store.leases import HAS_VERDICT_ELSE, Leases, audit, database_time, held
from service.store.schemas import STEPS, Claim
from service.store.tables import IncidentRow, StepRow, VerdictRow
from tools.text.redaction import redact


class Finding(Protocol):
    """What an investigation brings (`graph.investigation.Investigation`)."""

    @property
    def evidence(self) -> Evidence: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def report(self) -> Report: ...
    @property
    def steps(self) -> Sequence[Step]: ...
    @property
    def seconds(self) -> float: ...


class Work(Leases):
    """What triage replicas do with the store. Nothing is stored for a claim that no longer holds."""

    async def finish(
        self, claim: Claim, finding: Finding, *, agents_due: bool = False, retry_after: float | None = None
    ) -> bool:
        """Store the verdict and its reasoning trace. False, and nothing stored, when the claim no longer holds.

        With `agents_due` the agents' is still to come; `retry_after` seconds when they could not be asked this time.
        """
        async with self._write.begin() as session:
            waits = await _waiting(session, agents_due, retry_after)
            if not await _settle(session, claim, status=Status.DONE, failure=None, **waits):
                return False
            version = await _versions(session, claim.incident.id) + 1
            session.add(_verdict_row(claim, finding, version))
            steps = STEPS.dump_python(tuple(finding.steps), mode="json")
            session.add_all(
                StepRow(incident_id=claim.incident.id, attempt=claim.attempt, position=n, kind=step["kind"], step=step)
                for n, step in enumerate(steps)
            )
        return True

    async def fail(self, claim: Claim, reason: str) -> bool:
        """End the work on it with a reason. False when the claim no longer holds.

        Its status is `failed`, but `done` when it was only the agents' turn: the verdict from the evidence stands.
        """
        reason = _storable(reason)
        async with self._write.begin() as session:
            waits = await _waiting(session, agents_due=False)
            ours = await _settle(session, claim, status=HAS_VERDICT_ELSE[Status.FAILED], failure=reason, **waits)
            if ours:
                detail = {"reason": reason, "attempt": claim.attempt}
                session.add(audit(claim.incident.id, "failed", detail))
            return ours

    async def keep_verdict(self, claim: Claim, verdict: Verdict, retry_after: float | None) -> bool:
        """Leave the verdict as it stands when `verdict`, made without agents that could not be asked, adds nothing.

        They are asked again in so many seconds, or no more (None). False, and nothing stored, when there is none in
        this round or `verdict` holds more, or when the claim no longer holds.
        """
        async with self._write.begin() as session:
            stands = await _standing(session, claim)
            if stands is None or _holds_more(verdict, stands):
                return False
            changed = await _waiting(session, retry_after is not None, retry_after)
            gave_up = _away(verdict) if retry_after is None else None
            # Its attempt and its end stay what they were: they are those of the verdict and the trace that are shown.
            as_before = {"attempts": IncidentRow.attempts - 1, "finished_at": IncidentRow.finished_at}
            return await _settle(session, claim, status=Status.DONE, failure=gave_up, **changed, **as_before)

    async def call_agents(self) -> int:
        """The model is back: whoever waits for it waits no longer, so that the worst is first again. How many."""
        waits = (IncidentRow.agents_due, IncidentRow.agent_retries > 0, IncidentRow.not_before.is_not(None))
        async with self._write.begin() as session:
            called = await session.scalars(
                update(IncidentRow)
                .where(IncidentRow.status == Status.DONE, *waits)
                .values(not_before=None)
                .returning(IncidentRow.id)
            )
            return len(called.all())


async def _waiting(session: AsyncSession, agents_due: bool, retry_after: float | None = None) -> dict[str, object]:
    """What becomes of the queue's columns. A pause that is given counts as one more retry of the agents."""
    if retry_after is None:
        retries: dict[str, object] = {"not_before": None, "agent_retries": 0}
    else:
        later = await database_time(session) + timedelta(seconds=retry_after)
        retries = {"not_before": later, "agent_retries": IncidentRow.agent_retries + 1}
    return {"agents_due": agents_due, "tries": 0 if agents_due else IncidentRow.tries, **retries}


def _holds_more(verdict: Verdict, stands: Verdict) -> bool:
    """Whether somebody was heard, about some commit, who is not in the verdict that stands."""
    heard, before = ({(o.agent, o.commit) for o in each.opinions if not o.unreached} for each in (verdict, stands))
    return bool(heard - before or set(stands.unreached) - set(verdict.unreached))


def _away(verdict: Verdict) -> str:
    said = (each.abstained for each in verdict.opinions if each.unreached and each.abstained)
    return _storable(f"the agents could not be asked: {next(said, 'the language model did not answer')}")


def _storable(reason: str) -> str:
    """Redacted and bounded, without what databases refuse: a zero byte, half a character. It may repeat hostile text."""
    text = redact(reason).replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    return text[:1_000]


async def _standing(session: AsyncSession, claim: Claim) -> Verdict | None:
    rows = select(VerdictRow.verdict).where(VerdictRow.incident_id == claim.incident.id)
    found = await session.scalar(
        rows.where(VerdictRow.round == claim.round).order_by(VerdictRow.version.desc()).limit(1)
    )
    return None if found is None else Verdict.model_validate(found)


def _verdict_row(claim: Claim, finding: Finding, version: int) -> VerdictRow:
    return VerdictRow(
        incident_id=claim.incident.id,
        version=version,
        round=claim.round,
        at=datetime.now(UTC),
        seconds=finding.seconds,
        outcome=finding.verdict.outcome,
        culprit=finding.verdict.culprit,
        evidence=finding.evidence.model_dump(mode="json"),
        verdict=finding.verdict.model_dump(mode="json"),
        report=finding.report.model_dump(mode="json"),
    )


async def _settle(session: AsyncSession, claim: Claim, **changed: object) -> bool:
    """The claim's end, if it still holds."""
    settled = await session.scalars(
        update(IncidentRow)
        .where(*held(claim))
        .values(**{"claimed_by": None, "lease_until": None, "finished_at": datetime.now(UTC), **changed})
        .returning(IncidentRow.id)
    )
    return settled.first() is not None


async def _versions(session: AsyncSession, incident_id: str) -> int:
    found = await session.scalar(select(func.max(VerdictRow.version)).where(VerdictRow.incident_id == incident_id))
    return found or 0
