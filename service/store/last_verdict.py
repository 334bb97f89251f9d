"""Which verdict of an incident counts."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from service.store.tables import IncidentRow, VerdictRow


def is_last() -> ColumnElement[bool]:
    """Whether a verdict, joined to its incident, is the latest one."""
    other = aliased(VerdictRow)
    later = select(func.max(other.version)).where(other.incident_id == IncidentRow.id).correlate(IncidentRow)
    return VerdictRow.version == later.scalar_subquery()
