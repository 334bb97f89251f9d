"""Bodies that no adapter understood, for an operator to look into: bounded, redacted, each stored once."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from service.store.engine import Database
from service.store.schemas import RefusedBody
from service.store.tables import RefusedRow

MOST = 50
"""Bodies of one source; the latest stay."""
_BODY = 16_000
_FIELD = 200
_PROBLEM = 500


class RefusedBodies:
    """Stores what was refused and reads it back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, source: str, field: str, problem: str, body: str) -> None:
        """Store a body (redacted) with what is wrong with it; one that came before is counted."""
        now = datetime.now(UTC)
        text = body[:_BODY]
        row = {
            "source": source,
            "hash": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
            "first_at": now,
            "last_at": now,
            "times": 1,
            "field": field[:_FIELD],
            "problem": problem[:_PROBLEM],
            "body": text,
        }
        async with self._database.write() as session:
            insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
            again = {"last_at": now, "times": RefusedRow.times + 1, "field": row["field"], "problem": row["problem"]}
            await session.execute(
                insert(RefusedRow)
                .values(row)
                .on_conflict_do_update(index_elements=[RefusedRow.source, RefusedRow.hash], set_=again)
            )
            number = func.row_number().over(order_by=(RefusedRow.last_at.desc(), RefusedRow.hash))
            ranked = select(RefusedRow.hash, number.label("number")).where(RefusedRow.source == source).subquery()
            old = select(ranked.c.hash).where(ranked.c.number > MOST)
            await session.execute(delete(RefusedRow).where(RefusedRow.source == source, RefusedRow.hash.in_(old)))

    async def latest(self, source: str | None, limit: int) -> Sequence[RefusedBody]:
        """The latest refused bodies, of one source or of all."""
        query = select(RefusedRow).order_by(RefusedRow.last_at.desc(), RefusedRow.hash).limit(limit)
        if source is not None:
            query = query.where(RefusedRow.source == source)
        async with self._database.read() as session:
            rows = await session.scalars(query)
            return tuple(
                RefusedBody(
                    source=row.source,
                    first_at=row.first_at,
                    last_at=row.last_at,
                    times=row.times,
                    field=row.field,
                    problem=row.problem,
                    body=row.body,
                )
                for row in rows
            )
