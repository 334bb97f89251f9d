"""Messages to be sent: claimed one by one in each channel, and marked as sent, put off or given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from incidents.errors import IncidentNotFound
from service.store.engine import Database
from service.store.incident_rows import incident_row
from service.store.leases import database_time
from service.store.outbox import lock_groups
from service.store.schemas import Notification, NotificationState
from service.store.tables import IncidentRow, NotificationRow, VerdictRow
from tools.text.redaction import redact

_PROBLEM = 500
_COUNTED = timedelta(days=1)
"""After so long without a change the counts of a message stay as they are."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that one replica sends now. `number` is the change it shows.

    `messages` are the channel's ids of its parts, those of `lead` of the first message of its group. `unsure_since`: an
    earlier try began then and nobody knows whether it was sent.
    """

    incident: str
    channel: str
    owner: str
    number: int
    state: str
    token: str
    changed_at: datetime
    attempts: int
    messages: Mapping[str, str]
    lead: Mapping[str, str] | None
    unsure_since: datetime | None


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """The other incidents of a group: how many there are, of how many services and errors; how many have which answer."""

    related: int
    services: int
    errors: int
    answers: Mapping[str, int]


class Notifications:
    """The messages of all channels. A claim is valid until its lease ends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, channel: str, owner: str, seconds: float) -> Delivery | None:
        """Claim the oldest message that is due in this channel, or return None.

        One at a time in a channel, so that messages arrive in order, whichever replica sends them.
        """
        async with self._database.read() as session:  # without the write lock: mostly there is nothing
            waits = await session.scalar(select(exists().where(*_due(channel, datetime.now(UTC)))))
        if not waits:
            return None
        async with self._database.write() as session:
            await _lock_channel(session, channel)
            now = await database_time(session)
            row = await session.scalar(
                select(NotificationRow)
                .where(*_due(channel, now))
                .order_by(NotificationRow.changed_at, NotificationRow.incident_id)
                .limit(1)
                .with_for_update()
            )
            if row is None:
                return None
            unsure, lead = row.begun_at, None if row.lead else await _lead(session, row)
            row.claimed_by, row.lease_until = owner, now + timedelta(seconds=seconds)
            row.begun_at = unsure or now
            return _delivery(row, owner, lead, unsure)

    async def record(self, delivery: Delivery, part: str, message: str) -> None:
        """Store the channel's id of a part as soon as it is known, also when the claim is no longer valid."""
        async with self._database.write() as session:
            row = await session.get(NotificationRow, (delivery.incident, delivery.channel), with_for_update=True)
            if row is not None:
                row.messages = {**row.messages, part: message[:300]}

    async def sent(self, delivery: Delivery, enough: int) -> bool:
        """Note that the channel shows this change. Returns False when the claim is no longer valid.

        Then it was sent late, perhaps over a newer state, which is sent once more. The tries of others are counted anew
        where the receiver was at fault: it broke on this message too, or on theirs `enough` times before it took one.
        """
        broke = int(delivery.unsure_since is not None)
        values = {"sent": delivery.number, "sent_at": datetime.now(UTC), "attempts": broke}
        valid = await self._end(delivery, {**values, "problem": None, "begun_at": None})
        await self._count_anew(delivery.channel, 1 if broke else enough)
        if not valid:
            await self._once_more(delivery)
        return valid

    async def put_off(self, delivery: Delivery, problem: str, seconds: float, *, counted: bool, known: bool) -> bool:
        """Try again later; `counted`: this try counts; `known`: it is certain that nothing was sent."""
        values: dict[str, object] = {"problem": redact(problem)[:_PROBLEM]}
        if counted:
            values |= {"attempts": NotificationRow.attempts + 1}
            values |= {"due_at": datetime.now(UTC) + timedelta(seconds=seconds)}
        if known and delivery.unsure_since is None:
            values |= {"begun_at": None}
        return await self._end(delivery, values)

    async def _count_anew(self, channel: str, least: int) -> None:
        """Forget the tries of those that wait after `least` or more."""
        theirs = (NotificationRow.channel == channel, _WAITS, NotificationRow.attempts >= least)
        async with self._database.write() as session:
            await session.execute(update(NotificationRow).where(*theirs).values(attempts=0))

    async def took_others(self, delivery: Delivery) -> bool:
        """Whether the channel took another incident's message at its first try since this one was first tried."""
        others = (
            NotificationRow.channel == delivery.channel,
            NotificationRow.incident_id != delivery.incident,
            NotificationRow.sent_at > delivery.unsure_since,
            NotificationRow.attempts == 0,
        )
        async with self._database.read() as session:
            return delivery.unsure_since is not None and bool(await session.scalar(select(exists().where(*others))))

    async def give_up(self, delivery: Delivery, problem: str) -> bool:
        """Do not try again before the incident changes."""
        return await self._end(delivery, {"given_up": True, "problem": redact(problem)[:_PROBLEM]})

    async def _once_more(self, delivery: Delivery) -> None:
        async with self._database.write() as session:
            row = await session.get(NotificationRow, (delivery.incident, delivery.channel), with_for_update=True)
            if row is not None:
                now = datetime.now(UTC)
                row.changed_at = now if row.sent >= row.wanted else row.changed_at
                row.wanted, row.due_at, row.attempts = row.wanted + 1, min(row.due_at, now), 0

    async def _end(self, delivery: Delivery, values: dict[str, object]) -> bool:
        async with self._database.write() as session:
            ended = await session.scalars(
                update(NotificationRow)
                .where(
                    NotificationRow.incident_id == delivery.incident,
                    NotificationRow.channel == delivery.channel,
                    NotificationRow.claimed_by == delivery.owner,
                )
                .values(claimed_by=None, lease_until=None, **values)
                .returning(NotificationRow.incident_id)
            )
            return ended.first() is not None

    async def group(self, incident: str) -> GroupCounts:
        """Count the other incidents of this incident's group. Raises IncidentNotFound."""
        async with self._database.read() as session:
            group = (await incident_row(session, incident)).group_id
            others = (IncidentRow.group_id == group, IncidentRow.id != incident)
            sums = select(func.count(IncidentRow.service.distinct()), func.coalesce(func.sum(IncidentRow.errors), 0))
            services, errors = (await session.execute(sums.where(*others))).one()
            outcome = (
                select(VerdictRow.outcome)
                .where(VerdictRow.incident_id == IncidentRow.id, VerdictRow.round == IncidentRow.round)
                .order_by(VerdictRow.version.desc())
                .limit(1)
                .scalar_subquery()
            )
            answer = func.coalesce(outcome, IncidentRow.status).label("answer")
            found = select(answer).where(*others).subquery()
            counted = await session.execute(select(found.c.answer, func.count()).group_by(found.c.answer))
            answers: dict[str, int] = {name: number for name, number in counted}
        return GroupCounts(sum(answers.values()), services, int(errors), answers)

    async def count_again(self, channel: str, seconds: float) -> int:
        """Have messages sent once more whose incidents got alerts since, `seconds` ago or more; return how many.

        Of a group that is its first message. Alerts that are only counted write nothing themselves: there are many.
        """
        now = datetime.now(UTC)
        row = NotificationRow
        grown = exists().where(
            IncidentRow.group_id == row.group_id,
            (IncidentRow.id == row.incident_id) | row.lead,
            IncidentRow.last_seen_at > row.sent_at,
        )
        quiet = (row.channel == channel, row.sent >= row.wanted, row.sent_at < now - timedelta(seconds=seconds))
        async with self._database.write() as session:
            found = await session.scalars(
                update(row)
                .where(*quiet, row.sent_at > now - _COUNTED, grown)
                .values(wanted=row.wanted + 1, changed_at=now, due_at=now, attempts=0)
                .returning(row.incident_id)
                .execution_options(synchronize_session=False)
            )
            return len(found.all())

    async def mute(self, token: str, until: datetime) -> None:
        """Send nothing about the group of this message in its channel before `until`. Raises IncidentNotFound."""
        async with self._database.write() as session:
            row = await _with_token(session, token)
            await lock_groups(session, [row.group_id])
            theirs = (NotificationRow.group_id == row.group_id, NotificationRow.channel == row.channel)
            await session.execute(update(NotificationRow).where(*theirs).values(muted_until=until))

    async def named(self, token: str) -> tuple[str, str]:
        """Return incident and channel of the message with this token. Raises IncidentNotFound."""
        async with self._database.read() as session:
            row = await _with_token(session, token)
        return row.incident_id, row.channel

    async def latest(
        self, limit: int, channel: str | None = None, state: NotificationState | None = None
    ) -> tuple[Notification, ...]:
        """Return the latest messages, newest change first."""
        conditions = [NotificationRow.channel == channel] if channel else []
        if state is not None:
            conditions.append(_IN_STATE[state])
        newest = (NotificationRow.changed_at.desc(), NotificationRow.incident_id, NotificationRow.channel)
        async with self._database.read() as session:
            rows = await session.scalars(select(NotificationRow).where(*conditions).order_by(*newest).limit(limit))
            return tuple(_shown(row) for row in rows)

    async def counts(self) -> dict[tuple[str, NotificationState], int]:
        """Return the number of messages by channel and state."""
        counted: dict[tuple[str, NotificationState], int] = {}
        async with self._database.read() as session:
            for state, condition in _IN_STATE.items():
                found = await session.execute(
                    select(NotificationRow.channel, func.count()).where(condition).group_by(NotificationRow.channel)
                )
                counted |= {(channel, state): number for channel, number in found}
        return counted


