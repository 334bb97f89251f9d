"""What is to be sent about an incident, written in the transaction that changes the incident."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.incident import Status
from service.render.message import State
from service.routing.channels import Channel
from service.store.tables import IncidentRow, NotificationRow

GATHER_SECONDS = {True: 5.0, False: 900.0}
"""Whether a channel edits its messages -> how long new counts of a group are gathered before they are shown."""


class _Subject(NamedTuple):
    """The columns of an incident that decide where its messages go."""

    id: str
    group_id: str
    service: str
    environment: str
    repository: str
    tier: int
    status: str


class Outbox:
    """Writes one row for each incident and channel; a newer state replaces one that is not sent yet."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    async def changed(
        self, session: AsyncSession, states: Mapping[str, State | None], *, only_edits: bool = False
    ) -> None:
        """Note in which state these incidents (id -> state) are to be shown. Once in a transaction, at its end.

        `only_edits`: only in channels that edit their messages, for news that is no reason to send another one.

        None: as before, but once more; nothing is written where there is no message about it yet. `failed` is ignored
        for an incident whose status is another one: the verdict from its evidence stands.
        """
        if not self._channels or not states:
            return
        await session.flush()
        found = await session.execute(
            select(*(getattr(IncidentRow, name) for name in _Subject._fields))
            .where(IncidentRow.id.in_(states))
            .order_by(IncidentRow.group_id, IncidentRow.opened_at, IncidentRow.id)
        )
        subjects = [_Subject(*row) for row in found if states[row.id] != "failed" or row.status == Status.FAILED]
        groups = sorted({subject.group_id for subject in subjects})
        await lock_groups(session, groups)
        board = await _Board.of(session, states, groups)
        for subject in subjects:
            for name, channel in self._channels.items():
                if only_edits and not channel.edits:
                    continue
                if channel.gets(subject.service, subject.environment, subject.repository, subject.tier):
                    board.change(subject, name, channel, states[subject.id])


async def lock_groups(session: AsyncSession, groups: Sequence[str]) -> None:
    """Lock the messages of these groups, sorted to avoid deadlocks. On SQLite the write lock is enough."""
    if session.get_bind().dialect.name == "postgresql":
        for group in groups:
            await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 1))"), {"name": group})


class _Board:
    """The rows of the incidents that change, and of the groups they are in."""

    def __init__(
        self,
        session: AsyncSession,
        rows: Sequence[NotificationRow],
        sizes: dict[tuple[str, str], int],
    ) -> None:
        self._session = session
        self._now = datetime.now(UTC)
        self._rows = {(row.incident_id, row.channel): row for row in rows}
        self._leads = {(row.group_id, row.channel): row for row in rows if row.lead}
        self._sizes = sizes

    @classmethod
    async def of(cls, session: AsyncSession, incidents: Collection[str], groups: Sequence[str]) -> "_Board":
        """Read them: two queries for any number of incidents."""
        theirs = NotificationRow.incident_id.in_(incidents)
        leads = NotificationRow.group_id.in_(groups) & NotificationRow.lead
        rows = await session.scalars(select(NotificationRow).where(theirs | leads).with_for_update())
        key = (NotificationRow.group_id, NotificationRow.channel)
        counts = await session.execute(
            select(*key, func.count()).where(NotificationRow.group_id.in_(groups)).group_by(*key)
        )
        return cls(session, rows.all(), {(group, channel): number for group, channel, number in counts})

    def change(self, subject: _Subject, name: str, channel: Channel, state: State | None) -> None:
        """Write what this incident changes in one channel."""
        if not channel.edits and state == "investigating":
            return
        row, lead = self._rows.get((subject.id, name)), self._leads.get((subject.group_id, name))
        if row is not None:
            self._again(row, state)
        elif state == "culprit" or not channel.quiet:
            self._first(subject, name, channel, state, lead)
        counted = channel.edits or (subject.id, name) not in self._rows
        if lead is not None and lead is not row and counted:
            self._again(lead, None, gather=GATHER_SECONDS[channel.edits])

    def _first(
        self, subject: _Subject, name: str, channel: Channel, state: State | None, lead: NotificationRow | None
    ) -> None:
        key = (subject.group_id, name)
        if state is None or (lead is not None and self._sizes.get(key, 0) > channel.related):
            return
        row = NotificationRow(
            incident_id=subject.id,
            channel=name,
            group_id=subject.group_id,
            lead=lead is None,
            token=secrets.token_urlsafe(18),
            state=state,
            wanted=1,
            sent=0,
            changed_at=self._now,
            due_at=self._now,
            muted_until=lead.muted_until if lead else None,
            attempts=0,
            given_up=False,
            messages={},
        )
        self._session.add(row)
        self._rows[subject.id, name] = row
        self._sizes[key] = self._sizes.get(key, 0) + 1
        if lead is None:
            self._leads[key] = row

    def _again(self, row: NotificationRow, state: State | None, gather: float = 0.0) -> None:
        """Count one more change. A row that waits already stays at its place."""
        busy = row.lease_until is not None and row.lease_until > self._now
        if row.given_up or row.sent >= row.wanted:
            row.changed_at, row.attempts, row.given_up, row.problem = self._now, 0, False, None
            row.due_at = self._now + timedelta(seconds=gather)
        elif not gather:
            row.due_at = min(row.due_at, self._now)
        elif busy:
            row.due_at = max(row.due_at, self._now + timedelta(seconds=gather))
        row.wanted += 1
        row.state = state or row.state
