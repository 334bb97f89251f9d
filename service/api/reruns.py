"""POST /incidents/{id}/trace and /rerun: a person gives an incident what it lacked, and it is investigated again."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Body, Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from incidents.alert import Alert, Name
from incidents.errors import FieldInvalid
from incidents.frozen import Frozen
from incidents.trace import StackTrace
from service.api import errors as refusals
from service.api.alerts import accepted_of
from service.api.auth.middleware import Writer
from service.api.dependencies import TheParts
from service.api.intake_bounds import apart, still_open, within_rate
from service.intake.fingerprint import keys_of
from service.intake.normalise import clean
from service.store.schemas import Accepted
from tools.traces import parse

router = APIRouter(tags=["incidents"])
IncidentId = Annotated[Name, Path(max_length=40, description="As given by POST /alerts.", examples=["INC-k7mq2wz4ab"])]
_MOST = 1_000_000
_TEXT = "text/plain"


class TraceSent(Frozen):
    """The text of the error."""

    stack_trace: str = Field(min_length=1, max_length=_MOST, description="Log text with the stack trace, any language.")
    message: str | None = Field(
        default=None, max_length=20_000, description="The error message; left out, that of the alert stays."
    )


class RerunAsked(Frozen):
    """What shall be different this time. Revisions left out are the alert's, or looked up in the deploys."""

    base: Name | None = Field(default=None, max_length=200, description="Last good revision.")
    deployed: Name | None = Field(default=None, max_length=200, description="Failing revision.")


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": TraceSent.model_json_schema()},
            _TEXT: {"schema": {"type": "string", "minLength": 1, "maxLength": _MOST}},
        },
    }
}


@router.post("/incidents/{incident_id}/trace", status_code=202, responses=refusals.OF_RERUNS, openapi_extra=_BODY)
async def add_trace(
    incident_id: IncidentId, parts: TheParts, caller: Writer, request: Request, later: BackgroundTasks
) -> Accepted:
    """Add a trace that the alert did not bring, as JSON or as plain text; the incident is investigated again with it."""
    still_open(parts)
    within_rate(parts, f"reruns/{caller.name}")
    sent = _sent(await request.body(), request.headers.get("content-type", ""))
    if not sent.stack_trace.strip():
        raise FieldInvalid("stack_trace", "is empty: send the log text with the stack trace")
    stored = await parts.store.queries.incident(incident_id)
    size = len(sent.stack_trace)
    alert, trace, identity = await apart(
        parts, request, size, _with_trace, stored.alert, sent.stack_trace, sent.message
    )
    result = await parts.store.reruns.add_trace(incident_id, alert, trace, identity, caller.name)
    later.add_task(parts.wake)
    return accepted_of(result, request)


@router.post("/incidents/{incident_id}/rerun", status_code=202, responses=refusals.OF_RERUNS)
async def rerun(
    incident_id: IncidentId,
    parts: TheParts,
    caller: Writer,
    request: Request,
    later: BackgroundTasks,
    asked: Annotated[RerunAsked | None, Body()] = None,
) -> Accepted:
    """Investigate an incident again, also one that has failed or is done; with other revisions, if they are given."""
    still_open(parts)
    within_rate(parts, f"reruns/{caller.name}")
    wanted = asked or RerunAsked()
    result = await parts.store.reruns.rerun(incident_id, caller.name, wanted.base, wanted.deployed)
    later.add_task(parts.wake)
    return accepted_of(result, request)


def _sent(body: bytes, content_type: str) -> TraceSent:
    """Raises RequestValidationError, FieldInvalid."""
    if content_type.partition(";")[0].strip().lower() == _TEXT:
        text = body.decode("utf-8", "replace")
        if len(text) > _MOST:
            raise FieldInvalid("stack_trace", f"is longer than {_MOST} characters: send the part around the error")
        return TraceSent.model_construct(stack_trace=text)
    try:
        return TraceSent.model_validate_json(body)
    except ValidationError as error:
        errors = error.errors(include_context=False, include_input=False, include_url=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in errors]) from error


def _with_trace(alert: Alert, text: str, message: str | None) -> tuple[Alert, StackTrace, str]:
    """The alert with this text (redacted), the trace that is read in it, and the identity of that error."""
    said = alert.message if message is None else clean("message", message)
    changed = alert.model_copy(update={"stack_trace": clean("stack_trace", text), "message": said})
    trace = parse(changed.text)
    return changed, trace, keys_of(changed, trace).identity
