"""The worker: one export in, one line per reminder out."""

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

from reminders.appointments import from_row
from reminders.schedule import due


def initials(name: str) -> str:
    """`A. Yilmaz` as `A. Y.`, so that no full name reaches a log."""
    return " ".join(f"{part[0]}." for part in name.split())


def run(export: Path) -> int:
    """Print the reminders that are due; the number printed."""
    with export.open(newline="", encoding="utf-8") as file:
        appointments = [from_row(row) for row in csv.DictReader(file)]
    sent = 0
    for appointment in due(appointments, datetime.now(UTC)):
        print(f"{initials(appointment.patient)}: {appointment.starts:%d.%m. %H:%M}, {appointment.clinic}")
        sent += 1
    return sent


if __name__ == "__main__":
    run(Path(sys.argv[1]))
