"""The queries behind every view of the incidents (HTTP, command line)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, collate, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.confirmation import StoredConfirmation
from incidents.evidence import Evidence
from incidents.incident import Status
from incidents.report import Report
from incidents.verdict import Outcome, Verdict
from service.store.confirmations import confirmations_of
from service.store.confirmed_report import confirmed
from service.store.decisions import last_decision
from service.store.engine import Database
from service.store.incident_rows import incident_row, not_found
from service.store.judged_report import disproved, judged
from service.store.last_verdict import is_last
from service.store.reverts import last_step
from service.store.schemas import (
    STEPS,
    Audit,
    Audits,
    IncidentSummary,
    Judgement,
    ReasoningTrace,
    StoredIncident,
    totals,
)
from service.store.tables import AlertRow, AuditRow, FeedbackRow, IncidentRow, StepRow, VerdictRow

_RELATED_SHOWN = 50
_FEEDBACK_READ = 200


class Queries:
    """Reads incidents with their related data. Never writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def incident(self, incident_id: str) -> StoredIncident:
        """Return everything stored about one incident. Raises IncidentNotFound."""
        async with self._database.read() as session:
            row, alert, verdict = await _whole(session, incident_id)
            related, said = await _related(session, row), await _said(session, incident_id)
            revert = await last_step(session, incident_id)
            decision = await last_decision(session, incident_id)
            trials = _telling(await confirmations_of(session, incident_id))
        found = Verdict.model_validate(verdict.verdict) if verdict else None
        report = Report.model_validate(verdict.report) if verdict else None
        # The investigated revisions; before the first verdict those of the alert and the deploys.
        revisions = {name: verdict.evidence[name] for name in ("base", "deployed")} if verdict else {}
        others = {
            "alert": alert,
            "group": row.group_id,
            "related": related,
            "feedback": said[-1] if said else None,
            "revert": revert,
            "decision": decision,
            "confirmation": trials,
            "disproved": disproved(said, found.culprit if found else None),
            "version": verdict.version if verdict else 0,
            "seconds": verdict.seconds if verdict else None,
            "verdict": found,
            "report": confirmed(judged(report, found, said, verdict.version), trials)
            if verdict and report and found
            else None,
        }
        return StoredIncident.model_validate({**row.columns_of(StoredIncident), **revisions, **others})

    async def incidents(
        self,
        *,
        limit: int = 50,
        before: str | None = None,
        status: Status | None = None,
        service: str | None = None,
        repository: str | None = None,
        environment: str | None = None,
        group: str | None = None,
        outcome: Outcome | None = None,
        text: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        beginning: str = "",
    ) -> tuple[IncidentSummary, ...]:
        """Return at most `limit` incidents, newest first, opened before `before`, whose id has this `beginning`.

        `outcome` is that of the latest verdict; `text` stands in the error's line, whatever its case (on SQLite that of ASCII
        letters); `since` and `until` bound when they were opened. Raises IncidentNotFound.
        """
        wanted = {
            IncidentRow.status: status,
            IncidentRow.service: service,
            IncidentRow.repository: repository,
            IncidentRow.environment: environment,
            IncidentRow.group_id: group,
        }
        conditions = [column == value for column, value in wanted.items() if value is not None]
        conditions += [VerdictRow.outcome == outcome] if outcome else []
        conditions += [_says(text, self._database)] if text else []
        conditions += [IncidentRow.opened_at >= since] if since else []
        conditions += [IncidentRow.opened_at < until] if until else []
        if beginning:
            conditions.append(IncidentRow.id.startswith(beginning, autoescape=True))
        async with self._database.read() as session:
            if before is not None:
                conditions.append(_older(await incident_row(session, before)))
            rows = await session.execute(
                select(IncidentRow, VerdictRow.outcome, VerdictRow.culprit, _last_label())
                .outerjoin(VerdictRow, and_(VerdictRow.incident_id == IncidentRow.id, is_last()))
                .where(*conditions)
                .order_by(IncidentRow.opened_at.desc(), IncidentRow.id.desc())
                .limit(limit)
            )
            return tuple(_summary(*row) for row in rows)

    async def evidence(self, incident_id: str) -> Evidence | None:
        """Return the evidence of the latest verdict, None before the first. Raises IncidentNotFound."""
        async with self._database.read() as session:
            await incident_row(session, incident_id)
            found = await session.scalar(
                select(VerdictRow.evidence)
                .where(VerdictRow.incident_id == incident_id)
                .order_by(VerdictRow.version.desc())
                .limit(1)
            )
        return Evidence.model_validate(found) if found else None

    async def trace(self, incident_id: str) -> ReasoningTrace:
        """Return the reasoning trace of the latest verdict, even if a later attempt began. Raises IncidentNotFound."""
        async with self._database.read() as session:
            row = await incident_row(session, incident_id)
            last = await session.scalar(select(func.max(StepRow.attempt)).where(StepRow.incident_id == incident_id))
            found = await session.scalars(
                select(StepRow.step)
                .where(StepRow.incident_id == incident_id, StepRow.attempt == last)
                .order_by(StepRow.position)
            )
            steps = STEPS.validate_python(tuple(found))
        attempt = row.attempts if last is None else last
        return ReasoningTrace(
            incident=row.id, status=Status(row.status), attempt=attempt, totals=totals(steps), steps=steps
        )

    async def audits(self, incident_id: str) -> Audits:
        """Return the actions on the incident, oldest first.

        Raises IncidentNotFound when nothing is stored about it.
        """
        async with self._database.read() as session:
            found = await session.scalars(
                select(AuditRow).where(AuditRow.incident_id == incident_id).order_by(AuditRow.id)
            )
            records = tuple(Audit(at=row.at, actor=row.actor, action=row.action, detail=row.detail) for row in found)
            if not records:
                await incident_row(session, incident_id)
        return Audits(incident=incident_id, records=records)

    async def fingerprint(self, incident_id: str) -> str:
        """Return a text that changes whenever the incident's page would. Raises IncidentNotFound."""
        async with self._database.read() as session:
            row = await incident_row(session, incident_id)
            version = await session.scalar(
                select(func.max(VerdictRow.version)).where(VerdictRow.incident_id == incident_id)
            )
            said = await session.scalar(select(func.max(FeedbackRow.id)).where(FeedbackRow.incident_id == incident_id))
            revert, decision = await last_step(session, incident_id), await last_decision(session, incident_id)
            trials = next(iter(await confirmations_of(session, incident_id)), None)
        reverting = (
            f"{revert.stage if revert else ''} {decision.state if decision else ''} {trials.at if trials else ''}"
        )
        return (
            f"{row.status} {row.attempts} {row.agents_due} {row.alerts} {row.resolved_at} {version} {said} {reverting}"
        )

    async def counts(self) -> dict[Status, int]:
        """Return the number of incidents with each status."""
        async with self._database.read() as session:
            found = await session.execute(select(IncidentRow.status, func.count()).group_by(IncidentRow.status))
            return {Status(status): count for status, count in found}


