"""When a reminder is due."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from reminders.appointments import Appointment

LEAD = timedelta(hours=24)


def due_at(appointment: Appointment) -> datetime:
    """The moment the reminder goes out, in UTC."""
    starts = appointment.starts.astimezone(UTC)
    return starts - LEAD


def due(appointments: Iterable[Appointment], now: datetime) -> Iterator[Appointment]:
    """The appointments whose reminder should go out now, soonest first."""
    waiting = sorted(appointments, key=due_at)
    return (appointment for appointment in waiting if due_at(appointment) <= now)
