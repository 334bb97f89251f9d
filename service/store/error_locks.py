"""Lock errors, so that two replicas never open two incidents for one and no count is lost."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# One statement for all: a body of 3,000 alerts would wait for the database 3,000 times. OFFSET 0 keeps the order.
_LOCK = text(
    "SELECT pg_advisory_xact_lock(('x' || bare)::bit(64)::bigint)"
    " FROM (SELECT unnest(CAST(:bares AS text[])) AS bare OFFSET 0) AS ordered"
)


async def lock_errors(session: AsyncSession, bares: Sequence[str]) -> None:
    """Lock these errors, in a fixed order to avoid deadlocks. On SQLite the transaction already has the write lock."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(_LOCK, {"bares": list(bares)})
