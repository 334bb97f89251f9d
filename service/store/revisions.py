"""Revisions as senders name them, beside those that an incident was investigated with."""

from incidents.alert import Alert
from incidents.incident import Status
from service.store.tables import IncidentRow

_HEX = frozenset("0123456789abcdef")


def same_revision(one: str, other: str) -> bool:
    """Return whether two revisions are the same text, or one abbreviates the other's commit id."""
    short, long = sorted((one.lower(), other.lower()), key=len)
    return one == other or (len(short) >= 7 and set(short) <= _HEX and long.startswith(short))


def is_corrected(alert: Alert, known: IncidentRow) -> bool:
    """Whether an incident failed, and this alert names revisions that it was not investigated with."""
    named = [(said, tried) for said, tried in ((alert.base, known.base), (alert.deployed, known.deployed)) if said]
    return known.status == Status.FAILED and any(not same_revision(said, tried) for said, tried in named)
