"""The results of rescorings, beside the stored verdicts, which are never changed from here."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.errors import IncidentNotFound
from incidents.frozen import Frozen
from incidents.reasoning import Step
from incidents.report import Report
from incidents.verdict import Verdict
from incidents.versions import Versions
from service.store.engine import Database
from service.store.feedback_meaning import meaning
from service.store.last_verdict import is_last
from service.store.rescoring_schemas import Pair, Reasoned, Rejudged, Stored
from service.store.rescoring_tables import RescoredRow, RescoringRow
from service.store.schemas import STEPS
from service.store.tables import FeedbackRow, IncidentRow, StepRow, VerdictRow


class RescoredVerdicts:
    """Stores and reads the results of runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

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

    async def reasoned(self, name: str | None, limit: int, *, labelled: bool = False) -> tuple[Reasoned, ...]:
        """Return the reasoning behind the latest stored verdicts, or behind those of a run, newest first.

        Only verdicts with a snapshot on which agents were asked. Raises IncidentNotFound for an unknown run.
        """
        found: list[Reasoned] = []
        async with self._database.read() as session:
            if name is not None and await session.get(RescoringRow, name) is None:
                raise IncidentNotFound(f"rescoring: there is none named {name[:100]!r}")
            ids = (await session.scalars(_with_agents(name, limit, labelled))).all()
        for incident in ids:
            async with self._database.read() as session:  # one by one: a trace is large
                found.append(await _reasoned(session, incident, name))
        return tuple(found)

    async def _judged_verdict(self, feedback: FeedbackRow | None) -> VerdictRow | None:
        """Return the verdict that the feedback is about."""
        if feedback is None:
            return None
        async with self._database.read() as session:
            return await session.get(VerdictRow, (feedback.incident_id, feedback.version))


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
    answer = (judged.outcome, judged.culprit) if judged is not None else (None, None)
    meant = meaning(feedback.label, feedback.commit, *answer)
    if meant.commit is None:
        return "none" if meant.no_commit else None
    deploy = [each.commit.sha for each in stored.suspects] + [each.commit.sha for each in stored.ruled_out]
    known = meant.confirms or any(sha.startswith(meant.commit) or meant.commit.startswith(sha) for sha in deploy)
    return meant.commit if known else "none"


def _with_agents(name: str | None, limit: int, labelled: bool) -> Any:  # noqa: ANN401  (as above)
    conditions: list[ColumnElement[bool]] = [is_last(), VerdictRow.snapshot.is_not(None)]
    if labelled:
        conditions.append(select(FeedbackRow.id).where(FeedbackRow.incident_id == IncidentRow.id).exists())
    if name is None:
        asked = (StepRow.incident_id == IncidentRow.id) & (StepRow.kind == "model")
        conditions.append(select(StepRow.position).where(asked).exists())
    else:
        judged = (RescoredRow.incident_id == IncidentRow.id) & (RescoredRow.rescoring == name)
        conditions.append(select(RescoredRow.incident_id).where(judged, RescoredRow.outcome != "").exists())
    ordered = select(IncidentRow.id).join(VerdictRow, VerdictRow.incident_id == IncidentRow.id).where(*conditions)
    return ordered.order_by(IncidentRow.opened_at.desc(), IncidentRow.id).limit(limit)


async def _reasoned(session: AsyncSession, incident_id: str, name: str | None) -> Reasoned:
    row = await session.get_one(IncidentRow, incident_id)
    latest = select(VerdictRow).where(VerdictRow.incident_id == incident_id).order_by(VerdictRow.version.desc())
    stored = (await session.scalars(latest.limit(1))).one()
    rescored = await session.get_one(RescoredRow, (name, incident_id)) if name is not None else None
    verdict = Verdict.model_validate(rescored.verdict if rescored else stored.verdict)
    report = rescored.report if rescored and rescored.report else stored.report
    steps = rescored.steps or [] if rescored else await _steps(session, incident_id)
    truth = await _truth_of(session, incident_id, verdict)
    return Reasoned(
        incident=incident_id,
        opened_at=row.opened_at,
        snapshot=stored.snapshot or {},
        evidence=stored.evidence,
        verdict=verdict,
        why=tuple(report.get("why", ())),
        steps=STEPS.validate_python(tuple(steps)),
        right=None if truth is None else _states(verdict, truth),
    )


def _states(verdict: Verdict, truth: str) -> bool:
    """Whether the verdict says the truth; a person may have named the commit by the beginning of its id."""
    said = verdict.culprit or verdict.outcome
    return said == truth or (verdict.culprit is not None and said.startswith(truth))


async def _steps(session: AsyncSession, incident_id: str) -> list[Any]:
    last = select(func.max(StepRow.attempt)).where(StepRow.incident_id == incident_id).scalar_subquery()
    rows = select(StepRow.step).where(StepRow.incident_id == incident_id, StepRow.attempt == last)
    return list(await session.scalars(rows.order_by(StepRow.position)))


async def _truth_of(session: AsyncSession, incident_id: str, verdict: Verdict) -> str | None:
    said = select(FeedbackRow).where(FeedbackRow.incident_id == incident_id).order_by(FeedbackRow.id.desc())
    feedback = await session.scalar(said.limit(1))
    judged = await session.get(VerdictRow, (incident_id, feedback.version)) if feedback is not None else None
    return _truth(feedback, judged, verdict)


def _json(value: Frozen | None) -> dict[str, Any] | None:
    return value.model_dump(mode="json") if value is not None else None
