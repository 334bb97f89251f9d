"""One notification of a sender, read: what every adapter makes and the store takes."""

from dataclasses import dataclass
from typing import Literal

from incidents.alert import Alert
from incidents.errors import InputError
from incidents.trace import StackTrace

UNKNOWN = "unknown"
"""The service of an alert that names none."""
State = Literal["firing", "resolved", "test", "monitoring"]
"""`monitoring`: the sender's own failure (it cannot read its data), which says nothing of the service."""
Effect = Literal["opened", "counted", "restarted", "resolved", "repeated", "kept"]
"""What a notice did: opened an incident, was counted on one, made its investigation start anew, ended it, had been
told before, or was only kept (a test, a failure of the monitoring, the end of something unknown)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An alert as it may be stored (redacted), with what the sender says around it.

    `key` is the sender's own name for what fires; `deliveries` are ids under which it would come again: the sender's
    own, and a name of what was signed. `body` is what was received, redacted. `trace` was parsed from the alert's text,
    once for all that follows; None when it has none. `error_text` is False when the alert only has a title: the error
    is in the logs.
    `identity`, `bare` and `wording`: see service/intake/fingerprint.py. `strict`: revisions that nobody knows are
    refused instead of being looked for again when the work begins. `tier` 1 is the most important. `shared`: other
    senders use the address too, so that the same `key` may be another's. `former_key` and `former_bare` are what an
    older build had for `key` and `bare`, where they were others: incidents that are still open are known by them.
    `siteless`: see Draft.
    """

    alert: Alert
    body: str
    identity: str
    bare: str
    wording: str
    trace: StackTrace | None = None
    source: str = "redtide"
    state: State = "firing"
    key: str = ""
    former_key: str = ""
    former_bare: str = ""
    siteless: bool = False
    deliveries: tuple[str, ...] = ()
    error_text: bool = True
    strict: bool = False
    shared: bool = False
    tier: int = 3


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a notice. `incident` is None when it belongs to none; `status` is where that stands."""

    incident: str | None
    effect: Effect
    status: str | None = None


Result = Receipt | InputError
"""A receipt, or why this one notice was refused; the others of its transaction are stored all the same."""
