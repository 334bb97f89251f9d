"""Runs that judge stored incidents again: which incidents, who works on them, and how far they are."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.errors import FieldInvalid, IncidentNotFound
from incidents.incident import Status
from service.store.engine import Database
from service.store.last_verdict import is_last
from service.store.leases import database_time
from service.store.rescoring_schemas import COMMAND_LINE, Progress, Rescoring, Selection
from service.store.rescoring_tables import RescoredRow, RescoringRow
from service.store.tables import FeedbackRow, IncidentRow, VerdictRow


class Rescorings:
    """Stores runs and who works on them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, name: str, configuration: dict[str, Any], selection: Selection, actor: str) -> int:
        """Store a new run with the incidents that it is about, and return their number.

        Only verdicts with a snapshot can be made again. Raises FieldInvalid for a name that is taken, and when no
        incident fits.
        """
        async with self._database.write() as session:
            if await session.get(RescoringRow, name) is not None:
                raise FieldInvalid("name", f"a rescoring {name!r} exists: continue it, or choose another name")
            found = (await session.execute(_selected(selection))).all()
            if not found:
                raise FieldInvalid("selection", "no stored verdict fits that can be made again")
            now = datetime.now(UTC)
            fields = {"configuration": configuration, "selection": selection.model_dump(mode="json")}
            session.add(RescoringRow(name=name, created_at=now, actor=actor, **fields))
            await session.flush()
            session.add_all(
                RescoredRow(rescoring=name, incident_id=incident, version=version) for incident, version in found
            )
        return len(found)

    async def configure(self, name: str, configuration: dict[str, Any]) -> None:
        """Store the configuration of a run whose settings were not known when it was asked for."""
        async with self._database.write() as session:
            await session.execute(
                update(RescoringRow).where(RescoringRow.name == name).values(configuration=configuration)
            )

    async def rescoring(self, name: str) -> Rescoring:
        """Return a run. Raises IncidentNotFound for an unknown name."""
        async with self._database.read() as session:
            row = await session.get(RescoringRow, name)
            if row is None:
                raise IncidentNotFound(f"rescoring: there is none named {name[:100]!r}")
            return await _rescoring(session, row)

    async def latest(self, limit: int = 50) -> tuple[Rescoring, ...]:
        """Return the newest runs."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(RescoringRow).order_by(RescoringRow.created_at.desc(), RescoringRow.name).limit(limit)
            )
            return tuple([await _rescoring(session, row) for row in rows])

    async def waiting(self) -> str | None:
        """Return the oldest run that a replica may carry out and that nobody works on; None when there is none."""
        async with self._database.read() as session:
            now = await database_time(session)
            free = or_(RescoringRow.lease_until.is_(None), RescoringRow.lease_until <= now)
            return await session.scalar(
                select(RescoringRow.name)
                .where(free, _unfinished(), ~RescoringRow.stopped, RescoringRow.actor != COMMAND_LINE)
                .order_by(RescoringRow.created_at)
                .limit(1)
            )

    async def without_result(self) -> tuple[str, ...]:
        """Return the runs that are done and whose comparison is not stored: whoever made it died before."""
        async with self._database.read() as session:
            names = select(RescoringRow.name).where(RescoringRow.result.is_(None), ~_unfinished())
            return tuple(await session.scalars(names.limit(10)))

    async def claim(self, owner: str, seconds: float, name: str) -> bool:
        """Claim a run, also one that was stopped. Returns False when somebody works on it, or nothing is left to do."""
        async with self._database.write() as session:
            now = await database_time(session)
            free = or_(RescoringRow.lease_until.is_(None), RescoringRow.lease_until <= now)
            mine = select(RescoringRow).where(RescoringRow.name == name, free, _unfinished())
            row = await session.scalar(mine.with_for_update(skip_locked=True))
            if row is None:
                return False
            row.claimed_by, row.lease_until = owner, now + timedelta(seconds=seconds)
            row.stopped, row.problem = False, None
            return True

    async def renew(self, name: str, owner: str, seconds: float) -> bool:
        """Renew the claim. Returns False when it is lost, or somebody stopped the run."""
        async with self._database.write() as session:
            now = await database_time(session)
            ours = and_(RescoringRow.name == name, RescoringRow.claimed_by == owner, ~RescoringRow.stopped)
            renewed = await session.scalars(
                update(RescoringRow)
                .where(ours)
                .values(lease_until=now + timedelta(seconds=seconds))
                .returning(RescoringRow.name)
            )
            return renewed.first() is not None

    async def release(self, name: str, owner: str) -> None:
        """Give the claim back: whoever asks next continues the run."""
        async with self._database.write() as session:
            await session.execute(
                update(RescoringRow)
                .where(RescoringRow.name == name, RescoringRow.claimed_by == owner)
                .values(claimed_by=None, lease_until=None)
            )

    async def stop(self, name: str, problem: str | None = None) -> None:
        """Stop a run; `redtide rescore --name` continues it. Raises IncidentNotFound."""
        async with self._database.write() as session:
            row = await session.get(RescoringRow, name)
            if row is None:
                raise IncidentNotFound(f"rescoring: there is none named {name[:100]!r}")
            row.stopped, row.problem = True, problem

    async def keep_result(self, name: str, result: dict[str, Any]) -> None:
        """Store the comparison of a finished run with the stored verdicts."""
        async with self._database.write() as session:
            await session.execute(update(RescoringRow).where(RescoringRow.name == name).values(result=result))

    async def result(self, name: str) -> dict[str, Any] | None:
        """Return the comparison of a run, None before it is done. Raises IncidentNotFound."""
        async with self._database.read() as session:
            row = await session.get(RescoringRow, name)
            if row is None:
                raise IncidentNotFound(f"rescoring: there is none named {name[:100]!r}")
            return row.result

    async def live_work(self) -> bool:
        """Whether an incident is investigated now, or waits for it and is due."""
        async with self._database.read() as session:
            now = await database_time(session)
            due = or_(IncidentRow.not_before.is_(None), IncidentRow.not_before <= now)
            live = or_(IncidentRow.status == Status.INVESTIGATING, and_(IncidentRow.status == Status.OPEN, due))
            return await session.scalar(select(IncidentRow.id).where(live).limit(1)) is not None


def _selected(wanted: Selection) -> Any:  # noqa: ANN401  (a Select of two columns, whose type is three lines long)
    conditions: list[ColumnElement[bool]] = [is_last(), VerdictRow.snapshot.is_not(None)]
    conditions += [IncidentRow.opened_at >= wanted.since] if wanted.since else []
    conditions += [IncidentRow.opened_at < wanted.until] if wanted.until else []
    conditions += [IncidentRow.service == wanted.service] if wanted.service else []
    conditions += [IncidentRow.repository == wanted.repository] if wanted.repository else []
    conditions += [VerdictRow.outcome == wanted.outcome] if wanted.outcome else []
    if wanted.labelled:
        conditions.append(select(FeedbackRow.id).where(FeedbackRow.incident_id == IncidentRow.id).exists())
    return (
        select(IncidentRow.id, VerdictRow.version)
        .join(VerdictRow, VerdictRow.incident_id == IncidentRow.id)
        .where(*conditions)
        .order_by(IncidentRow.opened_at.desc(), IncidentRow.id)
        .limit(wanted.limit)
    )


def _unfinished() -> ColumnElement[bool]:
    waits = (RescoredRow.rescoring == RescoringRow.name, RescoredRow.finished_at.is_(None))
    return select(RescoredRow.incident_id).where(*waits).exists()


async def _rescoring(session: AsyncSession, row: RescoringRow) -> Rescoring:
    counts = select(
        func.count(),
        func.count(RescoredRow.finished_at),
        func.sum(case((RescoredRow.failure.is_not(None), 1), else_=0)),
    ).where(RescoredRow.rescoring == row.name)
    total, finished, failed = (await session.execute(counts)).one()
    now = await database_time(session)
    running = row.lease_until is not None and row.lease_until > now
    idle: Progress = "stopped" if row.stopped else "waiting"
    state: Progress = "done" if finished == total else "running" if running else idle
    return Rescoring(
        name=row.name,
        created_at=row.created_at,
        actor=row.actor,
        configuration=row.configuration,
        selection=Selection.model_validate(row.selection),
        state=state,
        total=total,
        finished=finished,
        failed=failed or 0,
        problem=row.problem,
    )
