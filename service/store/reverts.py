"""How far the revert of an incident's commit is: every stage is stored, the last one is shown."""

from typing import get_args

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.revert import RevertStep, Stage
from incidents.verdict import Verdict
from service.render.message import REVERT_STATES, State
from service.store.engine import Database
from service.store.incident_rows import incident_row
from service.store.outbox import Outbox
from service.store.tables import AuditRow, RevertStepRow
from tools.text.redaction import redact

_ORDER = get_args(Stage)


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
            await self._outbox.changed(session, {incident_id: REVERT_STATES[step.stage]})
            return True


def _further(before: Stage, now: Stage) -> bool:
    """Whether `now` comes after `before`. Errors that come back end "recovered", and the other way round."""
    return _ORDER.index(now) > _ORDER.index(before) or (before, now) == ("not_helped", "recovered")


async def last_step(session: AsyncSession, incident_id: str) -> RevertStep | None:
    """Return where the revert stands; None when none was proposed."""
    of_it = select(RevertStepRow).where(RevertStepRow.incident_id == incident_id)
    row = await session.scalar(of_it.order_by(RevertStepRow.id.desc()).limit(1))
    if row is None:
        return None
    return RevertStep.model_validate({name: getattr(row, name) for name in RevertStep.model_fields})


async def state_after(session: AsyncSession, incident_id: str, verdict: Verdict) -> State:
    """Return what a message shows of a verdict: its outcome, or how far the revert of its commit is."""
    last = await last_step(session, incident_id)
    return verdict.outcome if last is None or last.commit != verdict.culprit else REVERT_STATES[last.stage]
