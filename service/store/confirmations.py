"""What the owner's command showed about the commits of an incident: stored, and read back for report and policy."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.confirmation import Confirmation, StoredConfirmation, Trial
from service.store.decision_history import latest_version
from service.store.decisions import lock_decisions
from service.store.engine import Database
from service.store.incident_rows import incident_row
from service.store.outbox import Outbox
from service.store.revert_tables import ConfirmationRow, DecisionRow
from service.store.tables import AuditRow
from tools.text.redaction import redact

_READ: Final = 20
_TRIALS: Final = 100
_OUTPUT: Final = 2_000
_OPEN: Final = ("declined", "confirming")
"""States of a decision that is taken anew when the command says something: nothing was done because of it."""


class Confirmations:
    """Stores trials. Whoever stores them is responsible for what they say: nothing is run from here."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def add(self, incident_id: str, found: Confirmation, actor: str) -> int:
        """Store trials, show them, and have the policy decide anew. Returns their number. Raises IncidentNotFound."""
        now, clean = datetime.now(UTC), _to_store(found)
        async with self._database.write() as session:
            await lock_decisions(session)
            await incident_row(session, incident_id, lock=True)
            row = ConfirmationRow(
                incident_id=incident_id,
                at=now,
                actor=redact(actor)[:100],
                suspected=clean.suspected,
                proven=clean.proven,
                confirmed=clean.confirmed,
                found=clean.model_dump(mode="json"),
            )
            session.add(row)
            session.add(
                AuditRow(at=now, incident_id=incident_id, actor=row.actor, action="trials", detail=_audited(clean))
            )
            await _decide_anew(session, incident_id)
            await session.flush()
            await self._outbox.changed(session, {incident_id: None})
            return row.id

    async def of(self, incident_id: str) -> tuple[StoredConfirmation, ...]:
        """Return the latest trials of an incident, newest first."""
        async with self._database.read() as session:
            return await confirmations_of(session, incident_id)


_LATEST = (
    select(ConfirmationRow)
    .where(ConfirmationRow.incident_id == bindparam("incident"))
    .order_by(ConfirmationRow.id.desc())
    .limit(_READ)
)


async def confirmations_of(session: AsyncSession, incident_id: str) -> tuple[StoredConfirmation, ...]:
    """As `Confirmations.of`, in a transaction of the caller."""
    rows = await session.scalars(_LATEST, {"incident": incident_id})
    return tuple(StoredConfirmation.model_validate(row.columns_of(StoredConfirmation)) for row in rows)


async def _decide_anew(session: AsyncSession, incident_id: str) -> None:
    """Forget what was decided about the latest verdict and led to nothing; its audit record stays."""
    latest = latest_version(incident_id).scalar_subquery()
    mine = (DecisionRow.incident_id == incident_id, DecisionRow.version == latest)
    await session.execute(delete(DecisionRow).where(*mine, DecisionRow.state.in_(_OPEN)))


def _to_store(found: Confirmation) -> Confirmation:
    """Without secrets, and of what was printed only the end of the last failed run."""
    failed = next((each for each in reversed(found.trials) if each.outcome == "failed"), None)
    trials = tuple(_bounded(each, _OUTPUT if each is failed else 0) for each in found.trials[-_TRIALS:])
    words = {"command": _clean(found.command)[:500], "detail": _clean(found.detail)[:500]}
    return found.model_copy(update={**words, "trials": trials})


def _bounded(trial: Trial, most: int) -> Trial:
    return trial.model_copy(update={"output": _clean(trial.output)[-most:] if most else ""})


def _clean(text: str) -> str:
    return redact(text).replace("\x00", "")


def _audited(found: Confirmation) -> dict[str, object]:
    """The audit record: everything but what was printed."""
    return found.model_dump(mode="json", exclude={"trials": {"__all__": {"output"}}})
