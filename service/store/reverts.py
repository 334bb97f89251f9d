"""How far the revert of an incident's commit is: every stage is stored, the last one is shown."""

from datetime import UTC, datetime
from typing import Final, NamedTuple, get_args

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.revert import RevertStep, Stage
from incidents.verdict import Outcome, Verdict
from service.render.message import REVERT_STATES, State
from service.store.engine import Database
from service.store.feedback_meaning import CORRECTING
from service.store.incident_rows import incident_row
from service.store.outbox import Outbox
from service.store.revert_tables import RevertStepRow
from service.store.tables import AlertRow, AuditRow, FeedbackRow, VerdictRow
from tools.text.redaction import redact

_ORDER = get_args(Stage)
_WITHDRAWN: Final = "withdrawn"
_AWAITED = ("merged", "deployed")
_MOST_ALERTS = 500


class Awaited(NamedTuple):
    """An incident, and how far its revert is."""

    incident: str
    step: RevertStep


class Passed(NamedTuple):
    """A `Stage` that the revert of an incident's commit reached, or `withdrawn`: it was taken back."""

    stage: str
    at: datetime


class RevertRecords:
    """Stores the stages of reverts. Nothing is carried out from here."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def note(self, incident_id: str, step: RevertStep) -> bool:
        """Store that a revert reached this stage, and show it. Raises IncidentNotFound.

        Returns False, and stores nothing, for old news: the revert of this commit is there already, or further.
        """
        async with self._database.write() as session:
            stored = await store_step(session, incident_id, step)
            if stored:
                await self._outbox.changed(session, {incident_id: REVERT_STATES[step.stage]})
            return stored

    async def passed(self, incident_id: str) -> tuple[Passed, ...]:
        """Return all stages that reverts for the incident have passed, oldest first."""
        of_it = select(RevertStepRow.stage, RevertStepRow.at).where(RevertStepRow.incident_id == incident_id)
        async with self._database.read() as session:
            rows = await session.execute(of_it.order_by(RevertStepRow.id))
            return tuple(Passed(stage, at) for stage, at in rows)

    async def awaited(self, limit: int = 100) -> tuple[Awaited, ...]:
        """Return incidents whose revert is merged or live and whose effect is not known, the oldest first."""
        last = select(func.max(RevertStepRow.id)).group_by(RevertStepRow.incident_id)
        going_on = select(RevertStepRow).where(RevertStepRow.id.in_(last), RevertStepRow.stage.in_(_AWAITED))
        async with self._database.read() as session:
            rows = await session.scalars(going_on.order_by(RevertStepRow.at).limit(limit))
            return tuple(Awaited(row.incident_id, _step(row)) for row in rows)

    async def alert_times(self, incident_id: str) -> tuple[datetime, ...]:
        """Return when the latest alerts of an incident that say that it fails came in, oldest first."""
        theirs = (AlertRow.incident_id == incident_id, AlertRow.state == "firing")
        newest = select(AlertRow.received_at).where(*theirs).order_by(AlertRow.id.desc()).limit(_MOST_ALERTS)
        async with self._database.read() as session:
            return tuple(sorted(await session.scalars(newest)))


async def store_step(session: AsyncSession, incident_id: str, step: RevertStep) -> bool:
    """As `RevertRecords.note`, in a transaction of the caller, who says to the outbox that it changed."""
    await incident_row(session, incident_id, lock=True)
    last = await last_step(session, incident_id)
    if last is not None and last.commit == step.commit and not _further(last.stage, step.stage):
        return False
    actor = redact(step.actor)[:100]
    fields = {"commit": step.commit, "stage": step.stage, "url": step.url}
    session.add(RevertStepRow(incident_id=incident_id, actor=actor, at=step.at, **fields))
    session.add(
        AuditRow(at=step.at, incident_id=incident_id, actor=actor, action=f"revert {step.stage}", detail=fields)
    )
    return True


async def withdraw(session: AsyncSession, incident_id: str, commit: str, actor: str) -> State | None:
    """Store that the revert of this commit was withdrawn, and return what messages show then; None: as before."""
    await incident_row(session, incident_id, lock=True)
    last = await last_step(session, incident_id)
    if last is None or last.commit != commit:
        return None
    fields = {"commit": commit, "stage": _WITHDRAWN, "url": None, "at": datetime.now(UTC)}
    session.add(RevertStepRow(incident_id=incident_id, actor=redact(actor)[:100], **fields))
    said = select(FeedbackRow.label).where(FeedbackRow.incident_id == incident_id).order_by(FeedbackRow.id.desc())
    if await session.scalar(said.limit(1)) in CORRECTING:
        return "wrong"
    newest = select(VerdictRow.outcome).where(VerdictRow.incident_id == incident_id)
    outcome: Outcome | None = await session.scalar(newest.order_by(VerdictRow.version.desc()).limit(1))
    return outcome


def _further(before: Stage, now: Stage) -> bool:
    """Whether `now` comes after `before`. Errors that come back end "recovered", and the other way round."""
    return _ORDER.index(now) > _ORDER.index(before) or (before, now) == ("not_helped", "recovered")


_LAST_STEP = (
    select(RevertStepRow)
    .where(RevertStepRow.incident_id == bindparam("incident"))
    .order_by(RevertStepRow.id.desc())
    .limit(1)
)


async def last_step(session: AsyncSession, incident_id: str) -> RevertStep | None:
    """Return where the revert stands; None when none was proposed, or the last one was withdrawn."""
    row = await session.scalar(_LAST_STEP, {"incident": incident_id})
    if row is None or row.stage == _WITHDRAWN:
        return None
    return _step(row)


def _step(row: RevertStepRow) -> RevertStep:
    return RevertStep.model_validate({name: getattr(row, name) for name in RevertStep.model_fields})


async def state_after(session: AsyncSession, incident_id: str, verdict: Verdict) -> State:
    """Return what a message shows of a verdict: its outcome, or how far the revert of its commit is."""
    last = await last_step(session, incident_id)
    return verdict.outcome if last is None or last.commit != verdict.culprit else REVERT_STATES[last.stage]
