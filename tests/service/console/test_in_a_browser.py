"""The pages in a real Chromium, over the real application behind a real server."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    expect,
)

from service.api.routes import create_api
from service.cluster.ports import free_port
from service.console.routers import ROUTERS
from service.settings import Settings
from service.store.store import Store
from tests.service.browser import IN_A_BROWSER
from tests.service.console.findings import HOSTILE, finding
from tests.service.stand_ins import ALERT, AUTHORIZED, TOKEN, Bell, until

ONE_DATABASE = True
pytestmark = IN_A_BROWSER
SECONDS = 60_000.0


@pytest_asyncio.fixture(loop_scope="session")
async def store(settings: Settings) -> AsyncIterator[Store]:
    """The store of the suite, in the event loop of the browser."""
    store = Store(settings.store_address())
    yield store
    await store.close()


@pytest_asyncio.fixture(loop_scope="session")
async def server(store: Store, bell: Bell, settings: Settings) -> AsyncIterator[str]:
    """The address of the running application."""
    port = free_port()
    api = create_api(store, bell, settings, pages_first=ROUTERS)
    running = uvicorn.Server(
        uvicorn.Config(api, port=port, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(running.serve())
    await until(lambda: asyncio.sleep(0, running.started))
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    await task


async def an_incident(server: str, store: Store, text: str = "null given") -> str:
    """The path of an incident with a culprit."""
    async with httpx.AsyncClient(base_url=server, headers=AUTHORIZED) as client:
        accepted = await client.post("/alerts", json=ALERT | {"message": text})
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, finding(text=text))
    return f"/incidents/{accepted.json()['id']}"


async def logged_in(server: str, context: BrowserContext, path: str) -> Page:
    """Follow the link of a message: to the login, and on to the page."""
    context.set_default_timeout(SECONDS)
    page = await context.new_page()
    await page.goto(server + path)
    await page.get_by_label("Your API token").fill(TOKEN)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(server + path)
    return page


async def test_a_reader_of_another_zone_sees_both_times_and_no_page_is_wider_than_the_phone(
    server: str, store: Store, chromium: Browser
) -> None:
    path = await an_incident(server, store)
    phone = {"width": 390, "height": 844}
    context = await chromium.new_context(viewport=phone, timezone_id="Asia/Kolkata")  # type: ignore[arg-type]
    page = await logged_in(server, context, path)
    said = await page.locator("time").first.inner_text()
    own, utc = re.fullmatch(r"(\S+ \S+) \((.+) UTC\)", said).groups()  # type: ignore[union-attr]
    utc = utc if " " in utc else f"{own[:10]} {utc}"
    assert datetime.fromisoformat(own) - datetime.fromisoformat(utc) == timedelta(hours=5, minutes=30)
    for each in (path, f"{path}/trace", "/incidents", "/tide", "/quality"):
        await page.goto(server + each)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, each


async def test_on_paper_everything_is_open_and_no_button_is_left(server: str, store: Store, chromium: Browser) -> None:
    path = await an_incident(server, store)
    page = await logged_in(server, await chromium.new_context(), path)
    ruled_out = page.get_by_text("only documents")
    folded = await ruled_out.is_visible()
    await page.emulate_media(media="print")
    assert (folded, await ruled_out.is_visible()) == (False, True)
    assert not await page.get_by_role("button").first.is_visible()


async def test_a_page_changes_by_itself_when_the_verdict_is_there(server: str, store: Store, chromium: Browser) -> None:
    async with httpx.AsyncClient(base_url=server, headers=AUTHORIZED) as client:
        path = (await client.post("/alerts", json=ALERT)).json()["url"]
    page = await logged_in(server, await chromium.new_context(), path.removeprefix(server))
    await expect(page.get_by_text("Waiting to be investigated")).to_be_visible(timeout=SECONDS)
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, finding())
    await expect(page.get_by_text("Likely cause", exact=True)).to_be_visible(timeout=SECONDS)


async def test_every_page_is_accessible_in_light_and_dark_and_asks_no_other_host(
    server: str, store: Store, chromium: Browser
) -> None:
    path = await an_incident(server, store, HOSTILE)
    for scheme in ("light", "dark"):
        context = await chromium.new_context(color_scheme=scheme)
        asked: set[str] = set()
        said: list[str] = []
        page = await logged_in(server, context, path)
        _listen(page, asked, said)
        for each in (path, f"{path}/trace", "/incidents", "/tide", "/quality", "/incidents/INC-none"):
            await page.goto(server + each)
            found = await Axe().run(page)
            assert found.violations_count == 0, f"{scheme} {each}: {found.generate_report()}"
        assert asked == {server.removeprefix("http://")}
        assert [text for text in said if "404" not in text] == []


def _listen(page: Page, asked: set[str], said: list[str]) -> None:
    """Note the hosts that are asked, and what the page says outside itself."""

    def requested(request: Request) -> None:
        asked.add(request.url.split("/")[2])

    def told(message: ConsoleMessage) -> None:
        said.append(message.text)

    def shouted(dialog: Dialog) -> None:
        said.append(dialog.message)

    page.on("request", requested)
    page.on("console", told)
    page.on("dialog", shouted)


async def test_everything_can_be_reached_by_the_keyboard_and_read_without_a_script(
    server: str, store: Store, chromium: Browser
) -> None:
    path = await an_incident(server, store)
    context = await chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(SECONDS)
    page = await context.new_page()
    await page.goto(server + path)
    await expect(page.get_by_label("Your API token")).to_be_focused(timeout=SECONDS)
    await page.keyboard.type(TOKEN)
    await page.keyboard.press("Enter")
    await page.wait_for_url(server + path)
    await page.keyboard.press("Tab")
    skip = await page.locator(":focus").inner_text()
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.locator(":focus").get_attribute("value") == "right":
            break
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Confirmed by operator")).to_be_visible(timeout=SECONDS)
    assert skip == "To the content"
