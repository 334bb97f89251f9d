"""What many incidents say together: the groups of the last hours, and the deploys beside them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from incidents.frozen import Frozen
from incidents.incident import Status
from service.store.engine import Database
from service.store.last_verdict import is_last
from service.store.tables import DeployRow, IncidentRow, VerdictRow

_GROUPS = 100
_DEPLOYS = 100
Shared = Literal["code", "message"]
"""Why an incident is in its group: another one has the same repository, or only the same message."""


class Group(Frozen):
    """Related incidents: how many, in which services, and how the latest verdicts answer. `error` is the first one's."""

    id: str
    error: str
    incidents: int
    services: int
    errors: int
    first_at: datetime
    last_at: datetime
    resolved: int
    answers: dict[str, int]


class RecentDeploy(Frozen):
    """A deploy that was sent to us."""

    service: str
    environment: str
    repository: str
    revision: str
    at: datetime


class Overview:
    """Reads counts over many incidents. Never writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def groups(self, since: datetime) -> tuple[Group, ...]:
        """Return the groups with an incident opened since then, the latest first, at most 100."""
        return await self._groups(IncidentRow.opened_at >= since)

    async def group(self, name: str) -> Group | None:
        """Return one group with all its incidents; None when there is none of that name."""
        found = await self._groups(IncidentRow.group_id == name)
        return found[0] if found else None

    async def why_grouped(self, group: str, incidents: Collection[str]) -> dict[str, Shared]:
        """Return of these incidents those with another message than the group's first one, and what they share instead."""
        first = select(IncidentRow.wording).where(IncidentRow.id == group).scalar_subquery()
        other = aliased(IncidentRow)
        same_code = exists().where(
            other.group_id == group, other.id != IncidentRow.id, other.repository == IncidentRow.repository
        )
        rows = select(IncidentRow.id, same_code).where(IncidentRow.id.in_(incidents), IncidentRow.wording != first)
        async with self._database.read() as session:
            return {name: "code" if code else "message" for name, code in await session.execute(rows)}

    async def agents_due(self) -> int:
        """Return how many incidents have the evidence's verdict and wait for the agents."""
        query = select(func.count()).where(IncidentRow.status == Status.DONE, IncidentRow.agents_due)
        async with self._database.read() as session:
            return await session.scalar(query) or 0

    async def _groups(self, which: ColumnElement[bool]) -> tuple[Group, ...]:
        answer = func.coalesce(VerdictRow.outcome, IncidentRow.status)
        async with self._database.read() as session:
            rows = (await session.execute(_grouped(which))).all()
            answers = await session.execute(
                select(IncidentRow.group_id, answer, func.count())
                .outerjoin(VerdictRow, and_(VerdictRow.incident_id == IncidentRow.id, is_last()))
                .where(which, IncidentRow.group_id.in_([row.group_id for row in rows]))
                .group_by(IncidentRow.group_id, answer)
            )
            by_group: dict[str, dict[str, int]] = {}
            for group, outcome, count in answers:
                by_group.setdefault(group, {})[outcome] = count
            first = select(IncidentRow.id, IncidentRow.error).where(IncidentRow.id.in_([row.group_id for row in rows]))
            errors = {name: error for name, error in await session.execute(first)}
        return tuple(_group(row, errors.get(row.group_id, row.error), by_group.get(row.group_id, {})) for row in rows)

    async def deploys(self, since: datetime) -> tuple[RecentDeploy, ...]:
        """Return the deploys since then, the latest first, at most 100."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(DeployRow).where(DeployRow.at >= since).order_by(DeployRow.at.desc()).limit(_DEPLOYS)
            )
            return tuple(RecentDeploy.model_validate(row, from_attributes=True) for row in rows)


def _grouped(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The query for the groups of these incidents, which are found first: SQLite would walk through all, group by group."""
    ours = select(IncidentRow).where(which).cte("ours").prefix_with("MATERIALIZED").c
    return (
        select(
            ours.group_id,
            func.count().label("incidents"),
            func.count(func.distinct(ours.service)).label("services"),
            func.sum(ours.errors).label("errors"),
            func.min(ours.opened_at).label("first_at"),
            func.max(ours.last_seen_at).label("last_at"),
            func.count(ours.resolved_at).label("resolved"),
            func.max(ours.error).label("error"),
        )
        .group_by(ours.group_id)
        .order_by(func.max(ours.last_seen_at).desc())
        .limit(_GROUPS)
    )


def _group(row: Row[*tuple[Any, ...]], error: str, answers: dict[str, int]) -> Group:
    fields = {name: getattr(row, name) for name in Group.model_fields if name not in ("id", "error", "answers")}
    return Group.model_validate({**fields, "id": row.group_id, "error": error, "answers": answers})
