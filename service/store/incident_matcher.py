"""Find the open incident of each alert of one transaction, or open one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from incidents.alert import Alert
from incidents.errors import InputError
from incidents.incident import Status
from incidents.rollout import Rollout
from service.intake.alert_event import UNKNOWN, Notice, Receipt
from service.settings.limits import Life
from service.store.alert_rows import AlertRows, Delivery, delivered, deliveries
from service.store.deploys import recent_deploys, revisions_of
from service.store.incident_rows import count, new_id, opened, restart
from service.store.revisions import is_corrected, same_revision
from service.store.tables import AlertRow, AuditRow, IncidentRow

_NEW_TRACE = "new trace"
MOST_RESTARTS = 100
"""How often one incident is investigated again because alerts name other revisions."""


class IncidentMatcher:
    """Finds the open incident of each notice of one transaction, or opens one."""

    def __init__(self, session: AsyncSession, now: datetime, life: Life) -> None:
        self._session = session
        self._now = now
        self._life = life
        self._living: list[IncidentRow] = []
        self._delivered: dict[Delivery, str | None] = {}
        self._rows = AlertRows(session, now)
        self._deploys: dict[tuple[str, str, str], tuple[Rollout, ...]] = {}
        self._groups: dict[tuple[str, str], str] = {}
        """Of environment and repository: the group of the incident that this transaction opened last."""

    async def look_up(self, notices: Sequence[Notice]) -> None:
        """Read the incidents and deliveries of all notices: a few queries for any number of notices."""
        found = await self._session.scalars(
            select(IncidentRow)
            .where(IncidentRow.bare.in_(bares(notices)), IncidentRow.closed_at.is_(None))
            .order_by(IncidentRow.opened_at.desc())
        )
        self._living = [row for row in found if not self._ended(row)]
        self._delivered = await delivered(self._session, notices)

    async def take(self, notice: Notice) -> Receipt:
        """Store one notice. Raises InputError when it cannot be used; then nothing of it is stored."""
        known = [each for each in deliveries(notice) if each in self._delivered]
        if known:
            return Receipt(self._delivered[known[0]], "repeated")
        match notice.state:
            case "firing":
                receipt = await self._fired(notice)
            case "resolved":
                receipt = await self._resolved(notice)
            case _:
                self._rows.add(notice, None, "kept")
                receipt = Receipt(None, "kept")
        self._rows.deliver(notice, receipt.incident)
        self._delivered |= dict.fromkeys(deliveries(notice), receipt.incident)
        return receipt

    async def settle(self) -> None:
        """Delete old rows and store the bodies. Call it after the last notice."""
        await self._rows.settle()

    async def _fired(self, notice: Notice) -> Receipt:
        known = self._known(notice)
        if known is None:
            return Receipt((await self._open(notice)).id, "opened", Status.OPEN)
        base, deployed = await self._window_now(notice, known)
        why = await self._why_again(notice, known, deployed)
        row = self._rows.add(notice, known.id, "restarted" if why else "counted")
        count(known, notice, self._now)
        if not why:
            return Receipt(known.id, "counted", known.status)
        await self._session.flush()  # the incident points to the alert
        window = (base, deployed or known.deployed)
        await restart(self._session, known, row.id, window, why=why, actor="intake", now=self._now)
        if why == _NEW_TRACE:
            known.identity, known.log_lookup = notice.identity, False
        return Receipt(known.id, "restarted", known.status)

    async def _why_again(self, notice: Notice, known: IncidentRow, deployed: str) -> str | None:
        """Return why the incident must be investigated again; None when the alert only repeats it.

        Two releases that run side by side and report alternately are one new deploy, not one with every alert. A sender
        that names another revision each time must not keep the incident from its verdict, nor fill the store.
        """
        if notice.identity != notice.bare and known.identity == known.bare:
            return _NEW_TRACE
        corrected = is_corrected(notice.alert, known)
        if not corrected and (not deployed or same_revision(deployed, known.deployed)):
            return None
        found = await self._session.scalars(
            select(AuditRow.detail).where(AuditRow.incident_id == known.id, AuditRow.action == "restarted")
        )
        restarts = found.all()
        if len(restarts) >= MOST_RESTARTS:
            return None
        seen = {
            revision for detail in restarts for revision in (detail.get("deployed"), detail.get("before")) if revision
        }
        new = not any(same_revision(deployed, revision) for revision in seen)
        return "corrected" if corrected else "new deploy" if new else None

    def _known(self, notice: Notice) -> IncidentRow | None:
        """Return the open incident of the same error; if one side has no frames, that of the same message."""
        mine = bares([notice])
        same = [row for row in self._living if row.bare in mine and row.closed_at is None]
        exact = next((row for row in same if row.identity == notice.identity), None)
        if exact or not same:
            return exact
        if notice.identity == notice.bare:
            return same[0]
        return next((row for row in same if row.identity == row.bare), None)

    async def _window_now(self, notice: Notice, known: IncidentRow) -> tuple[str, str]:
        """Return the window as of now. The investigation itself uses the time when the error began."""
        alert = notice.alert
        if alert.base and alert.deployed:
            return alert.base, alert.deployed
        if alert.deployed:
            return known.base, alert.deployed
        try:
            base, deployed = await self._revisions(alert)
        except InputError:
            return known.base, known.deployed
        return known.base or base, deployed

    async def _open(self, notice: Notice) -> IncidentRow:
        base, deployed = await self._window_opened(notice)
        incident_id = new_id()
        group = await self._group(notice)
        row = self._rows.add(notice, incident_id, "opened")
        await self._session.flush()
        incident = opened(notice, incident_id, group or incident_id, row.id, self._now)
        incident.base, incident.deployed = base, deployed
        self._session.add(incident)
        self._living.insert(0, incident)
        self._groups[incident.environment, incident.repository] = incident.group_id
        return incident

    async def _window_opened(self, notice: Notice) -> tuple[str, str]:
        try:
            return await self._revisions(notice.alert)
        except InputError:
            if notice.strict:
                raise
            return notice.alert.base or "", notice.alert.deployed or ""

    async def _revisions(self, alert: Alert) -> tuple[str, str]:
        """Return base and deployed revision of an alert. Raises InputError.

        The deploys of a service are read once per transaction, because many alerts at once are about few services.
        """
        if alert.base and alert.deployed:
            return alert.base, alert.deployed
        service = (alert.repository, alert.environment, alert.service)
        if service not in self._deploys:
            self._deploys[service] = await recent_deploys(self._session, alert, self._now)
        return revisions_of(alert, self._deploys[service], self._now)

    async def _group(self, notice: Notice) -> str | None:
        """Return the group of the latest related incident, or None.

        Related incidents were opened shortly before, in the same environment, with the same code or message. A group
        takes nobody once its first incident is older than that: one that never ended would hide what is new.
        """
        alert: Alert = notice.alert
        if (alert.environment, alert.repository) in self._groups:
            return self._groups[alert.environment, alert.repository]
        since = self._now - timedelta(seconds=self._life.group_seconds)
        first = aliased(IncidentRow)
        return await self._session.scalar(
            select(IncidentRow.group_id)
            .join(first, first.id == IncidentRow.group_id)
            .where(
                first.opened_at >= since,
                IncidentRow.environment == alert.environment,
                IncidentRow.opened_at >= since,
                (IncidentRow.repository == alert.repository) | (IncidentRow.wording == notice.wording),
            )
            .order_by(IncidentRow.opened_at.desc(), IncidentRow.id)
            .limit(1)
        )

    async def _resolved(self, notice: Notice) -> Receipt:
        """Mark the incident as resolved.

        It is also searched by the sender's own key, because a notice that an error is over rarely repeats the error.
        """
        known = self._known(notice)
        if known is None and notice.key:
            known = await self._named(notice, notice.key)
        if known is None and notice.former_key:
            known = await self._named(notice, notice.former_key)
        if known is None and notice.key and notice.siteless:
            known = await self._at_any_site(notice)
        if known is None or known.closed_at is not None:
            self._rows.add(notice, None, "kept")
            return Receipt(None, "kept")
        self._rows.add(notice, known.id, "resolved")
        known.resolved_at = self._now
        return Receipt(known.id, "resolved", known.status)

    async def _named(self, notice: Notice, key: str) -> IncidentRow | None:
        """Return the incident of the last alert with this key that fired, if this notice may end it."""
        incident_id = await self._session.scalar(
            select(AlertRow.incident_id)
            .where(AlertRow.source == notice.source, AlertRow.key == key, AlertRow.state == "firing")
            .order_by(AlertRow.id.desc())
            .limit(1)
        )
        named = await self._session.get(IncidentRow, incident_id) if incident_id else None
        own = not notice.shared and key == notice.key
        return named if named is not None and (own or _may_end(notice, named)) else None

    async def _at_any_site(self, notice: Notice) -> IncidentRow | None:
        """Return the only incident that is not over and has this key behind some address, if this notice may end it."""
        fired = select(AlertRow.incident_id).where(
            AlertRow.source == notice.source,
            AlertRow.state == "firing",
            AlertRow.key.endswith(f"/{notice.key}", autoescape=True),
        )
        unended = (IncidentRow.closed_at.is_(None), IncidentRow.resolved_at.is_(None))
        found = await self._session.scalars(select(IncidentRow).where(IncidentRow.id.in_(fired), *unended))
        mine = [row for row in found if _may_end(notice, row)]
        return mine[0] if len(mine) == 1 else None

    def _ended(self, row: IncidentRow) -> bool:
        """Close the incident if it was quiet long enough: the next such error is another incident."""
        quiet = self._now - row.last_seen_at
        over = quiet > timedelta(seconds=self._life.seconds)
        if row.resolved_at is not None:
            over = over or self._now - row.resolved_at > timedelta(seconds=self._life.flap_seconds)
        if over:
            row.closed_at = self._now
        return over


def bares(notices: Sequence[Notice]) -> set[str]:
    """The keys without frames under which these notices may find their incidents, of this build and a former one."""
    return {bare for notice in notices for bare in (notice.bare, notice.former_bare) if bare}


def _may_end(notice: Notice, known: IncidentRow) -> bool:
    """A key may be another's at an address that many senders share, and so may a former one: then the service tells.

    What named none when it fired may be ended by any, but what names none ends only its like.
    """
    return known.service == UNKNOWN or notice.alert.service.casefold() == known.service.casefold()
