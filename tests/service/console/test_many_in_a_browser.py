"""A real browser over a store of 10,000 incidents, on SQLite and PostgreSQL."""

from playwright.async_api import Browser, expect

from service.store.store import Store
from tests.service.browser import IN_A_BROWSER
from tests.service.console.filled import fill, id_of
from tests.service.console.test_in_a_browser import SECONDS, logged_in, server, store

__all__ = ["server", "store"]
pytestmark = IN_A_BROWSER
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
