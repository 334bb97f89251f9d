"""The rows of alerts: each body is stored once, and of what only repeats an incident the last few.

Rows that opened an incident or restarted its investigation stay as long as it does: verdicts and feedback go by them.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from service.intake.alert_event import Effect, Notice
from service.store.tables import AlertRow, BodyRow, DeliveryRow

REPEATS = 5
"""Rows of one incident that only repeat it (counted, resolved)."""
STRAYS = 200
"""Rows of one source that belong to no incident."""
_REPEATING: tuple[Effect, ...] = ("counted", "resolved")
_AT_ONCE = 500  # values in one statement
Delivery = tuple[str, str]
"""Source and id."""


def deliveries(notice: Notice) -> list[Delivery]:
    """The ids under which this notice would come again."""
    return [(notice.source, each) for each in notice.deliveries]


async def delivered(session: AsyncSession, notices: Sequence[Notice]) -> dict[Delivery, str | None]:
    """Which of their deliveries came before, and the incidents they belong to."""
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
    """What one transaction adds to the alerts and takes away from them. `settle` comes last."""

    def __init__(self, session: AsyncSession, now: datetime) -> None:
        self._session = session
        self._now = now
        self._texts: dict[str, str] = {}
        self._uses: Counter[str] = Counter()
        self._repeated: set[str] = set()
        self._strays: set[str] = set()

    def add(self, notice: Notice, incident: str | None, effect: Effect) -> AlertRow:
        """The row of a notice, not flushed yet."""
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
        """Remember its ids, so that it counts once."""
        for source, delivery in deliveries(notice):
            self._session.add(
                DeliveryRow(source=source, delivery=delivery, received_at=self._now, incident_id=incident)
            )

    async def settle(self) -> None:
        """Delete what is too much, and store the bodies."""
        await self._session.flush()
        repeating = (AlertRow.incident_id.in_(sorted(self._repeated)), AlertRow.effect.in_(_REPEATING))
        await self._delete_beyond(REPEATS, AlertRow.incident_id, *repeating)
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
        """Of the rows that meet the conditions keep the last `most` of each group."""
        number = func.row_number().over(partition_by=group, order_by=AlertRow.id.desc())
        ranked = select(AlertRow.id, number.label("number")).where(*conditions).subquery()
        old = select(ranked.c.id).where(ranked.c.number > most)
        # Locked first, and what is locked already is left to whoever deletes it: else two could wait in a circle.
        locked = select(AlertRow.id).where(AlertRow.id.in_(old)).with_for_update(skip_locked=True)
        self._uses.subtract(await delete_alerts(self._session, tuple(await self._session.scalars(locked))))


async def delete_alerts(session: AsyncSession, ids: Sequence[int]) -> Counter[str]:
    """Delete these rows; how often each body was used by them."""
    uses: Counter[str] = Counter()
    for start in range(0, len(ids), _AT_ONCE):
        chosen = AlertRow.id.in_(ids[start : start + _AT_ONCE])
        gone = await session.scalars(delete(AlertRow).where(chosen).returning(AlertRow.body_hash))
        uses.update(each for each in gone if each is not None)
    return uses


async def change_bodies(session: AsyncSession, uses: Mapping[str, int], texts: Mapping[str, str]) -> None:
    """Add to the number of rows that use each body (negative: take away), and delete those that none uses any more.

    In the order of their names, so that transactions that change the same ones never wait in a circle.
    """
    changed = sorted(name for name, change in uses.items() if change)
    for start in range(0, len(changed), _AT_ONCE):
        await _change_some(session, changed[start : start + _AT_ONCE], uses, texts)


async def _change_some(
    session: AsyncSession, names: Iterable[str], uses: Mapping[str, int], texts: Mapping[str, str]
) -> None:
    rows = [{"hash": name, "text": texts.get(name, ""), "uses": uses[name]} for name in names]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = insert(BodyRow).values(rows)
    total = BodyRow.uses + added.excluded.uses
    # A row that is not there has the text it is added with; one that is there has it already.
    await session.execute(added.on_conflict_do_update(index_elements=[BodyRow.hash], set_={"uses": total}))
    await session.execute(delete(BodyRow).where(BodyRow.hash.in_([row["hash"] for row in rows]), BodyRow.uses <= 0))
