"""The order of waiting incidents: sources share the capacity, then services; among equals the worst incident is first.

With tier and rate alone, one sender with many bad incidents, or with false claims, would block all others.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from incidents.incident import Status
from service.store.tables import IncidentRow

_RECENTLY = timedelta(minutes=2)


def moments(now: datetime) -> dict[str, datetime]:
    """Return the values of the query's parameters `now` and `recently`."""
    return {"now": now, "recently": now - _RECENTLY}


def in_fair_order(incidents: Select[IncidentRow]) -> Select[IncidentRow]:
    """Return the query in fair order, with a parameter `recently` (see `moments`).

    First the incidents whose source, then whose service has fewer running investigations; then by tier; then the
    service that was started less often recently; then by rate; then the oldest.
    """
    other = aliased(IncidentRow)
    running = other.status == Status.INVESTIGATING
    sources = _counted(other, other.source, running)
    services = _counted(other, other.service, running)
    lately = _counted(other, other.service, other.started_at > bindparam("recently"))
    return (
        incidents.outerjoin(sources, sources.c.name == IncidentRow.source)
        .outerjoin(services, services.c.name == IncidentRow.service)
        .outerjoin(lately, lately.c.name == IncidentRow.service)
        .order_by(
            func.coalesce(sources.c.number, 0),
            func.coalesce(services.c.number, 0),
            IncidentRow.tier,
            func.coalesce(lately.c.number, 0),
            IncidentRow.rate.desc(),
            IncidentRow.opened_at,
            IncidentRow.id,
        )
    )


def _counted(other: type[IncidentRow], name: InstrumentedAttribute[Any], which: ColumnElement[bool]) -> Subquery:
    return select(name.label("name"), func.count(other.id).label("number")).where(which).group_by(name).subquery()
