"""What we work on."""

from datetime import datetime
from enum import StrEnum

from incidents.alert import Alert
from incidents.frozen import Frozen
from incidents.trace import StackTrace


class Status(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    DONE = "done"
    FAILED = "failed"


class Incident(Frozen):
    """One alert being worked on, with the window of revisions it may blame.

    `trace` was read from the alert's text when it came in; None: nobody has read it yet.
    """

    id: str
    alert: Alert
    opened_at: datetime
    base: str
    deployed: str
    trace: StackTrace | None = None
