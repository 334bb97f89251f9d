"""The chart of an incident in a real Chromium: what became of the revert is marked, and can be read on any screen."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from incidents.revert import RevertStep, Stage
from incidents.rollout import Rollout
from service.store.store import Store
from tests.service.browser import IN_A_BROWSER
from tests.service.console.findings import CULPRIT, finding
from tests.service.console.test_charts import LOG
from tests.service.console.test_in_a_browser import logged_in, server, store
from tests.service.stand_ins import ALERT, AUTHORIZED, NOON

__all__ = ["server", "store"]
pytestmark = IN_A_BROWSER
ONE_DATABASE = True
STAGES: tuple[tuple[Stage, float], ...] = (("open", 8), ("merged", 9), ("deployed", 12), ("recovered", 14))


_BOXES = "all => all.map(e => e.getBBox()).map(b => [b.x, b.y, b.x + b.width, b.y + b.height])"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


async def a_reverted_incident(server: str, store: Store) -> str:
    """The path of an incident whose errors were counted for ten minutes, and whose commit was reverted."""
    found = finding()
    evidence = found.evidence.model_copy(update={"log": LOG, "rollouts": (Rollout(revision="b" * 40, at=at(1)),)})
    async with httpx.AsyncClient(base_url=server, headers=AUTHORIZED) as client:
        incident: str = (await client.post("/alerts", json=ALERT)).json()["id"]
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, replace(found, evidence=evidence))
    for stage, minutes in STAGES:
        step = RevertStep(commit=CULPRIT, stage=stage, actor="watch", at=at(minutes))
        assert await store.reverts.note(incident, step)
    return f"/incidents/{incident}"


@pytest.mark.parametrize("width", [1200, 390])
async def test_the_stages_of_a_revert_and_the_recovery_are_marked_and_no_words_stand_on_others(
    server: str, store: Store, chromium: Browser, width: int
) -> None:
    path = await a_reverted_incident(server, store)
    context = await chromium.new_context(viewport={"width": width, "height": 844}, timezone_id="UTC")
    page = await logged_in(server, context, path)
    chart = page.locator("svg.chart")
    assert "The errors are back at their baseline" in await page.locator("section.verdict").inner_text()
    assert await page.locator(".command").count() == 0, "nobody is told to revert what is reverted"
    shown = await chart.locator("text").all_text_contents()
    assert shown == [
        "deploy 12:01",
        "revert opened 12:08",
        "revert merged 12:09",
        "revert live 12:12",
        "errors at baseline 12:14",
        "12:00 UTC",
        "12:15 UTC",
    ]
    boxes = await chart.locator("text").evaluate_all(_BOXES)
    for number, (left, top, right, low) in enumerate(boxes):
        assert -1 < left < right < 721, shown[number]
        for other, (x, y, end, foot) in enumerate(boxes[:number]):
            assert right <= x or end <= left or low <= y + 3 or foot <= top + 3, (shown[number], shown[other])
    caption = await page.locator("figcaption", has_text="Errors in each").inner_text()
    assert re.findall(r"(?:revert|errors) \w+(?: \w+)? \d{4}-\d\d-\d\d [\d:]{8}", caption) == [
        f"{words} {at(minutes):%Y-%m-%d %H:%M:%S}"
        for words, (_, minutes) in zip(
            ("revert opened", "revert merged", "revert live", "errors at baseline"), STAGES, strict=True
        )
    ]
    assert "Where it is grey, errors were not counted" in caption
    assert await chart.locator("rect.uncounted").count() == 1
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
