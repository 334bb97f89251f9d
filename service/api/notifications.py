"""GET /notifications: which messages wait, which were sent, and which were given up and why."""

from typing import Annotated

from fastapi import APIRouter, Query

from incidents.alert import Name
from service.api import errors as refusals
from service.api.auth.middleware import Reader
from service.api.dependencies import TheParts
from service.store.schemas import Notifications, NotificationState

router = APIRouter(tags=["service"])


@router.get("/notifications", responses=refusals.OF_READING)
async def list_notifications(
    parts: TheParts,
    caller: Reader,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    channel: Annotated[Name | None, Query(max_length=60, description="Name of the channel in the settings.")] = None,
    state: NotificationState | None = None,
) -> Notifications:
    """Messages about incidents, newest change first, and how many there are by channel and state."""
    counts: dict[str, dict[NotificationState, int]] = {}
    for (name, found), number in (await parts.store.notifications.counts()).items():
        counts.setdefault(name, {})[found] = number
    shown = await parts.store.notifications.latest(limit, channel, state)
    return Notifications(notifications=shown, counts=counts)
