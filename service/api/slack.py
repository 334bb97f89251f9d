"""POST /slack/interactions: somebody used a button of a message in Slack."""

import json
import logging
from urllib.parse import parse_qs

from cachetools import TTLCache
from fastapi import APIRouter, BackgroundTasks, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.api.auth.middleware import CHALLENGE
from service.api.auth.proof import SLACK, SLACK_SOURCE
from service.api.dependencies import Parts, TheParts
from service.api.errors import UNPROVEN
from service.api.intake_bounds import within_rate
from service.notify.clicks import Click, act

router = APIRouter(include_in_schema=False)
_log = logging.getLogger(__name__)
_FORM = "application/x-www-form-urlencoded"
_seen: TTLCache[str, bool] = TTLCache(10_000, 600)
"""Signed requests of the last minutes: longer than a signature is valid."""


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Named(_Lenient):
    id: str = Field(max_length=50, pattern=r"^[A-Z0-9]+$")


class _Option(_Lenient):
    value: str = Field(default="", max_length=200)


class _Action(_Lenient):
    action_id: str = Field(max_length=255)
    value: str = Field(default="", max_length=2_000)
    selected_option: _Option | None = None


class _Payload(_Lenient):
    """What is read of an interaction of the type `block_actions`."""

    type: str = Field(max_length=50)
    user: _Named
    channel: _Named | None = None
    actions: list[_Action] = Field(default_factory=list, max_length=20)


@router.post("/slack/interactions")
async def take_interaction(parts: TheParts, request: Request, later: BackgroundTasks) -> Response:
    """Acknowledge a click at once, as Slack demands within three seconds, and act on it afterwards.

    401 unless Slack signed these very bytes within the last five minutes; the same request again changes nothing.
    """
    body = await request.body()
    if not SLACK.holds(request.headers, body, parts.trust.active(SLACK_SOURCE)):
        raise HTTPException(401, UNPROVEN, headers=CHALLENGE)
    within_rate(parts, SLACK_SOURCE)
    signed = SLACK.signed_once(request.headers, body, 0)
    click = _click(request.headers.get("content-type", ""), body)
    if click is not None and signed not in _seen:
        _seen[signed] = True
        later.add_task(_act, parts, click)
    return Response(status_code=200)


def _click(content_type: str, body: bytes) -> Click | None:
    """What was clicked; None for interactions that are none of ours. Raises HTTPException."""
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(400, f"the body must be {_FORM}")
    try:
        (payload,) = parse_qs(body.decode("utf-8"), max_num_fields=20)["payload"]
        read = _Payload.model_validate(json.loads(payload))
    except (ValueError, KeyError, RecursionError, ValidationError) as error:
        raise HTTPException(400, "the body holds no interaction that can be read") from error
    if read.type != "block_actions" or not read.actions or read.channel is None:
        return None
    action = read.actions[0]
    value = action.selected_option.value if action.selected_option else action.value
    return Click(read.user.id, read.channel.id, action.action_id, value)


async def _act(parts: Parts, click: Click) -> None:
    if await act(parts.store, parts.settings, click):
        await parts.wake()
