"""The rows of alerts: each body is stored once, and of alerts that only repeat an incident the last few.

Rows that opened an incident or restarted its investigation stay as long as the incident: verdicts and feedback refer to
them.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from service.intake.alert_event import Effect, Notice
from service.store.tables import AlertRow, BodyRow, DeliveryRow

REPEATS = 5
"""The most rows of one incident that only repeat it (counted, resolved)."""
STRAYS = 200
"""The most rows of one source that belong to no incident."""
_REPEATING: tuple[Effect, ...] = ("counted", "resolved")
_AT_ONCE = 500  # values in one statement
Delivery = tuple[str, str]
"""Source and id."""


def deliveries(notice: Notice) -> list[Delivery]:
    """Return the delivery ids of this notice, which identify it when it is sent again."""
    return [(notice.source, each) for each in notice.deliveries]


async def delivered(session: AsyncSession, notices: Sequence[Notice]) -> dict[Delivery, str | None]:
    """Return the deliveries that are already known, with the incidents they belong to."""
    ids = sorted({each for notice in notices for each in notice.deliveries})
    known: dict[Delivery, str | None] = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows = await session.execute(
            select(DeliveryRow.source, DeliveryRow.delivery, DeliveryRow.incident_id).where(
                DeliveryRow.delivery.in_(ids[start : start + _AT_ONCE])
            )
        )
        known |= {(row.source, row.delivery): row.incident_id for row in rows}
    return known


class AlertRows:
    """The alert rows that one transaction adds and deletes. Call `settle` last."""

    def __init__(self, session: AsyncSession, now: datetime) -> None:
        self._session = session
        self._now = now
        self._texts: dict[str, str] = {}
        self._uses: Counter[str] = Counter()
        self._repeated: set[str] = set()
        self._strays: set[str] = set()

    def add(self, notice: Notice, incident: str | None, effect: Effect) -> AlertRow:
        """Add and return the row of a notice; it is not flushed yet."""
        body = self._body(notice.body)
        row = AlertRow(
            received_at=self._now,
            source=notice.source,
            state=notice.state,
            key=notice.key,
            incident_id=incident,
            effect=effect,
            body_hash=body,
            alert=notice.alert.model_dump(mode="json"),
            trace=notice.trace.model_dump(mode="json", exclude_defaults=True) if notice.trace is not None else None,
        )
        self._session.add(row)
        if incident is None:
            self._strays.add(notice.source)
        elif effect in _REPEATING:
            self._repeated.add(incident)
        return row

    def deliver(self, notice: Notice, incident: str | None) -> None:
        """Store the notice's delivery ids, so that it counts once."""
        for source, delivery in deliveries(notice):
            self._session.add(
                DeliveryRow(source=source, delivery=delivery, received_at=self._now, incident_id=incident)
            )

    async def settle(self) -> None:
        """Delete the rows over the limits, and store the bodies."""
        await self._session.flush()
        if self._repeated:
            repeating = (AlertRow.incident_id.in_(sorted(self._repeated)), AlertRow.effect.in_(_REPEATING))
            await self._delete_beyond(REPEATS, AlertRow.incident_id, *repeating)
        if self._strays:
            strays = (AlertRow.source.in_(sorted(self._strays)), AlertRow.incident_id.is_(None))
            await self._delete_beyond(STRAYS, AlertRow.source, *strays)
        await change_bodies(self._session, self._uses, self._texts)

    def _body(self, text: str) -> str | None:
        if not text:
            return None
        name = hashlib.sha256(text.encode()).hexdigest()
        self._texts[name] = text
        self._uses[name] += 1
        return name

    async def _delete_beyond(
        self, most: int, group: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]
    ) -> None:
        """Delete all but the last `most` rows of each group that meet the conditions."""
        number = func.row_number().over(partition_by=group, order_by=AlertRow.id.desc())
        ranked = select(AlertRow.id, number.label("number")).where(*conditions).subquery()
        old = select(ranked.c.id).where(ranked.c.number > most)
        # Lock first, and skip rows that another transaction has locked and will delete: otherwise two could deadlock.
        locked = select(AlertRow.id).where(AlertRow.id.in_(old)).with_for_update(skip_locked=True)
        self._uses.subtract(await delete_alerts(self._session, tuple(await self._session.scalars(locked))))


async def delete_alerts(session: AsyncSession, ids: Sequence[int]) -> Counter[str]:
    """Delete these rows and return how often they used each body."""
    uses: Counter[str] = Counter()
    for start in range(0, len(ids), _AT_ONCE):
        chosen = AlertRow.id.in_(ids[start : start + _AT_ONCE])
        gone = await session.scalars(delete(AlertRow).where(chosen).returning(AlertRow.body_hash))
        uses.update(each for each in gone if each is not None)
    return uses


async def change_bodies(session: AsyncSession, uses: Mapping[str, int], texts: Mapping[str, str]) -> None:
    """Add to the use count of each body (negative: subtract), and delete the bodies without uses.

    Bodies are changed in the order of their hashes, so that transactions with the same bodies cannot deadlock.
    """
    changed = sorted(name for name, change in uses.items() if change)
    for start in range(0, len(changed), _AT_ONCE):
        await _change_some(session, changed[start : start + _AT_ONCE], uses, texts)


async def _change_some(
    session: AsyncSession, names: Sequence[str], uses: Mapping[str, int], texts: Mapping[str, str]
) -> None:
    rows = [{"hash": name, "text": texts.get(name, ""), "uses": uses[name]} for name in names]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = insert(BodyRow).values(rows)
    total = BodyRow.uses + added.excluded.uses
    # A new row is added with its text; an existing row already has it.
    await session.execute(added.on_conflict_do_update(index_elements=[BodyRow.hash], set_={"uses": total}))
    if left := [name for name in names if uses[name] < 0]:
        await session.execute(delete(BodyRow).where(BodyRow.hash.in_(left), BodyRow.uses <= 0))
