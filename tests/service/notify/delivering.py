"""Incidents that are finished, and the states of their messages."""

from collections.abc import Callable
from typing import Any

from service.store.store import Store
from tests.service.store.channels import culprit_found


async def finished(store: Store, outcome: Callable[[str], Any] = culprit_found) -> str:
    claim = await store.leases.claim("worker")
    assert claim is not None
    assert await store.outcomes.finish(claim, outcome(claim.incident.id))
    return claim.incident.id


async def states(store: Store) -> set[str]:
    return {each.state for each in await store.notifications.latest(500)}


def all_sent(store: Store) -> Callable[[], Any]:
    async def holds() -> bool:
        return await states(store) == {"sent"}

    return holds
