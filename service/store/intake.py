"""Stores notices and finds or opens their incidents, many in one transaction.

Everything here runs inside a transaction that writes, behind a lock on the errors it is about, so that two replicas
never open two incidents for one error and no count is lost.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.alert import Alert
from incidents.errors import InputError
from incidents.incident import Status
from service.intake.alert_event import Notice, Receipt, Result
from service.settings import Life
from service.store.deploy_window import window
from service.store.incident_rows import count, new_id, opened
from service.store.tables import AlertRow, AuditRow, IncidentRow


async def register(session: AsyncSession, notices: Sequence[Notice], now: datetime, life: Life) -> list[Result]:
    """What became of each notice, in their order. A refused one leaves nothing behind."""
    await _lock(session, sorted({notice.bare for notice in notices}))
    matcher = IncidentMatcher(session, now, life)
    await matcher.look_up(notices)
    results: list[Result] = []
    for notice in notices:
        try:
            results.append(await matcher.take(notice))
        except InputError as error:
            results.append(error)
    return results


async def _lock(session: AsyncSession, bares: Sequence[str]) -> None:
    """On SQLite the transaction holds the one write lock already. In their order, so that nobody waits in a circle."""
    if session.get_bind().dialect.name == "postgresql":
        for bare in bares:
            await session.execute(text("SELECT pg_advisory_xact_lock(('x' || :bare)::bit(64)::bigint)"), {"bare": bare})


_HEX = frozenset("0123456789abcdef")


def same_revision(one: str, other: str) -> bool:
    """Whether two revisions are the same text, or one abbreviates the other's commit id."""
    short, long = sorted((one.lower(), other.lower()), key=len)
    return one == other or (len(short) >= 7 and set(short) <= _HEX and long.startswith(short))


