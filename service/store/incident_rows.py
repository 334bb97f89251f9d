"""Create an incident's row, and update it with one more alert."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.errors import IncidentNotFound
from incidents.incident import Status
from incidents.trace import StackTrace
from service.intake.alert_event import Notice
from service.store.tables import AuditRow, IncidentRow

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # without l, o, 0 and 1, which are easily confused
_LEAST_MINUTES = 1.0  # a rate over a shorter time would be noise
MOST_CLAIMED = 1_000
"""The most errors that one alert adds to the rate, which decides the order: senders may claim any number."""


def new_id(kind: str = "INC") -> str:
    """Return a new random id."""
    return f"{kind}-" + "".join(secrets.choice(_LETTERS) for _ in range(10))


async def incident_row(session: AsyncSession, incident_id: str, *, lock: bool = False) -> IncidentRow:
    """Return the row of an incident, with `lock` for this transaction alone. Raises IncidentNotFound."""
    row = await session.get(IncidentRow, incident_id, with_for_update=lock or None)
    if row is None:
        raise not_found(incident_id)
    return row


def not_found(incident_id: str) -> IncidentNotFound:
    """Return the error of an id that no incident has."""
    return IncidentNotFound(f"no incident has the id {incident_id[:40]}")


def count(known: IncidentRow, notice: Notice, now: datetime) -> None:
    """Add one more alert to an open incident: update counts, rate and tier, and mark it as not resolved."""
    before = known.rate * _minutes(known, known.last_seen_at)
    known.alerts += 1
    known.errors += notice.alert.count
    known.last_seen_at, known.resolved_at = now, None
    known.rate = (before + min(notice.alert.count, MOST_CLAIMED)) / _minutes(known, now)
    known.tier = min(known.tier, notice.tier)


def _minutes(known: IncidentRow, until: datetime) -> float:
    return max((until - known.opened_at) / timedelta(minutes=1), _LEAST_MINUTES)


def opened(notice: Notice, incident_id: str, group: str, alert_id: int, now: datetime) -> IncidentRow:
    """Return the row of a new incident, without base and deployed revision."""
    alert = notice.alert
    return IncidentRow(
        id=incident_id,
        alert_id=alert_id,
        opened_at=now,
        last_seen_at=now,
        source=notice.source,
        service=alert.service,
        environment=alert.environment,
        repository=alert.repository,
        error=_first_line(alert.message) or _first_line(_of_trace(notice.trace)) or _first_line(alert.stack_trace),
        status=Status.OPEN,
        identity=notice.identity,
        bare=notice.bare,
        wording=notice.wording,
        group_id=group,
        alerts=1,
        errors=alert.count,
        rate=min(alert.count, MOST_CLAIMED) / _LEAST_MINUTES,
        tier=notice.tier,
        log_lookup=not notice.error_text,
        round=1,
        attempts=0,
        tries=0,
        agents_due=False,
        agent_retries=0,
    )


async def restart(
    session: AsyncSession,
    incident: IncidentRow,
    alert_id: int,
    window: tuple[str, str],
    *,
    why: str,
    actor: str,
    now: datetime,
) -> None:
    """Start its investigation anew, of this alert and window (base, deployed); a replica that works on it loses its claim.

    Every column is written, also unchanged ones: on PostgreSQL triage may have changed them since they were read.
    """
    base, deployed = window
    detail = {"why": why, "base": base, "deployed": deployed, "before": incident.deployed}
    session.add(AuditRow(at=now, incident_id=incident.id, actor=actor, action="restarted", detail=detail))
    free = dict.fromkeys(("claimed_by", "lease_until", "not_before", "finished_at", "failure"))
    subject = {"alert_id": alert_id, "base": base, "deployed": deployed}
    queue = {"status": Status.OPEN, "round": incident.round + 1, "tries": 0, "agents_due": False, "agent_retries": 0}
    await session.execute(update(IncidentRow).where(IncidentRow.id == incident.id).values(**free, **subject, **queue))


_ERROR_CHARACTERS = 300


def _of_trace(trace: StackTrace | None) -> str:
    """The error as a trace names it: the line of a log begins with times and levels."""
    return ": ".join(part for part in (trace.exception, trace.message) if part) if trace is not None else ""


def _first_line(text: str) -> str:
    lines = (line.strip() for line in text[: _ERROR_CHARACTERS * 20].replace("\x00", "").splitlines())
    return next((line for line in lines if line), "")[:_ERROR_CHARACTERS]