def _telling(trials: tuple[StoredConfirmation, ...]) -> StoredConfirmation | None:
    """The latest that decided something, else the latest; they come newest first."""
    return next((each for each in trials if each.found.confirmed is not None), next(iter(trials), None))


def _summary(row: IncidentRow, outcome: str | None, culprit: str | None, label: str | None) -> IncidentSummary:
    verdict = {"outcome": outcome, "culprit": culprit, "feedback": label}
    return IncidentSummary.model_validate({**row.columns_of(IncidentSummary), **verdict, "group": row.group_id})


# Made once: to put such a statement together takes as long as to run it.
_WHOLE = (
    select(IncidentRow, AlertRow.alert, VerdictRow)
    .join(AlertRow, AlertRow.id == IncidentRow.alert_id)
    .outerjoin(VerdictRow, and_(VerdictRow.incident_id == IncidentRow.id, is_last()))
    .where(IncidentRow.id == bindparam("incident"))
)
_RELATED = (
    select(IncidentRow.id)
    .where(IncidentRow.group_id == bindparam("group"), IncidentRow.id != bindparam("incident"))
    .order_by(IncidentRow.opened_at.desc(), IncidentRow.id)
    .limit(_RELATED_SHOWN)
)
_SAID = (
    select(FeedbackRow, VerdictRow.outcome, VerdictRow.culprit)
    .outerjoin(
        VerdictRow,
        and_(VerdictRow.incident_id == FeedbackRow.incident_id, VerdictRow.version == FeedbackRow.version),
    )
    .where(FeedbackRow.incident_id == bindparam("incident"))
    .order_by(FeedbackRow.id.desc())
    .limit(_FEEDBACK_READ)
)


async def _whole(session: AsyncSession, incident_id: str) -> tuple[IncidentRow, dict[str, Any], VerdictRow | None]:
    """Return an incident's row, its alert, and its latest verdict. Raises IncidentNotFound."""
    found = (await session.execute(_WHOLE, {"incident": incident_id})).one_or_none()
    if found is None:
        raise not_found(incident_id)
    return found[0], found[1], found[2]


async def _related(session: AsyncSession, row: IncidentRow) -> tuple[str, ...]:
    return tuple(await session.scalars(_RELATED, {"incident": row.id, "group": row.group_id}))


async def _said(session: AsyncSession, incident_id: str) -> tuple[Judgement, ...]:
    """Return the latest feedback on an incident, oldest first, each with the answer that it is about."""
    rows = await session.execute(_SAID, {"incident": incident_id})
    newest_first = [_judgement(row, outcome, culprit) for row, outcome, culprit in rows]
    return tuple(reversed(newest_first))


def _judgement(row: FeedbackRow, outcome: str | None, culprit: str | None) -> Judgement:
    fields = {"label": row.label, "commit": row.commit, "note": row.note, "version": row.version or None}
    about = {"outcome": outcome, "culprit": culprit}
    return Judgement.model_validate({**fields, **about, "actor": row.actor, "at": row.at})


def _last_label() -> ScalarSelect[str]:
    said = select(FeedbackRow.label).where(FeedbackRow.incident_id == IncidentRow.id)
    return said.order_by(FeedbackRow.id.desc()).limit(1).correlate(IncidentRow).scalar_subquery()


def _says(text: str, database: Database) -> ColumnElement[bool]:
    """Whether the error's line holds the text, whatever its case.

    SQLite's LIKE ignores that of ASCII letters by itself, and of no others. PostgreSQL lowers ASCII letters alone in half the
    time.
    """
    if database.url.get_backend_name() == "sqlite":
        return IncidentRow.error.contains(text, autoescape=True)
    if text.isascii():
        return func.lower(collate(IncidentRow.error, "C")).contains(text.lower(), autoescape=True)
    return IncidentRow.error.icontains(text, autoescape=True)


def _older(row: IncidentRow) -> ColumnElement[bool]:
    """As a comparison of pairs, for which both databases begin in the middle of the index, not at its newest end."""
    return tuple_(IncidentRow.opened_at, IncidentRow.id) < tuple_(row.opened_at, row.id)
