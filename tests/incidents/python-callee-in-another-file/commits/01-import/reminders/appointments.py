"""Appointments as the clinic's export spells them."""

from dataclasses import dataclass
from datetime import datetime

from reminders.moments import parse_moment


@dataclass(frozen=True)
class Appointment:
    """One appointment; `starts` is in the clinic's own time zone."""

    patient: str
    starts: datetime
    clinic: str


def from_row(row: dict[str, str]) -> Appointment:
    """One row of the export."""
    return Appointment(
        patient=row["patient"].strip(),
        starts=parse_moment(row["starts"]),
        clinic=row.get("clinic", "main"),
    )
