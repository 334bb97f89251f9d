"""Rounds of work on an incident, and the threads under which their progress is checkpointed."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import select

from incidents.incident import Status
from service.store.engine import Database
from service.store.tables import IncidentRow

_AT_ONCE = 500  # ids in one statement


class Round(NamedTuple):
    """One round of work on an incident; a new deploy or a new trace starts the next."""

    incident: str
    number: int

    def thread(self, agents: bool) -> str:
        """Return the checkpointer's thread of one lane (with or without agents): the same for every replica."""
        return f"{self.incident}/{self.number}/{'agents' if agents else 'evidence'}"

    @property
    def threads(self) -> tuple[str, ...]:
        """The threads of both lanes."""
        return self.thread(agents=True), self.thread(agents=False)


def rounds_of(threads: Iterable[str]) -> set[Round]:
    """Return the rounds of these threads; threads with another kind of name are ignored."""
    parts = (thread.split("/") for thread in threads)
    return {Round(part[0], int(part[1])) for part in parts if len(part) == 3 and part[1].isdecimal()}


class Rounds:
    """Finds rounds of work that have ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def over(self, rounds: Collection[Round]) -> set[Round]:
        """Return the rounds with no further work: superseded, ended, or their incident is deleted."""
        open_rounds: set[Round] = set()
        named = sorted({each.incident for each in rounds})
        waits = (IncidentRow.status.in_((Status.OPEN, Status.INVESTIGATING))) | IncidentRow.agents_due
        columns = select(IncidentRow.id, IncidentRow.round).where(waits)
        async with self._database.read() as session:
            for start in range(0, len(named), _AT_ONCE):
                rows = await session.execute(columns.where(IncidentRow.id.in_(named[start : start + _AT_ONCE])))
                open_rounds |= {Round(row.id, row.round) for row in rows}
        return set(rounds) - open_rounds
