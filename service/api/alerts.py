"""POST /alerts and POST /alerts/{source}: who sends is proven, everything is stored, then it is acknowledged."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Header, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from incidents.alert import Name
from incidents.errors import FieldInvalid, InputError
from incidents.incident import Status
from incidents.utc import in_utc
from service.api import errors as refusals
from service.api import openapi_examples as examples
from service.api.auth.middleware import CHALLENGE, Reader, Writer
from service.api.auth.proof import shows_token
from service.api.auth.tokens import Trust
from service.api.dependencies import Parts, TheParts
from service.api.intake_bounds import apart, still_open, within_rate
from service.api.sns import SnsUnreachable
from service.intake.adapter import Source
from service.intake.alert_event import Receipt, Result
from service.intake.body_reading import Read, delivery_ids, named_in_address, notices_of, parts_of, read_body
from service.intake.lenient import Draft
from service.intake.normalise import repository_of
from service.intake.sns_message import SnsMessage, envelope_of
from service.intake.sources import SOURCES
from service.intake.sources.redtide import SOURCE as OWN
from service.intake.sources.redtide import OwnAlert
from service.settings import Settings
from service.store.schemas import Accepted, AllAccepted, RefusedBodiesPage

router = APIRouter(tags=["intake"])
_ANY_OBJECT = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}
# Read in the endpoint, beside the event loop: FastAPI would parse 8 MB of JSON in it.
_OWN_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": OwnAlert.model_json_schema(),
                "examples": {name: dict(example) for name, example in examples.ALERTS.items()},
            }
        },
    }
}
_NEWS = ("opened", "restarted", "resolved")  # there is something to investigate, or to be said
_NOTHING = (
    "nothing was stored: the body tells of no alert that begins or ends, only of something that changes none, "
    "such as somebody who looks after it (docs/alert-sources.md)"
)
_Gap = Annotated[
    Name | None, Query(max_length=300, description="Fills the gap where the sender's body does not say it.")
]


@router.post("/alerts", status_code=202, responses=refusals.OF_INTAKE, openapi_extra=_OWN_BODY)
async def take_alert(
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
    still_open(parts)
    within_rate(parts, f"{OWN.name}/{caller.name}")
    body = await request.body()
    read = await apart(parts, request, len(body), read_body, OWN.name, body, {})
    if read.errors is not None:
        await _refuse(parts, OWN, read)
    (draft,) = read.drafts
    _has_repository(parts.settings, draft)
    read = replace(read, drafts=[_with_moments(draft)])
    ids = [idempotency_key] if idempotency_key else []
    (accepted,) = await _stored(parts, OWN, read, ids, request, later)
    if accepted.url:
        response.headers["Location"] = accepted.url
    return accepted


@router.post("/alerts/{source}", status_code=202, responses=refusals.OF_WEBHOOKS, openapi_extra=_ANY_OBJECT)
async def take_webhook(
    source: Annotated[Name, Path(max_length=50, description=f"One of {', '.join(sorted(SOURCES))}.")],
    parts: TheParts,
    request: Request,
    later: BackgroundTasks,
    service: _Gap = None,
    environment: _Gap = None,
    repository: _Gap = None,
) -> AllAccepted:
    """Take what another system sends (docs/alert-sources.md): every alert of the body is stored when this answers.

    A body that this source does not send is refused with the field that is wrong, and shown at GET /alerts/refused.
    """
    sender = _source(source)
    still_open(parts)
    body = await request.body()
    envelope = envelope_of(body) if sender.signed_by_topic else None
    await _prove(parts, sender, request.headers, body, envelope)
    within_rate(parts, sender.name)
    read = await apart(parts, request, len(body), read_body, sender.name, body, dict(request.headers))
    if read.errors is not None:
        await _refuse(parts, sender, read)
    gaps = {"service": service, "environment": environment, "repository": repository}
    read = named_in_address(read, {name: value for name, value in gaps.items() if value})
    delivery = request.headers.get(sender.delivery_header) if sender.delivery_header else None
    in_parts = len(list(parts_of(read.drafts))) > 1
    ids = delivery_ids(sender, request.headers, body, envelope.id if envelope else delivery, in_parts)
    alerts = await _stored(parts, sender, read, ids, request, later)
    return AllAccepted(alerts=alerts, note=None if alerts else _NOTHING)


@router.get("/alerts/refused", responses=refusals.OF_READING)
async def list_refused(
    parts: TheParts,
    caller: Reader,
    source: Annotated[Name | None, Query(max_length=50)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RefusedBodiesPage:
    """Bodies that were refused because they could not be understood, newest first: redacted, the last 50 of a source."""
    if source is not None:
        _source(source)
    return RefusedBodiesPage(refused=tuple(await parts.store.refused.latest(source, limit)))


def _source(name: str) -> Source:
    """The source of this name; 404 when there is none."""
    source = SOURCES.get(name)
    if source is None:
        raise HTTPException(404, f"no such source; there are {', '.join(sorted(SOURCES))}")
    return source


async def _prove(
    parts: Parts, sender: Source, headers: Mapping[str, str], body: bytes, envelope: SnsMessage | None
) -> None:
    """401 unless the sender is proven; 503 when Amazon SNS is needed for that and does not answer."""
    shown = trusted(parts.trust, sender, headers, body)
    if envelope is None:
        proven = shown
    else:
        try:
            proven = await parts.sns.proven(envelope, parts.trust.topics, token_shown=shown)
            if proven and envelope.confirms:
                await parts.sns.confirm(envelope)
        except SnsUnreachable as error:
            again = {"Retry-After": str(refusals.RETRY_SECONDS)}
            raise HTTPException(
                503, "Amazon SNS did not answer: nothing was stored, try again", headers=again
            ) from error
    if not proven:
        raise HTTPException(401, refusals.UNPROVEN, headers=CHALLENGE)


def trusted(trust: Trust, source: Source, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the sender signed the body, or shows a secret of this source or a token that may write alerts.

    A signature that is there must hold: it is not made up for by anything else.
    """
    signed = source.signed
    if signed is not None and signed.header in headers:
        return signed.holds(headers, body, trust.active(source.name))
    return shows_token(trust, source, headers.get("authorization"))


