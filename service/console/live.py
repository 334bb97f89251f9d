"""Server-sent events of one incident: a word whenever its page would look different."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, HTTPException
from fastapi.responses import StreamingResponse

from incidents.errors import StoreUnavailable
from service.api.auth.middleware import Reader
from service.api.dependencies import Parts, TheParts
from service.api.reruns import IncidentId

router = APIRouter(include_in_schema=False)
_LOOK_SECONDS = 1.0
_LONGEST_SECONDS = 900


@router.get("/console/incidents/{incident_id}/events")
async def events(incident_id: IncidentId, parts: TheParts, caller: Reader) -> StreamingResponse:
    """Stream `changed` events until the browser leaves. Raises IncidentNotFound."""
    first = await parts.store.queries.fingerprint(incident_id)
    if parts.watching.is_full(caller.name):
        raise HTTPException(503, "too many pages are watching: load the page again by hand")
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        _changes(parts, caller.name, incident_id, first), media_type="text/event-stream", headers=headers
    )


async def _changes(parts: Parts, caller: str, incident_id: str, seen: str) -> AsyncIterator[str]:
    if parts.watching.is_full(caller):  # taken since the answer began: the browser asks again, and is refused
        return
    with parts.watching.place(caller):
        yield ": watching\n\n"
        for number in range(int(_LONGEST_SECONDS / _LOOK_SECONDS)):
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                now = await parts.store.queries.fingerprint(incident_id)
            except StoreUnavailable:
                continue
            if now != seen:
                seen = now
                yield "event: changed\ndata: look again\n\n"
            elif number % 20 == 19:
                yield ": still there\n\n"  # proxies close a silent stream
