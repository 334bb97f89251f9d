"""The incident: an alert being investigated."""

from datetime import datetime
from enum import StrEnum

from incidents.alert import Alert
from incidents.frozen import Frozen
from incidents.trace import StackTrace


class Status(StrEnum):
    """The state of an incident."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    DONE = "done"
    FAILED = "failed"


class Incident(Frozen):
    """One alert being investigated, with the window of revisions that may contain the cause.

    `trace` was parsed from the alert's text when the alert arrived; None when it has not been parsed yet.
    """

    id: str
    alert: Alert
    opened_at: datetime
    base: str
    deployed: str
    trace: StackTrace | None = None
