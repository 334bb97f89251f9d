"""The pages over many incidents: the tide (what fails now) and the quality (how good the verdicts have been)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from service.api.auth.middleware import Reader
from service.api.dependencies import TheParts
from service.console.browser import BrowserRoute, answer
from service.console.charts import calibration, timeline
from service.store.overview import Judged, tallies

router = APIRouter(route_class=BrowserRoute, include_in_schema=False)
_LISTED = 50


@router.get("/tide")
async def tide(
    request: Request, parts: TheParts, caller: Reader, hours: Annotated[int, Query(ge=1, le=168)] = 6
) -> Response:
    """Groups, queue, model, notifications and deploys of the last hours: for the wall of an on-call room."""
    now = datetime.now(UTC)
    since = now - timedelta(hours=hours)
    groups = await parts.store.overview.groups(since)
    deploys = await parts.store.overview.deploys(since)
    values = {
        "hours": hours,
        "groups": groups,
        "deploys": deploys,
        "timeline": timeline(since, now, [each.first_at for each in groups], [each.at for each in deploys]),
        "counts": await parts.store.queries.counts(),
        "model": await parts.probe.look(),
        "messages": await parts.store.notifications.counts(),
        "draining": parts.draining,
    }
    return await answer(request, "tide.html", values)


@router.get("/quality")
async def quality(
    request: Request, parts: TheParts, caller: Reader, days: Annotated[int, Query(ge=1, le=3650)] = 90
) -> Response:
    """Stated and right, stated and wrong, not stated: by what people said, with the incidents behind each number."""
    judged = await parts.store.overview.judged(datetime.now(UTC) - timedelta(days=days))
    by = {
        "Word": tallies((each.word or "unknown", each) for each in judged),
        "Service": tallies((each.service, each) for each in judged),
        "Repository": tallies((each.repository, each) for each in judged),
        "Week": sorted(tallies((_week(each.at), each) for each in judged), key=lambda row: row.name, reverse=True),
    }
    whole = tallies(("all", each) for each in judged)
    values = {
        "days": days,
        "whole": whole[0] if whole else None,
        "by": by,
        "wrong": [each for each in judged if each.result == "wrong"][:_LISTED],
        "not_stated": [each for each in judged if each.result == "not stated"][:_LISTED],
        "right": [each for each in judged if each.result == "right"][:_LISTED],
        "plot": calibration(_stated(judged)),
    }
    return await answer(request, "quality.html", values)


def _week(at: datetime) -> str:
    year, week, _ = at.isocalendar()
    return f"{year} week {week:02}"


def _stated(judged: Sequence[Judged]) -> list[tuple[float, bool]]:
    """The probability of each stated verdict, and whether it was right."""
    stated = [each for each in judged if each.result != "not stated"]
    return [(each.probability, each.result == "right") for each in stated if each.probability is not None]
