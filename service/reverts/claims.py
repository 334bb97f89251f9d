"""A claim on a revert stays valid as long as the work on it goes on in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from incidents.errors import StoreUnavailable
from service.store.planned_reverts import PlannedReverts, RevertClaim


@asynccontextmanager
async def renewed(store: PlannedReverts, claim: RevertClaim, seconds: float) -> AsyncIterator[None]:
    """Renew the claim, which is valid for `seconds`, until the block ends."""
    renewal = asyncio.create_task(_renew(store, claim, seconds), name=f"claim of {claim.revert.id}")
    try:
        yield
    finally:
        renewal.cancel()
        await asyncio.gather(renewal, return_exceptions=True)


async def _renew(store: PlannedReverts, claim: RevertClaim, seconds: float) -> None:
    valid = True
    while valid:
        await asyncio.sleep(seconds / 3)
        try:
            valid = await store.renew(claim, seconds)
        except StoreUnavailable:
            continue  # the next try may come in time
