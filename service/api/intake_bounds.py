"""What every route that takes something in does first: is there room, may this sender, and where is it worked on."""

import asyncio
import math
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from fastapi import HTTPException, Request

from service.api import errors as refusals
from service.api.dependencies import Parts
from service.api.heavy_work import WorkLost

Made = TypeVar("Made")
Arguments = TypeVarTuple("Arguments")
_LONG = 20_000  # characters whose reading takes long enough to be worth a process


def still_open(parts: Parts) -> None:
    """503 on a replica that is stopping."""
    if parts.draining:
        headers = {"Retry-After": str(refusals.RETRY_SECONDS)}
        raise HTTPException(503, "this replica is stopping: nothing was stored, try again", headers=headers)


def within_rate(parts: Parts, source: str) -> None:
    """429 for a source that sends too much."""
    if seconds := parts.rates.wait(source):
        headers = {"Retry-After": str(math.ceil(seconds))}
        raise HTTPException(429, "too many alerts a second from this source: nothing was stored", headers=headers)


async def apart(
    parts: Parts, request: Request, size: int, work: Callable[[*Arguments], Made], *arguments: *Arguments
) -> Made:
    """Beside the event loop: what is long in another process, where senders take turns."""
    if size <= _LONG:
        return await asyncio.to_thread(work, *arguments)
    try:
        return await parts.heavy.run(request.state.sender, work, *arguments)
    except WorkLost as error:
        headers = {"Retry-After": str(refusals.RETRY_SECONDS)}
        raise HTTPException(503, "the body could not be read: try again", headers=headers) from error
