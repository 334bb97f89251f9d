"""What a person has done to an incident: investigated again, with other revisions, or with a trace it lacked."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.alert import Alert
from incidents.errors import FieldInvalid, IncidentNotFound
from incidents.incident import Status
from incidents.trace import StackTrace
from service.intake.alert_event import Receipt
from service.store.engine import Database
from service.store.incident_rows import restart
from service.store.outbox import Outbox
from service.store.tables import AlertRow, AuditRow, IncidentRow

_CORRECTED, _RERUN, _TRACE = "corrected by hand", "rerun", "trace added"
_BY_HAND = (AuditRow.detail["why"].as_string().in_((_CORRECTED, _RERUN, _TRACE)),)
MOST = 100
"""How often people may have one incident investigated again."""


class Reruns:
    """Starts the investigation of an incident anew, whatever its status; who works on it loses the claim."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def rerun(
        self, incident_id: str, actor: str, base: str | None = None, deployed: str | None = None
    ) -> Receipt:
        """Investigate it again; `base` and `deployed` take the place of what its alert says.

        Revisions that neither names are looked up in the deploys again. Raises IncidentNotFound, FieldInvalid.
        """
        async with self._database.write() as session:
            incident, stored = await _found(session, incident_id)
            alert = Alert.model_validate(stored.alert)
            named = {name: value for name, value in (("base", base), ("deployed", deployed)) if value}
            corrected = alert.model_copy(update=named)
            why = _CORRECTED if named else _RERUN
            return await self._again(session, incident, _row(stored, corrected, stored.trace), actor, why)

    async def add_trace(self, incident_id: str, alert: Alert, trace: StackTrace, identity: str, actor: str) -> Receipt:
        """Investigate it again with the text of `alert`, read as `trace`. Raises IncidentNotFound, FieldInvalid.

        Only the text is taken: while a long one is parsed, somebody may correct the revisions.
        The incident takes the `identity` of the error with its frames, unless another living one has it.
        """
        async with self._database.write() as session:
            incident, stored = await _found(session, incident_id)
            if trace.frames and not await _taken(session, incident, identity):
                incident.identity, incident.log_lookup = identity, False
            text = {"stack_trace": alert.stack_trace, "message": alert.message}
            current = Alert.model_validate(stored.alert).model_copy(update=text)
            row = _row(stored, current, trace.model_dump(mode="json", exclude_defaults=True))
            return await self._again(session, incident, row, actor, _TRACE)

    async def _again(
        self, session: AsyncSession, incident: IncidentRow, row: AlertRow, actor: str, why: str
    ) -> Receipt:
        session.add(row)
        await session.flush()  # the incident points to the alert
        alert = Alert.model_validate(row.alert)
        window = (alert.base or "", alert.deployed or "")
        await restart(session, incident, row.id, window, why=why, actor=actor, now=row.received_at)
        await self._outbox.changed(session, {incident.id: "investigating"})
        return Receipt(incident.id, "restarted", Status.OPEN)


async def _found(session: AsyncSession, incident_id: str) -> tuple[IncidentRow, AlertRow]:
    incident = await session.scalar(select(IncidentRow).where(IncidentRow.id == incident_id).with_for_update())
    if incident is None:
        raise IncidentNotFound(f"no incident has the id {incident_id[:40]}")
    by_hand = (AuditRow.incident_id == incident_id, AuditRow.action == "restarted", *_BY_HAND)
    if (await session.scalar(select(func.count()).where(*by_hand)) or 0) >= MOST:
        raise FieldInvalid("incident_id", f"was investigated again {MOST} times by hand; send it as a new alert")
    return incident, await session.get_one(AlertRow, incident.alert_id)


async def _taken(session: AsyncSession, incident: IncidentRow, identity: str) -> bool:
    others = (IncidentRow.identity == identity, IncidentRow.id != incident.id, IncidentRow.closed_at.is_(None))
    return await session.scalar(select(IncidentRow.id).where(*others).limit(1)) is not None


def _row(stored: AlertRow, alert: Alert, trace: dict[str, object] | None) -> AlertRow:
    """A row of its own: verdicts and feedback go by the alert of their round."""
    return AlertRow(
        received_at=datetime.now(UTC),
        source=stored.source,
        state="firing",
        key=stored.key,
        incident_id=stored.incident_id,
        effect="restarted",
        body_hash=None,
        alert=alert.model_dump(mode="json"),
        trace=trace,
    )