async def _refuse(parts: Parts, sender: Source, read: Read) -> None:
    """422, once the body is stored for the operator. Raises RequestValidationError, StoreUnavailable."""
    errors = [{**each, "loc": ("body", *_loc(each))} for each in read.errors or ()]
    first: Mapping[str, object] = errors[0] if errors else {}
    field = ".".join(str(part) for part in _loc(first)[1:])
    await parts.store.refused.add(
        sender.name, refusals.printable(field), refusals.printable(str(first.get("msg", ""))), read.body
    )
    raise RequestValidationError(errors)


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
    if any(isinstance(result, Receipt) and result.effect in _NEWS for result in results):
        later.add_task(parts.wake)
    return tuple(accepted_of(result, request) for result in results)


async def _parts_stored(parts: Parts, source: Source, read: Read, ids: Sequence[str], request: Request) -> list[Result]:
    results: list[Result] = []
    for part in parts_of(read.drafts):
        size = sum(len(draft.message) + len(draft.stack_trace) for draft in part.drafts)
        notices = await apart(parts, request, size, notices_of, part, source.name, parts.settings, read.body, ids)
        results += await parts.batch_writer.take(notices)
    return results


def _loc(error: Mapping[str, object]) -> tuple[object, ...]:
    loc = error.get("loc")
    return loc if isinstance(loc, tuple) else ()


def accepted_of(result: Result, request: Request) -> Accepted:
    """The answer for one alert. Raises the InputError that it was refused with."""
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


def known(repositories: Mapping[str, object], name: str) -> None:
    """Raises FieldInvalid for a repository that the settings do not name."""
    if name not in repositories:
        names = ", ".join(sorted(repositories)[:20]) or "none: see REDTIDE_REPOSITORIES"
        raise FieldInvalid("repository", f"not known here; known are {names}")


def _has_repository(settings: Settings, sent: Draft) -> None:
    """The alert's own, or that of its service. Raises FieldInvalid."""
    known(settings.repositories, sent.repository or repository_of("", sent.service, settings))


def _with_moments(sent: Draft) -> Draft:
    """Every time names a moment. Raises FieldInvalid at the ends of the calendar."""
    return replace(
        sent,
        first_seen=sent.first_seen and in_utc("first_seen", sent.first_seen),
        last_seen=sent.last_seen and in_utc("last_seen", sent.last_seen),
    )
