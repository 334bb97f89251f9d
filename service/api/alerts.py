"""POST /alerts and POST /alerts/{source}: who sends is proven, everything is stored, then it is acknowledged."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, TypeVar, TypeVarTuple

from fastapi import APIRouter, BackgroundTasks, Body, Header, HTTPException, Path, Request, Response
from fastapi.exceptions import RequestValidationError

from incidents.alert import Name
from incidents.errors import FieldInvalid, InputError
from incidents.incident import Status
from incidents.utc import in_utc
from service.api import errors as refusals
from service.api import openapi_examples as examples
from service.api.auth.middleware import CHALLENGE, Writer
from service.api.auth.proof import shows_token
from service.api.auth.tokens import Trust
from service.api.dependencies import Parts, TheParts
from service.api.heavy_work import WorkLost
from service.intake.adapter import Source
from service.intake.alert_event import Receipt, Result
from service.intake.body_reading import Read, delivery_ids, notices_of, parts_of, read_body
from service.intake.lenient import Draft
from service.intake.normalise import stored_body
from service.intake.sources import SOURCES
from service.intake.sources.redtide import SOURCE as OWN
from service.intake.sources.redtide import OwnAlert
from service.store.schemas import Accepted, AllAccepted

Made = TypeVar("Made")
Arguments = TypeVarTuple("Arguments")
router = APIRouter(tags=["intake"])
_LONG = 20_000  # characters whose reading takes long enough to be worth a process
_ANY_OBJECT = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


@router.post("/alerts", status_code=202, responses=refusals.OF_INTAKE)
async def take_alert(
    sent: Annotated[OwnAlert, Body(openapi_examples=examples.ALERTS)],
    parts: TheParts,
    caller: Writer,
    request: Request,
    response: Response,
    later: BackgroundTasks,
    idempotency_key: Annotated[Name | None, Header(max_length=200, description="The id of this delivery.")] = None,
) -> Accepted:
    """Take an alert: it is stored when the answer goes out, and investigated afterwards.

    The same error is one incident, however many alerts tell of it.
    """
    _open(parts)
    _within_rate(parts, f"{OWN.name}/{caller.name}")
    known(parts.settings.repositories, sent.repository)
    draft = _with_moments(sent)
    body = sent.model_dump_json(exclude_unset=True).encode()
    ids = [idempotency_key] if idempotency_key else []
    stored = await _apart(parts, request, len(body), stored_body, body)
    (accepted,) = await _stored(parts, OWN, Read([draft], stored), ids, request, later)
    if accepted.url:
        response.headers["Location"] = accepted.url
    return accepted


@router.post("/alerts/{source}", status_code=202, responses=refusals.OF_WEBHOOKS, openapi_extra=_ANY_OBJECT)
async def take_webhook(
    source: Annotated[Name, Path(max_length=50, description=f"One of {', '.join(sorted(SOURCES))}.")],
    parts: TheParts,
    request: Request,
    later: BackgroundTasks,
) -> AllAccepted:
    """Take what another system sends (docs/alert-sources.md): every alert of the body is stored when this answers."""
    sender = SOURCES.get(source)
    if sender is None:
        raise HTTPException(404, f"no such source; there are {', '.join(sorted(SOURCES))}")
    _open(parts)
    body = await request.body()
    if not trusted(parts.trust, sender, request.headers, body):
        raise HTTPException(401, refusals.UNPROVEN, headers=CHALLENGE)
    _within_rate(parts, sender.name)
    read = await _apart(parts, request, len(body), read_body, sender.name, body, dict(request.headers))
    if read.errors is not None:
        raise RequestValidationError([{**each, "loc": ("body", *_loc(each))} for each in read.errors])
    delivery = request.headers.get(sender.delivery_header) if sender.delivery_header else None
    in_parts = len(list(parts_of(read.drafts))) > 1
    ids = delivery_ids(sender, request.headers, body, delivery, in_parts)
    return AllAccepted(alerts=await _stored(parts, sender, read, ids, request, later))


def trusted(trust: Trust, source: Source, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the sender signed the body, or shows a secret of this source or a token that may write alerts.

    A signature that is there must hold: it is not made up for by anything else.
    """
    signed = source.signed
    if signed is not None and signed.header in headers:
        return signed.holds(headers, body, trust.active(source.name))
    return shows_token(trust, source, headers.get("authorization"))


async def _stored(
    parts: Parts, source: Source, read: Read, ids: Sequence[str], request: Request, later: BackgroundTasks
) -> tuple[Accepted, ...]:
    """Store, have triage woken when there is something new, and tell what became of each alert.

    What was begun is finished, also when the sender hangs up: if it comes again, it finds what is stored already.
    """
    if sum(len(draft.message) + len(draft.stack_trace) for draft in read.drafts) > 2 * parts.settings.max_body_bytes:
        raise FieldInvalid("alerts", "repeat too much text: put the trace on one alert, not on all of a group")
    task = asyncio.create_task(_parts_stored(parts, source, read, ids, request))
    parts.storing.add(task)
    task.add_done_callback(parts.storing.discard)
    results = await asyncio.shield(task)
    if any(isinstance(result, Receipt) and result.effect in ("opened", "restarted") for result in results):
        later.add_task(parts.wake)
    return tuple(_accepted(result, request) for result in results)


async def _parts_stored(parts: Parts, source: Source, read: Read, ids: Sequence[str], request: Request) -> list[Result]:
    results: list[Result] = []
    for part in parts_of(read.drafts):
        size = sum(len(draft.message) + len(draft.stack_trace) for draft in part.drafts)
        notices = await _apart(parts, request, size, notices_of, part, source.name, parts.settings, read.body, ids)
        results += await parts.batch_writer.take(notices)
    return results


async def _apart(
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


def _loc(error: Mapping[str, object]) -> tuple[object, ...]:
    loc = error["loc"]
    return loc if isinstance(loc, tuple) else ()


def _accepted(result: Result, request: Request) -> Accepted:
    if isinstance(result, InputError):
        raise result
    if result.incident is None:
        return Accepted(id=None, status=None, url=None, effect=result.effect)
    url = address_of(request, f"/incidents/{result.incident}")
    status = Status(result.status) if result.status else None
    return Accepted(id=result.incident, status=status, url=url, effect=result.effect)


def address_of(request: Request, path: str) -> str:
    """Of something in this service: behind `public_url` when that is set, else relative. Never the Host header."""
    parts: Parts = request.app.state.parts
    return (parts.settings.public_url or request.scope.get("root_path", "")).rstrip("/") + path


def _open(parts: Parts) -> None:
    if parts.draining:
        headers = {"Retry-After": str(refusals.RETRY_SECONDS)}
        raise HTTPException(503, "this replica is stopping: nothing was stored, try again", headers=headers)


def _within_rate(parts: Parts, source: str) -> None:
    if seconds := parts.rates.wait(source):
        headers = {"Retry-After": str(math.ceil(seconds))}
        raise HTTPException(429, "too many alerts a second from this source: nothing was stored", headers=headers)


def known(repositories: Mapping[str, object], name: str) -> None:
    """Raises FieldInvalid for a repository that the settings do not name."""
    if name not in repositories:
        names = ", ".join(sorted(repositories)[:20]) or "none: see REDTIDE_REPOSITORIES"
        raise FieldInvalid("repository", f"not known here; known are {names}")


def _with_moments(sent: OwnAlert) -> Draft:
    """Every time names a moment. Raises FieldInvalid at the ends of the calendar."""
    times = {name: in_utc(name, at) for name in ("first_seen", "last_seen") if (at := getattr(sent, name))}
    return sent.model_copy(update=times).draft()