class IncidentMatcher:
    """The living incidents of one transaction's notices."""

    def __init__(self, session: AsyncSession, now: datetime, life: Life) -> None:
        self._session = session
        self._now = now
        self._life = life
        self._living: list[IncidentRow] = []
        self._delivered: dict[tuple[str, str], str | None] = {}

    async def look_up(self, notices: Sequence[Notice]) -> None:
        """One query for the incidents, one for the deliveries, however many notices there are."""
        bares = {notice.bare for notice in notices}
        found = await self._session.scalars(
            select(IncidentRow)
            .where(IncidentRow.bare.in_(bares), IncidentRow.closed_at.is_(None))
            .order_by(IncidentRow.opened_at.desc())
        )
        self._living = [row for row in found if not self._ended(row)]
        ids = {notice.delivery for notice in notices if notice.delivery}
        if ids:
            told = await self._session.execute(
                select(AlertRow.source, AlertRow.delivery, AlertRow.incident_id).where(AlertRow.delivery.in_(ids))
            )
            self._delivered = {(source, delivery or ""): incident for source, delivery, incident in told}

    async def take(self, notice: Notice) -> Receipt:
        """Store one notice. Raises InputError when it cannot be taken; then nothing of it is stored."""
        delivery = (notice.source, notice.delivery or "")
        if notice.delivery and delivery in self._delivered:
            return Receipt(self._delivered[delivery], "repeated")
        match notice.state:
            case "firing":
                receipt = await self._fired(notice)
            case "resolved":
                receipt = await self._resolved(notice)
            case _:
                self._keep(notice, None)
                receipt = Receipt(None, "kept")
        if notice.delivery:
            self._delivered[delivery] = receipt.incident
        return receipt

    async def _fired(self, notice: Notice) -> Receipt:
        known = self._known(notice)
        if known is None:
            return Receipt((await self._open(notice)).id, "opened", Status.OPEN)
        base, deployed = await self._window_now(notice, known)
        traced = notice.identity != notice.bare and known.identity == known.bare
        row = self._keep(notice, known.id)
        count(known, notice, self._now)
        if not traced and not await self._is_news(known, deployed):
            return Receipt(known.id, "counted", known.status)
        await self._session.flush()  # the incident points to the alert
        await self._restart(known, row, base, deployed or known.deployed, "new trace" if traced else "new deploy")
        if traced:
            known.identity, known.log_lookup = notice.identity, False
        return Receipt(known.id, "restarted", known.status)

    async def _is_news(self, known: IncidentRow, deployed: str) -> bool:
        """Whether a revision was not running yet, as far as this incident was told: releases that report in turn are
        not a new deploy each time."""
        if not deployed or same_revision(deployed, known.deployed):
            return False
        told = await self._session.scalars(
            select(AuditRow.detail).where(AuditRow.incident_id == known.id, AuditRow.action == "restarted")
        )
        seen = {revision for detail in told for revision in (detail.get("deployed"), detail.get("before")) if revision}
        return not any(same_revision(deployed, revision) for revision in seen)

    def _known(self, notice: Notice) -> IncidentRow | None:
        """The living incident of the same error; without frames on one side, the one of the same words."""
        same = [row for row in self._living if row.bare == notice.bare and row.closed_at is None]
        exact = next((row for row in same if row.identity == notice.identity), None)
        if exact or not same:
            return exact
        if notice.identity == notice.bare:
            return same[0]
        return next((row for row in same if row.identity == row.bare), None)

    async def _window_now(self, notice: Notice, known: IncidentRow) -> tuple[str, str]:
        """The window as it would be now. The investigation itself goes by when the error began."""
        alert = notice.alert
        if alert.base and alert.deployed:
            return alert.base, alert.deployed
        if alert.deployed:
            return known.base, alert.deployed
        try:
            base, deployed = await window(self._session, alert, self._now)
        except InputError:
            return known.base, known.deployed
        return known.base or base, deployed

    async def _restart(self, known: IncidentRow, alert: AlertRow, base: str, deployed: str, why: str) -> None:
        """Its investigation starts anew; whoever works on it finds its claim gone.

        Every column is written, also what has not changed since we looked: triage may have, on PostgreSQL.
        """
        detail = {"why": why, "base": base, "deployed": deployed, "before": known.deployed}
        self._session.add(
            AuditRow(at=self._now, incident_id=known.id, actor="intake", action="restarted", detail=detail)
        )
        free = dict.fromkeys(("claimed_by", "lease_until", "not_before", "finished_at", "failure"))
        ground = {"alert_id": alert.id, "base": base, "deployed": deployed}
        queue = {"status": Status.OPEN, "round": known.round + 1, "tries": 0, "agents_due": False, "agent_retries": 0}
        await self._session.execute(
            update(IncidentRow).where(IncidentRow.id == known.id).values(**free, **ground, **queue)
        )

    async def _open(self, notice: Notice) -> IncidentRow:
        base, deployed = await self._window(notice)
        incident_id = new_id()
        group = await self._group(notice)
        row = self._keep(notice, incident_id)
        await self._session.flush()
        incident = opened(notice, incident_id, group or incident_id, row.id, self._now)
        incident.base, incident.deployed = base, deployed
        self._session.add(incident)
        self._living.insert(0, incident)
        return incident

    async def _window(self, notice: Notice) -> tuple[str, str]:
        try:
            return await window(self._session, notice.alert, self._now)
        except InputError:
            if notice.strict:
                raise
            return notice.alert.base or "", notice.alert.deployed or ""

    async def _group(self, notice: Notice) -> str | None:
        """The group of the latest incident of the same tide: same environment, shortly before, same code or words."""
        alert: Alert = notice.alert
        since = self._now - timedelta(seconds=self._life.group_seconds)
        return await self._session.scalar(
            select(IncidentRow.group_id)
            .where(
                IncidentRow.environment == alert.environment,
                IncidentRow.opened_at >= since,
                (IncidentRow.repository == alert.repository) | (IncidentRow.wording == notice.wording),
            )
            .order_by(IncidentRow.opened_at.desc(), IncidentRow.id)
            .limit(1)
        )

    async def _resolved(self, notice: Notice) -> Receipt:
        """The sender's own name finds what it had said; a notice of an end rarely repeats the error."""
        known = self._known(notice)
        if known is None and notice.key:
            incident_id = await self._session.scalar(
                select(AlertRow.incident_id)
                .where(AlertRow.source == notice.source, AlertRow.key == notice.key, AlertRow.state == "firing")
                .order_by(AlertRow.id.desc())
                .limit(1)
            )
            known = await self._session.get(IncidentRow, incident_id) if incident_id else None
        if known is None or known.closed_at is not None:
            self._keep(notice, None)
            return Receipt(None, "kept")
        self._keep(notice, known.id)
        known.resolved_at = self._now
        return Receipt(known.id, "resolved", known.status)

    def _keep(self, notice: Notice, incident: str | None) -> AlertRow:
        row = AlertRow(
            received_at=self._now,
            source=notice.source,
            state=notice.state,
            key=notice.key,
            delivery=notice.delivery,
            incident_id=incident,
            body=notice.body,
            alert=notice.alert.model_dump(mode="json"),
            trace=notice.trace.model_dump(mode="json", exclude_defaults=True) if notice.trace is not None else None,
        )
        self._session.add(row)
        return row

    def _ended(self, row: IncidentRow) -> bool:
        """Quiet for long enough, its error is over: the next one of its kind is another incident."""
        quiet = self._now - row.last_seen_at
        over = quiet > timedelta(seconds=self._life.seconds)
        if row.resolved_at is not None:
            over = over or self._now - row.resolved_at > timedelta(seconds=self._life.flap_seconds)
        if over:
            row.closed_at = self._now
        return over
