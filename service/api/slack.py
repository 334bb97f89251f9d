"""POST /slack/interactions: somebody used a button or a modal of the app in Slack."""

import json
from urllib.parse import parse_qs

from fastapi import APIRouter, BackgroundTasks, HTTPException, Request, Response

from service.api.auth.middleware import CHALLENGE
from service.api.auth.proof import SLACK
from service.api.auth.tokens import SLACK_SOURCE
from service.api.dependencies import Parts, TheParts
from service.api.errors import UNPROVEN
from service.api.intake_bounds import within_rate
from service.notify.clicks import act
from service.notify.interaction import Click, read
from tools.text.cache import Cache

router = APIRouter(include_in_schema=False)
_FORM = "application/x-www-form-urlencoded"
_seen: Cache[str, bool] = Cache(10_000, seconds=600)
"""Signed requests of the last minutes: longer than a signature is valid."""


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
    if click is not None and _seen.get(signed) is None:
        _seen.put(signed, True)
        later.add_task(_act, parts, click)
    return Response(status_code=200)


def _click(content_type: str, body: bytes) -> Click | None:
    """What was clicked; None for interactions that are none of ours. Raises HTTPException."""
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(400, f"the body must be {_FORM}")
    try:
        (payload,) = parse_qs(body.decode("utf-8"), max_num_fields=20)["payload"]
        return read(json.loads(payload))
    except (ValueError, KeyError, RecursionError) as error:
        raise HTTPException(400, "the body holds no interaction that can be read") from error


async def _act(parts: Parts, click: Click) -> None:
    if await act(parts.store, parts.settings, click):
        await parts.wake()
