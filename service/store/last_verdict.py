"""Which verdict of an incident counts."""

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from service.store.tables import VerdictRow


def is_last() -> ColumnElement[bool]:
    """Whether a verdict is the latest one of its incident.

    As the absence of a later one, which databases look for at once for many; the highest version of each incident they
    would look up incident by incident.
    """
    later = aliased(VerdictRow)
    newer = (later.incident_id == VerdictRow.incident_id, later.version > VerdictRow.version)
    return ~exists().where(*newer).correlate(VerdictRow)
