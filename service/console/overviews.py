"""The pages over many incidents: the tide (what fails now) and the quality (how good the verdicts have been)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from service.api.auth.middleware import Reader
from service.api.dependencies import TheParts
from service.console.browser import BrowserRoute, answer
from service.console.charts import timeline
from service.console.pages import Text
from service.render.calibration_chart import calibration_chart
from service.settings import Settings
from service.store.quality import Count, Result, Tally, Wanted, bins, tallies

router = APIRouter(route_class=BrowserRoute, include_in_schema=False)
_LISTED = 50
_RESULTS: tuple[Result, ...] = ("wrong", "not stated", "right")
_NARROWING = ("service", "repository", "word", "week")
_WORDS = ("high", "medium", "low")


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
        "agents_due": await parts.store.overview.agents_due(),
        "log_store": _log_store(parts.settings),
        "model": await parts.probe.look(),
        "messages": await parts.store.notifications.counts(),
        "draining": parts.draining,
    }
    return await answer(request, "tide.html", values)


def _log_store(settings: Settings) -> str:
    """What is configured: whether it answered stands on each incident."""
    return (
        f"configured, index {settings.logs.index}" if settings.logs else "not configured: errors come from alerts only"
    )


@router.get("/quality")
async def quality(
    request: Request,
    parts: TheParts,
    caller: Reader,
    days: Annotated[int, Query(ge=1, le=3650)] = 90,
    service: Text = "",
    repository: Text = "",
    word: Text = "",
    week: Annotated[str, Query(max_length=8)] = "",
) -> Response:
    """Stated and right, stated and wrong, not stated: by what people said, with the incidents behind each number."""
    since, until = _span(days, week)
    wanted = Wanted(since=since, until=until, service=service, repository=repository, word=word)
    quality = parts.store.quality
    counts = await quality.counts(wanted)
    found = {each.result for each in counts}
    whole = tallies(("all", each.result, each.number) for each in counts)
    values = {
        "days": days,
        "narrowed": {k: v for k, v in request.query_params.items() if v and k in _NARROWING},
        "whole": whole[0] if whole else None,
        "by": _tables(counts),
        "latest": {each: await quality.latest(wanted, each, _LISTED) if each in found else [] for each in _RESULTS},
        "plot": calibration_chart(bins(counts)),
    }
    return await answer(request, "quality.html", values)


def _span(days: int, week: str) -> tuple[datetime, datetime | None]:
    """The time of feedback: the last days, or one week such as 2026-W48; what is no week is not looked at."""
    try:
        monday = datetime.combine(date.fromisoformat(f"{week}-1"), time(), UTC) if week else None
    except ValueError:
        monday = None
    return (datetime.now(UTC) - timedelta(days=days), None) if monday is None else (monday, monday + timedelta(days=7))


def _tables(counts: Sequence[Count]) -> dict[str, list[Tally]]:
    """The same counts by word of confidence, repository, service and week; words and weeks have an order of their own."""
    words = tallies((each.word, each.result, each.number) for each in counts)
    weeks = tallies((_week(each.day), each.result, each.number) for each in counts)
    return {
        "word": sorted(words, key=lambda row: _WORDS.index(row.name) if row.name in _WORDS else len(_WORDS)),
        "repository": list(tallies((each.repository, each.result, each.number) for each in counts)),
        "service": list(tallies((each.service, each.result, each.number) for each in counts)),
        "week": sorted(weeks, key=lambda row: row.name, reverse=True),
    }


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
