"""How the work on an incident ends: with a verdict, or with the reason for a failure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.evidence import Evidence
from incidents.incident import Status
from incidents.reasoning import Step
from incidents.report import Report
from incidents.verdict import Verdict
from service.store.engine import Database
from service.store.leases import HAS_VERDICT_ELSE, audit, claim_valid, database_time
from service.store.outbox import Outbox
from service.store.reverts import state_after
from service.store.schemas import STEPS, Claim
from service.store.tables import IncidentRow, StepRow, VerdictRow
from tools.text.redaction import redact


class StoredSnapshot(Protocol):
    """What was read for the verdict (`graph.snapshot.Snapshot`)."""

    def model_dump(self, *, mode: Literal["json"]) -> dict[str, Any]: ...


class Finding(Protocol):
    """The result of an investigation (`graph.investigation.Investigation`)."""

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
    @property
    def snapshot(self) -> "StoredSnapshot | None": ...


class Outcomes:
    """Stores the end of a piece of work; stores nothing when the claim is no longer valid."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def finish(
        self, claim: Claim, finding: Finding, *, agents_due: bool = False, retry_after: float | None = None
    ) -> bool:
        """Store the verdict and its reasoning trace. Returns False, and stores nothing, for a claim no longer valid.

        `agents_due`: the agents will be asked later, `retry_after` seconds from now when they could not be asked this
        time.
        """
        async with self._database.write() as session:
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
            shown = await state_after(session, claim.incident.id, finding.verdict)
            await self._outbox.changed(session, {claim.incident.id: shown})
        return True

    async def fail(self, claim: Claim, reason: str) -> bool:
        """End the work with the reason for its failure. Returns False when the claim is no longer valid.

        The status becomes `failed`, or stays `done` when a verdict from the evidence is already stored.
        """
        reason = storable(reason)
        async with self._database.write() as session:
            waits = await _waiting(session, agents_due=False)
            settled = await _settle(session, claim, status=HAS_VERDICT_ELSE[Status.FAILED], failure=reason, **waits)
            if settled:
                detail = {"reason": reason, "attempt": claim.attempt}
                session.add(audit(claim.incident.id, "failed", detail))
                await self._outbox.changed(session, {claim.incident.id: "failed"})
            return settled

    async def keep_verdict(self, claim: Claim, verdict: Verdict, retry_after: float | None) -> bool:
        """Leave the stored verdict unchanged when `verdict`, made without the unavailable agents, adds nothing to it.

        The agents are asked again in `retry_after` seconds, or not at all (None). Returns False, and stores nothing,
        when this round has no verdict yet, when `verdict` adds an opinion, or when the claim is no longer valid.
        """
        async with self._database.write() as session:
            stored = await _stored_verdict(session, claim)
            if stored is None or _adds_opinion(verdict, stored):
                return False
            changed = await _waiting(session, retry_after is not None, retry_after)
            gave_up = _unreached_reason(verdict) if retry_after is None else None
            # Attempt and end time stay those of the stored verdict and trace.
            as_before = {"attempts": IncidentRow.attempts - 1, "finished_at": IncidentRow.finished_at}
            settled = await _settle(session, claim, status=Status.DONE, failure=gave_up, **changed, **as_before)
            if settled and retry_after is None:
                await self._outbox.changed(session, {claim.incident.id: None})  # no other verdict follows
            return settled

    async def call_agents(self) -> int:
        """End the pauses of all incidents that wait for the model, and return their number.

        It is called when the model is available again, so that the worst incident comes first.
        """
        waits = (IncidentRow.agents_due, IncidentRow.agent_retries > 0, IncidentRow.not_before.is_not(None))
        async with self._database.write() as session:
            waiting = await session.scalars(
                update(IncidentRow)
                .where(IncidentRow.status == Status.DONE, *waits)
                .values(not_before=None)
                .returning(IncidentRow.id)
            )
            return len(waiting.all())


async def _waiting(session: AsyncSession, agents_due: bool, retry_after: float | None = None) -> dict[str, object]:
    """Return new values for the queue's columns. A pause (`retry_after`) counts as one more retry of the agents."""
    if retry_after is None:
        retries: dict[str, object] = {"not_before": None, "agent_retries": 0}
    else:
        later = await database_time(session) + timedelta(seconds=retry_after)
        retries = {"not_before": later, "agent_retries": IncidentRow.agent_retries + 1}
    return {"agents_due": agents_due, "tries": 0 if agents_due else IncidentRow.tries, **retries}


def _adds_opinion(verdict: Verdict, stored: Verdict) -> bool:
    """Return whether an agent answered about some commit whose opinion is not in the stored verdict."""
    answered, before = ({(o.agent, o.commit) for o in each.opinions if not o.unreached} for each in (verdict, stored))
    return bool(answered - before or set(stored.unreached) - set(verdict.unreached))


def _unreached_reason(verdict: Verdict) -> str:
    reasons = (each.abstained for each in verdict.opinions if each.unreached and each.abstained)
    return storable(f"the agents could not be asked: {next(reasons, 'the language model did not answer')}")


def storable(reason: str) -> str:
    """Return untrusted text redacted, shortened, and without zero bytes or lone surrogates."""
    text = redact(reason).replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    return text[:1_000]


async def _stored_verdict(session: AsyncSession, claim: Claim) -> Verdict | None:
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
        word=finding.verdict.confidence.word,
        probability=finding.verdict.confidence.probability,
        evidence=finding.evidence.model_dump(mode="json"),
        verdict=finding.verdict.model_dump(mode="json"),
        report=finding.report.model_dump(mode="json"),
        snapshot=finding.snapshot.model_dump(mode="json") if finding.snapshot is not None else None,
    )


async def _settle(session: AsyncSession, claim: Claim, **changed: object) -> bool:
    """End the claim if it is still valid, and return whether it was."""
    settled = await session.scalars(
        update(IncidentRow)
        .where(*claim_valid(claim))
        .values(**{"claimed_by": None, "lease_until": None, "finished_at": datetime.now(UTC), **changed})
        .returning(IncidentRow.id)
    )
    return settled.first() is not None


async def _versions(session: AsyncSession, incident_id: str) -> int:
    found = await session.scalar(select(func.max(VerdictRow.version)).where(VerdictRow.incident_id == incident_id))
    return found or 0
