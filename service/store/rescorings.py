"""Runs that judge stored incidents again: which incidents, how far they are, and the verdicts beside the stored ones."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.errors import FieldInvalid, IncidentNotFound
from incidents.frozen import Frozen
from incidents.incident import Status
from incidents.reasoning import Step
from incidents.report import Report
from incidents.verdict import Outcome, Verdict
from incidents.versions import Versions
from service.store.engine import Database
from service.store.last_verdict import is_last
from service.store.leases import database_time
from service.store.schemas import STEPS
from service.store.tables import (
    FeedbackRow,
    IncidentRow,
    RescoredRow,
    RescoringRow,
    StepRow,
    VerdictRow,
)

MOST: Final = 100_000  # incidents of one run
Progress = Literal["waiting", "running", "stopped", "done"]


class Selection(Frozen):
    """Which incidents are judged again: those with a verdict, newest first."""

    since: datetime | None = None
    until: datetime | None = None
    service: str | None = Field(default=None, max_length=200)
    repository: str | None = Field(default=None, max_length=300)
    outcome: Outcome | None = None
    labelled: bool = Field(default=False, description="Only incidents on which somebody gave feedback.")
    limit: int = Field(default=1_000, ge=1, le=MOST)


class Rescoring(Frozen):
    """One run and how far it is. `total` counts its incidents, `failed` are among those that are `finished`."""

    name: str
    created_at: datetime
    actor: str
    configuration: dict[str, Any]
    selection: Selection
    state: Progress
    total: int
    finished: int
    failed: int
    problem: str | None = Field(default=None, description="Why it was stopped.")


class Stored(Frozen):
    """A stored verdict that can be made again: its snapshot is `graph.snapshot.Snapshot` as JSON."""

    incident: str
    version: int
    snapshot: dict[str, Any]


class Rejudged(Frozen):
    """The result for one incident: a verdict, or why there is none."""

    incident: str
    seconds: float = 0.0
    verdict: Verdict | None = None
    report: Report | None = None
    versions: Versions | None = None
    steps: tuple[Step, ...] = ()
    failure: str | None = None


class Pair(Frozen):
    """One incident's stored verdict and the new one beside it, with what people said about the stored one."""

    incident: str
    service: str
    repository: str
    version: int
    language: str = Field(default="", description="Of the trace.")
    before: Verdict
    before_report: Report
    before_seconds: float
    before_versions: Versions
    before_steps: tuple[Step, ...] = Field(default=(), description="Questions to the model only.")
    after: Rejudged
    truth: str | None = Field(default=None, description="The right commit or `none`, by feedback; None: nobody said.")


class Rescorings:
    """Stores runs and their results. The stored verdicts of incidents are never changed from here."""

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
        """Return the name of the oldest run with work that nobody does, None when there is none."""
        async with self._database.read() as session:
            now = await database_time(session)
            free = or_(RescoringRow.lease_until.is_(None), RescoringRow.lease_until <= now)
            return await session.scalar(
                select(RescoringRow.name)
                .where(free, _unfinished(), ~RescoringRow.stopped)
                .order_by(RescoringRow.created_at)
                .limit(1)
            )

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

    async def pending(self, name: str, limit: int, after: str = "") -> tuple[Stored, ...]:
        """Return at most `limit` incidents of the run that are not judged yet, in the order of ids, from `after` on."""
        async with self._database.read() as session:
            rows = await session.execute(
                select(RescoredRow.incident_id, RescoredRow.version, VerdictRow.snapshot)
                .join(VerdictRow, _its_verdict())
                .where(
                    RescoredRow.rescoring == name,
                    RescoredRow.finished_at.is_(None),
                    RescoredRow.incident_id > after,
                )
                .order_by(RescoredRow.incident_id)
                .limit(limit)
            )
            return tuple(Stored(incident=each, version=version, snapshot=found) for each, version, found in rows)

    async def stored(self, incident_id: str) -> Stored:
        """Return the latest verdict of an incident that can be made again. Raises IncidentNotFound."""
        async with self._database.read() as session:
            row = await session.scalar(
                select(VerdictRow)
                .where(VerdictRow.incident_id == incident_id, VerdictRow.snapshot.is_not(None))
                .order_by(VerdictRow.version.desc())
                .limit(1)
            )
        if row is None or row.snapshot is None:
            raise IncidentNotFound(f"incident {incident_id[:40]} has no verdict that can be made again")
        return Stored(incident=incident_id, version=row.version, snapshot=row.snapshot)

    async def live_work(self) -> bool:
        """Whether an incident is investigated now, or waits for it and is due."""
        async with self._database.read() as session:
            now = await database_time(session)
            due = or_(IncidentRow.not_before.is_(None), IncidentRow.not_before <= now)
            live = or_(IncidentRow.status == Status.INVESTIGATING, and_(IncidentRow.status == Status.OPEN, due))
            return await session.scalar(select(IncidentRow.id).where(live).limit(1)) is not None

    async def save(self, name: str, result: Rejudged) -> bool:
        """Store a result, once: returns False, and stores nothing, when there is one already or the incident is gone."""
        verdict = result.verdict
        async with self._database.write() as session:
            saved = await session.scalars(
                update(RescoredRow)
                .where(
                    RescoredRow.rescoring == name,
                    RescoredRow.incident_id == result.incident,
                    RescoredRow.finished_at.is_(None),
                )
                .values(
                    finished_at=datetime.now(UTC),
                    seconds=result.seconds,
                    outcome=verdict.outcome if verdict else "",
                    culprit=verdict.culprit if verdict else None,
                    verdict=_json(verdict),
                    report=_json(result.report),
                    versions=_json(result.versions),
                    steps=STEPS.dump_python(result.steps, mode="json"),
                    failure=result.failure,
                )
                .returning(RescoredRow.incident_id)
            )
            return saved.first() is not None

    async def pairs(self, name: str) -> AsyncIterator[Pair]:
        """Yield each judged incident of the run with its stored verdict, in the order of their ids."""
        after = ""
        while True:
            async with self._database.read() as session:
                rows = (await session.execute(_pairs(name, after))).all()
                asked = await _model_calls(session, [row[0].incident_id for row in rows])
            for rescored, verdict, incident, feedback in rows:
                truth = _truth(feedback, await self._judged_verdict(feedback), Verdict.model_validate(verdict.verdict))
                yield _pair(rescored, verdict, incident, truth, asked.get(incident.id, ()))
            if not rows:
                return
            after = rows[-1][0].incident_id

    async def _judged_verdict(self, feedback: FeedbackRow | None) -> VerdictRow | None:
        """Return the verdict that the feedback is about."""
        if feedback is None:
            return None
        async with self._database.read() as session:
            return await session.get(VerdictRow, (feedback.incident_id, feedback.version))


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