_WAITS = (NotificationRow.sent < NotificationRow.wanted) & NotificationRow.given_up.is_(False)
_IN_STATE: dict[NotificationState, ColumnElement[bool]] = {
    "waiting": _WAITS,
    "sent": NotificationRow.sent >= NotificationRow.wanted,
    "given_up": (NotificationRow.sent < NotificationRow.wanted) & NotificationRow.given_up,
}


def _due(channel: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    other = aliased(NotificationRow)
    return (
        NotificationRow.channel == channel,
        _WAITS,
        NotificationRow.due_at <= now,
        or_(NotificationRow.muted_until.is_(None), NotificationRow.muted_until <= now),
        ~exists().where(other.channel == channel, other.sent < other.wanted, other.lease_until > now),
    )


async def _with_token(session: AsyncSession, token: str) -> NotificationRow:
    row = await session.scalar(select(NotificationRow).where(NotificationRow.token == token))
    if row is None:
        raise IncidentNotFound("no message has this token")
    return row


async def _lock_channel(session: AsyncSession, channel: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 2))"), {"name": channel})


async def _lead(session: AsyncSession, row: NotificationRow) -> Mapping[str, str]:
    theirs = (NotificationRow.group_id == row.group_id, NotificationRow.channel == row.channel, NotificationRow.lead)
    found = await session.scalar(select(NotificationRow.messages).where(*theirs).limit(1))
    return found or {}


def _delivery(row: NotificationRow, owner: str, lead: Mapping[str, str] | None, unsure: datetime | None) -> Delivery:
    return Delivery(
        incident=row.incident_id,
        channel=row.channel,
        owner=owner,
        number=row.wanted,
        state=row.state,
        token=row.token,
        changed_at=row.changed_at,
        attempts=row.attempts,
        messages=dict(row.messages),
        lead=lead,
        unsure_since=unsure,
    )


def _shown(row: NotificationRow) -> Notification:
    state: NotificationState = "sent" if row.sent >= row.wanted else "given_up" if row.given_up else "waiting"
    fields = {"incident": row.incident_id, "state": state, "shows": row.state}
    return Notification.model_validate(row.columns_of(Notification) | fields)
