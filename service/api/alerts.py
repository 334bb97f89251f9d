"""POST /alerts and POST /alerts/{source}: who sends is proven, everything is stored, then it is acknowledged."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, BackgroundTasks, Body, Header, HTTPException, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from incidents.alert import Name
from incidents.errors import InputError
from incidents.incident import Status
from service.api import errors as refusals
from service.api import openapi_examples as examples
from service.api.auth.middleware import CHALLENGE, Writer
from service.api.auth.proof import shows_token
from service.api.auth.tokens import Trust
from service.api.dependencies import Parts, TheParts
from service.intake.adapter import Source
from service.intake.alert_event import Notice, Receipt, Result
from service.intake.lenient import Draft
from service.intake.normalise import kept_body, notice_of
from service.intake.sources import SOURCES
from service.intake.sources.redtide import SOURCE as OWN
from service.intake.sources.redtide import OwnAlert
from service.store.deploy_window import FieldInvalid, moment
from service.store.schemas import Accepted, AllAccepted

Made = TypeVar("Made")
router = APIRouter(tags=["intake"])
_LONG = 20_000  # characters whose reading takes long enough to be worth a thread
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
    (accepted,) = await _stored(parts, OWN, [draft], body, idempotency_key, request, later)
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
    try:
        drafts = await _apart(len(body), lambda: sender.read(body, request.headers))
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from error
    delivery = request.headers.get(sender.delivery_header) if sender.delivery_header else None
    return AllAccepted(alerts=await _stored(parts, sender, drafts, body, delivery, request, later))


def trusted(trust: Trust, source: Source, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the sender signed the body, or shows a secret of this source or a token that may write alerts.

    A signature that is there must hold: it is not made up for by anything else.
    """
    signed = source.signed
    if signed is not None and signed.header in headers:
        return signed.holds(headers, body, trust.active(source.name))
    return shows_token(trust, source, headers.get("authorization"))


async def _stored(
    parts: Parts,
    source: Source,
    drafts: Sequence[Draft],
    body: bytes,
    delivery: str | None,
    request: Request,
    later: BackgroundTasks,
) -> tuple[Accepted, ...]:
    """Store, have triage woken when there is something new, and tell what became of each alert."""
    notices = await _apart(len(body), lambda: _notices(parts, source, drafts, body, delivery))
    results = await parts.together.take(notices)
    if any(isinstance(result, Receipt) and result.effect in ("opened", "restarted") for result in results):
        later.add_task(parts.wake)
    return tuple(_accepted(result, request) for result in results)


def _notices(parts: Parts, source: Source, drafts: Sequence[Draft], body: bytes, delivery: str | None) -> list[Notice]:
    """The first one keeps the body. Each has a delivery of its own. Raises FieldInvalid."""
    if sum(len(draft.message) + len(draft.stack_trace) for draft in drafts) > 2 * parts.settings.max_body_bytes:
        raise FieldInvalid("alerts", "repeat too much text: put the trace on one alert, not on all of a group")
    kept = kept_body(body)
    return [
        notice_of(
            draft,
            source,
            parts.settings,
            "" if number else kept,
            f"{delivery}#{number}" if delivery and number else delivery,
        )
        for number, draft in enumerate(drafts)
    ]


async def _apart(size: int, work: Callable[[], Made]) -> Made:
    return await asyncio.to_thread(work) if size > _LONG else work()


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
    times = {name: moment(name, at) for name in ("first_seen", "last_seen") if (at := getattr(sent, name))}
    return sent.model_copy(update=times).draft()
