"""What many incidents say together: the groups of the last hours, and how good the verdicts have been."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, func, select

from incidents.frozen import Frozen
from incidents.verdict import STATED, Outcome
from service.store.engine import Database
from service.store.last_verdict import is_last
from service.store.schemas import Label
from service.store.tables import DeployRow, FeedbackRow, IncidentRow, VerdictRow

_GROUPS = 100
_DEPLOYS = 100


class Group(Frozen):
    """Related incidents: how many, in which services, and how the latest verdicts answer."""

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


class Judged(Frozen):
    """One verdict that a person judged, as far as counting needs it."""

    incident: str
    service: str
    repository: str
    at: datetime
    outcome: Outcome
    word: str
    probability: float | None
    label: Label

    @property
    def result(self) -> str:
        """`right` or `wrong` when something was stated, else `not stated`. A "none" is right when no deploy did it."""
        if self.outcome not in STATED:
            return "not stated"
        right = self.label == "right" or (self.outcome == "none" and self.label == "not_a_deploy")
        return "right" if right else "wrong"


class Tally(NamedTuple):
    """Judged verdicts of one name, counted by result."""

    name: str
    right: int
    wrong: int
    not_stated: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.right + self.wrong + self.not_stated


def tallies(judged: Iterable[tuple[str, Judged]]) -> tuple[Tally, ...]:
    """Count results by name, the largest first."""
    counts: dict[str, Counter[str]] = {}
    for name, each in judged:
        counts.setdefault(name, Counter())[each.result] += 1
    rows = [Tally(name, each["right"], each["wrong"], each["not stated"]) for name, each in counts.items()]
    return tuple(sorted(rows, key=lambda row: (-row.total, row.name)))


class Overview:
    """Reads counts over many incidents. Never writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def groups(self, since: datetime) -> tuple[Group, ...]:
        """Return the groups with an incident opened since then, the latest first, at most 100."""
        grouped = (
            select(
                IncidentRow.group_id,
                func.count().label("incidents"),
                func.count(func.distinct(IncidentRow.service)).label("services"),
                func.sum(IncidentRow.errors).label("errors"),
                func.min(IncidentRow.opened_at).label("first_at"),
                func.max(IncidentRow.last_seen_at).label("last_at"),
                func.count(IncidentRow.resolved_at).label("resolved"),
                func.max(IncidentRow.error).label("error"),
            )
            .where(IncidentRow.opened_at >= since)
            .group_by(IncidentRow.group_id)
            .order_by(func.max(IncidentRow.last_seen_at).desc())
            .limit(_GROUPS)
        )
        async with self._database.read() as session:
            rows = (await session.execute(grouped)).all()
            answers = await session.execute(
                select(IncidentRow.group_id, func.coalesce(VerdictRow.outcome, IncidentRow.status), func.count())
                .outerjoin(VerdictRow, and_(VerdictRow.incident_id == IncidentRow.id, is_last()))
                .where(IncidentRow.opened_at >= since, IncidentRow.group_id.in_([row.group_id for row in rows]))
                .group_by(IncidentRow.group_id, func.coalesce(VerdictRow.outcome, IncidentRow.status))
            )
            by_group: dict[str, dict[str, int]] = {}
            for group, outcome, count in answers:
                by_group.setdefault(group, {})[outcome] = count
        return tuple(_group(row, by_group.get(row.group_id, {})) for row in rows)

    async def deploys(self, since: datetime) -> tuple[RecentDeploy, ...]:
        """Return the deploys since then, the latest first, at most 100."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(DeployRow).where(DeployRow.at >= since).order_by(DeployRow.at.desc()).limit(_DEPLOYS)
            )
            return tuple(RecentDeploy.model_validate(row, from_attributes=True) for row in rows)

    async def judged(self, since: datetime) -> Sequence[Judged]:
        """Return the verdicts whose last feedback was given since then, the latest first."""
        last = select(func.max(FeedbackRow.id)).group_by(FeedbackRow.incident_id)
        query = (
            select(
                IncidentRow.id.label("incident"),
                IncidentRow.service,
                IncidentRow.repository,
                FeedbackRow.at,
                VerdictRow.outcome,
                VerdictRow.word,
                VerdictRow.probability,
                FeedbackRow.label,
            )
            .join(IncidentRow, IncidentRow.id == FeedbackRow.incident_id)
            .join(
                VerdictRow,
                and_(VerdictRow.incident_id == FeedbackRow.incident_id, VerdictRow.version == FeedbackRow.version),
            )
            .where(FeedbackRow.id.in_(last), FeedbackRow.at >= since)
            .order_by(FeedbackRow.id.desc())
        )
        async with self._database.read() as session:
            rows = await session.execute(query)
            return [Judged.model_validate(row, from_attributes=True) for row in rows]


def _group(row: Row[*tuple[Any, ...]], answers: dict[str, int]) -> Group:
    fields = {name: getattr(row, name) for name in Group.model_fields if name not in ("id", "answers")}
    return Group.model_validate({**fields, "id": row.group_id, "answers": answers})
