"""Carries out one rescoring: claims it, judges what is not judged yet, and stores each result once."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Final, Protocol

from graph.snapshot import snapshot_of
from incidents.errors import InputError, StoreUnavailable, WorkInterrupted
from service.rescoring.scorer import Outcome, Task
from service.store.outcomes import storable
from service.store.rescoring_schemas import Rejudged
from service.store.store import Store

_log: Final = logging.getLogger(__name__)
LEASE_SECONDS: Final = 30.0
_AHEAD: Final = 20  # incidents read from the store together


class Judges(Protocol):
    """Judges tasks (`service.rescoring.actors.Scorers`)."""

    @property
    def most(self) -> int:
        """How many tasks may run at the same time."""

    def outcomes(self, tasks: AsyncIterator[Task], room: "Room") -> AsyncGenerator[Outcome]:
        """Judge the tasks and yield each outcome."""

    def close(self) -> None:
        """Stop the processes that judge."""


class Room(Protocol):
    """Says how many tasks may run now."""

    async def __call__(self) -> int: ...


Advance = Callable[[Rejudged], None]
Make = Callable[[], Judges]


async def carry_out(store: Store, name: str, make: Make, advance: Advance = lambda _: None) -> bool:
    """Judge the incidents of the rescoring that have no result yet. Live incidents go first.

    `make` is called once the run is claimed. Returns False when somebody else works on it, or nothing is left. Raises
    WorkInterrupted when somebody stopped it, IncidentNotFound, StoreUnavailable, ClusterNotStarted. Whatever ends it, a
    second call continues.
    """
    owner = secrets.token_hex(8)
    await store.rescorings.rescoring(name)
    if not await store.rescorings.claim(owner, LEASE_SECONDS, name):
        return False
    try:
        async with _claimed(store, name, owner):
            await _judged(store, name, make(), advance)
    finally:
        await store.rescorings.release(name, owner)
    return True


async def _judged(store: Store, name: str, judges: Judges, advance: Advance) -> None:
    try:
        async with aclosing(judges.outcomes(_tasks(store, name), _room(store, judges.most))) as outcomes:
            async for outcome in outcomes:
                result = rejudged(outcome)
                if await store.rescored.save(name, result):
                    advance(result)
    finally:
        judges.close()


def rejudged(outcome: Outcome) -> Rejudged:
    """Return what is stored of an outcome."""
    found = outcome.found
    if found is None:
        return Rejudged(incident=outcome.key, failure=storable(outcome.failure or "unknown"))
    return Rejudged(
        incident=outcome.key,
        seconds=found.seconds,
        verdict=found.verdict,
        report=found.report,
        versions=found.snapshot.versions if found.snapshot else None,
        steps=found.steps,
    )


async def _tasks(store: Store, name: str) -> AsyncIterator[Task]:
    """Yield what is not judged yet, each incident once."""
    after = ""
    while found := await store.rescored.pending(name, _AHEAD, after):
        for each in found:
            after = each.incident
            try:
                snapshot = snapshot_of(each.snapshot)
            except InputError as error:
                await store.rescored.save(name, Rejudged(incident=each.incident, failure=str(error)))
            else:
                yield Task(key=each.incident, snapshot=snapshot)


def _room(store: Store, most: int) -> Room:
    """Return the rule that one incident is judged at a time while live ones wait or are investigated.

    One, not none: without a replica that investigates, what waits would hold a rescoring up for ever.
    """

    async def room() -> int:
        return 1 if await store.rescorings.live_work() else most

    return room


@asynccontextmanager
async def _claimed(store: Store, name: str, owner: str) -> AsyncIterator[None]:
    """Renew the claim while the block runs; when it is lost the block is cancelled and WorkInterrupted raised."""
    block = asyncio.current_task()
    lost = False

    async def renew() -> None:
        nonlocal lost
        while True:
            await asyncio.sleep(LEASE_SECONDS / 6)
            try:
                lost = not await store.rescorings.renew(name, owner, LEASE_SECONDS)
            except StoreUnavailable as error:
                _log.warning("the claim on rescoring %s could not be renewed: %s", name, error)
            if lost and block is not None:
                block.cancel()
                return

    renewal = asyncio.create_task(renew())
    try:
        yield
    except asyncio.CancelledError as error:
        if not lost:
            raise
        raise WorkInterrupted(f"rescoring {name} was stopped, or taken over") from error
    finally:
        renewal.cancel()
