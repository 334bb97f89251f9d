"""A real browser over a store of 10,000 incidents, on SQLite and PostgreSQL; and from a message to the right commit on a phone."""

import httpx
import pytest
from playwright.async_api import Browser, expect

from service.notify.compose import compose
from service.store.store import Store
from tests.service.console.filled import CULPRIT, OTHER, fill, id_of
from tests.service.console.test_in_a_browser import CHROMIUM, SECONDS, chromium, logged_in, server

__all__ = ["chromium", "server"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")
MANY = 10_000


async def test_ten_thousand_are_listed_filtered_opened_and_judged(server: str, store: Store, chromium: Browser) -> None:
    await fill(store, MANY)
    newest, wanted = id_of(MANY - 1), id_of(MANY - 8)  # the youngest culprit of service 32
    page = await logged_in(server, await chromium.new_context(), "/incidents")
    await expect(page.locator("table.incidents tbody tr")).to_have_count(50, timeout=SECONDS)
    assert await page.locator(f'a[href="/incidents/{newest}"]').count() == 2
    await page.get_by_role("link", name="Older").click()
    await expect(page.locator(f'a[href="/incidents/{id_of(MANY - 51)}"]').first).to_be_visible(timeout=SECONDS)
    await page.locator("select[name=outcome]").select_option("culprit")
    await page.locator("input[name=service]").fill("service32")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("table.incidents tbody tr")).to_have_count(50, timeout=SECONDS)
    assert {await each.inner_text() for each in await page.locator("a.chip").all()} == {"Likely cause"}
    await page.locator(f'a[href="/incidents/{wanted}"]').first.click()
    await expect(page.get_by_role("heading", name=f"headline {MANY - 8}")).to_be_visible(timeout=SECONDS)
    await page.get_by_label("right", exact=True).check()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Confirmed by operator")).to_be_visible(timeout=SECONDS)
    stored = (await store.queries.incident(wanted)).feedback
    assert stored is not None
    assert stored.label == "right"


async def test_from_a_message_s_link_on_a_phone_to_the_right_commit_and_message_and_page_agree(
    server: str, store: Store, chromium: Browser
) -> None:
    await fill(store, 20)
    incident = id_of(16)
    link = compose(await store.queries.incident(incident), "culprit", None, page=f"{server}/incidents/{incident}").page
    phone = {"width": 390, "height": 844}
    context = await chromium.new_context(viewport=phone, has_touch=True)  # type: ignore[arg-type]
    page = await logged_in(server, context, link.removeprefix(server))
    await page.get_by_label("wrong", exact=True).check()
    await page.get_by_label("If it is wrong").select_option(OTHER)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Said to be wrong by operator")).to_be_visible(timeout=SECONDS)
    message = compose(await store.queries.incident(incident), "wrong", None, page=link)
    shown = await page.locator("main").inner_text()
    assert message.report is not None
    assert message.report.verdict_line in shown
    assert OTHER[:9] in message.report.verdict_line
    assert message.report.headline in shown
    assert await page.locator("h1").inner_text() == message.report.headline
    async with httpx.AsyncClient(headers={"Authorization": "Bearer a-token-for-tests-only"}) as http:
        said = (await http.get(link, headers={"Accept": "text/markdown"})).text
    assert OTHER[:9] in said
    assert CULPRIT[:9] not in said.partition("\n")[0]
