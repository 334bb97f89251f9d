"""What may be used once only, and was: ended sessions, and the states of logins."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from service.store.engine import Database, RowsRefused
from service.store.tables import SpentRow


class SpentMarks:
    """Remembers marks until they would be refused anyway. Only their SHA-256 is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spend(self, mark: str, seconds: float) -> bool:
        """Remember a mark for so many seconds. Returns False when it was spent before."""
        row = SpentRow(mark=_digest(mark), until=datetime.now(UTC) + timedelta(seconds=seconds))
        try:
            async with self._database.write() as session:
                session.add(row)
        except RowsRefused:
            return False
        return True

    async def try_to_write(self) -> None:
        """Write a mark and take it away in one transaction. Raises StoreUnavailable where nothing can be stored now."""
        mark = _digest(secrets.token_hex())
        async with self._database.write() as session:
            session.add(SpentRow(mark=mark, until=datetime.now(UTC)))
            await session.flush()
            await session.execute(delete(SpentRow).where(SpentRow.mark == mark))

    async def is_spent(self, mark: str) -> bool:
        """Whether somebody spent it."""
        async with self._database.read() as session:
            return await session.get(SpentRow, _digest(mark)) is not None


def _digest(mark: str) -> str:
    return hashlib.sha256(mark.encode()).hexdigest()