def _its_verdict() -> ColumnElement[bool]:
    return and_(VerdictRow.incident_id == RescoredRow.incident_id, VerdictRow.version == RescoredRow.version)


def _pairs(name: str, after: str) -> Any:  # noqa: ANN401  (as above)
    said = select(func.max(FeedbackRow.id)).where(FeedbackRow.incident_id == RescoredRow.incident_id)
    last = said.correlate(RescoredRow).scalar_subquery()
    return (
        select(RescoredRow, VerdictRow, IncidentRow, FeedbackRow)
        .join(VerdictRow, _its_verdict())
        .join(IncidentRow, IncidentRow.id == RescoredRow.incident_id)
        .outerjoin(FeedbackRow, FeedbackRow.id == last)
        .where(RescoredRow.rescoring == name, RescoredRow.finished_at.is_not(None), RescoredRow.incident_id > after)
        .order_by(RescoredRow.incident_id)
        .limit(50)
    )


def _pair(
    rescored: RescoredRow,
    verdict: VerdictRow,
    incident: IncidentRow,
    truth: str | None,
    asked: tuple[Step, ...],
) -> Pair:
    snapshot = verdict.snapshot or {}
    result = {name: getattr(rescored, name) for name in ("verdict", "report", "versions", "failure")}
    after = {"incident": rescored.incident_id, "seconds": rescored.seconds or 0.0, "steps": rescored.steps or ()}
    return Pair(
        incident=incident.id,
        service=incident.service,
        repository=incident.repository,
        version=verdict.version,
        language=snapshot.get("request", {}).get("trace", {}).get("language") or "",
        before=Verdict.model_validate(verdict.verdict),
        before_report=Report.model_validate(verdict.report),
        before_seconds=verdict.seconds,
        before_versions=Versions.model_validate(snapshot.get("versions", {})),
        before_steps=asked,
        after=Rejudged.model_validate({**after, **result}),
        truth=truth,
    )


async def _model_calls(session: AsyncSession, incidents: list[str]) -> dict[str, tuple[Step, ...]]:
    """Return the questions to the model in the last reasoning trace of each incident."""
    rows = await session.execute(
        select(StepRow.incident_id, StepRow.attempt, StepRow.step)
        .where(StepRow.incident_id.in_(incidents), StepRow.kind == "model")
        .order_by(StepRow.incident_id, StepRow.attempt, StepRow.position)
    )
    attempts: dict[str, tuple[int, list[Any]]] = {}
    for incident, attempt, step in rows:
        last, steps = attempts.get(incident, (-1, []))
        attempts[incident] = (attempt, [*steps, step] if attempt == last else [step])
    return {incident: STEPS.validate_python(tuple(steps)) for incident, (_, steps) in attempts.items()}


def _truth(feedback: FeedbackRow | None, judged: VerdictRow | None, stored: Verdict) -> str | None:
    """Return what the feedback says: the right commit, "none" for one outside the deploy, None where it does not say."""
    if feedback is None:
        return None
    if feedback.label == "not_a_deploy":
        return "none"
    if feedback.label == "wrong":
        commit = feedback.commit
        if commit is None:
            return None
        deploy = [each.commit.sha for each in stored.suspects] + [each.commit.sha for each in stored.ruled_out]
        return commit if any(sha.startswith(commit) or commit.startswith(sha) for sha in deploy) else "none"
    if judged is None:
        return None
    return judged.culprit or ("none" if judged.outcome == "none" else None)


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


def _json(value: Frozen | None) -> dict[str, Any] | None:
    return value.model_dump(mode="json") if value is not None else None
