"""An incident that was claimed and finished."""

from collections.abc import Callable

from service.store.store import Store
from tests.service.stand_ins import Found


async def claimed_and_finished(store: Store, outcome: Callable[[str], Found]) -> str:
    claim = await store.leases.claim("worker")
    assert claim is not None
    await store.outcomes.finish(claim, outcome(claim.incident.id))
    return claim.incident.id
