"""The revert on the page of an incident, in a real Chromium."""

from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser
from sqlalchemy import select

from incidents.policy import Policy
from service.settings import Settings
from service.store.revert_tables import DecisionRow
from service.store.store import Store
from tests.service.browser import IN_A_BROWSER
from tests.service.console.test_in_a_browser import SECONDS, logged_in, server, store
from tests.service.policy.stage import LocalReverts, Stage, judged, shop
from tests.service.stand_ins import NOON

__all__ = ["server", "store"]
ONE_DATABASE = True
pytestmark = IN_A_BROWSER


async def test_the_section_fits_a_phone(
    server: str, store: Store, settings: Settings, chromium: Browser, tmp_path: Path
) -> None:
    built = shop(tmp_path)
    here = Stage(store, settings, built, LocalReverts(store, built), Policy(mode="auto"))
    incident = await judged(store, built)
    await here.step()
    async with store.database.write() as session:
        for row in await session.scalars(select(DecisionRow)):
            row.objection_until = NOON + timedelta(days=3_650)
    context = await chromium.new_context(viewport={"width": 390, "height": 844})
    page = await logged_in(server, context, f"/incidents/{incident}")
    await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    section = page.locator("section[aria-labelledby=revert]")
    await section.screenshot(path=tmp_path / "revert.png", timeout=SECONDS)
    assert "unless somebody objects" in await section.inner_text()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
