"""Rounds of work on an incident, and the threads under which their progress is checkpointed."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.incident import Status
from service.store.tables import IncidentRow

_AT_ONCE = 500  # ids asked for in one statement


class Round(NamedTuple):
    """One round of work on an incident: a new deploy or a new trace begins the next."""

    incident: str
    number: int

    def thread(self, agents: bool) -> str:
        """Where the progress of one lane is kept: the same for whoever takes it over."""
        return f"{self.incident}/{self.number}/{'agents' if agents else 'evidence'}"

    @property
    def threads(self) -> tuple[str, ...]:
        """Those of both lanes."""
        return self.thread(agents=True), self.thread(agents=False)


def rounds_of(threads: Iterable[str]) -> set[Round]:
    """The rounds these threads belong to; what was not named by us is left out."""
    parts = (thread.split("/") for thread in threads)
    return {Round(part[0], int(part[1])) for part in parts if len(part) == 3 and part[1].isdecimal()}


async def over(session: AsyncSession, rounds: Collection[Round]) -> set[Round]:
    """Those of `rounds` that nobody will work on again: superseded, ended, or their incident is deleted."""
    going_on: set[Round] = set()
    named = sorted({each.incident for each in rounds})
    for start in range(0, len(named), _AT_ONCE):
        ids = named[start : start + _AT_ONCE]
        waits = (IncidentRow.status.in_((Status.OPEN, Status.INVESTIGATING))) | IncidentRow.agents_due
        rows = await session.execute(select(IncidentRow.id, IncidentRow.round).where(IncidentRow.id.in_(ids), waits))
        going_on |= {Round(row.id, row.round) for row in rows}
    return set(rounds) - going_on
