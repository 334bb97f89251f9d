"""One Chromium for all tests that look at pages: to start one, with Playwright's driver, costs more than most of those tests.

A pytest plugin (named in tests/conftest.py). A test module that takes `chromium` says `pytestmark = IN_A_BROWSER`: its tests run
in the event loop that the browser belongs to, and so must whatever else they await.
"""

import shutil
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from playwright.async_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
IN_A_BROWSER = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def started_chromium() -> AsyncIterator["Browser"]:
    """Debian's package, driven by Playwright; it ends with the run of tests."""
    from playwright.async_api import async_playwright  # half a second that most runs of tests do not need

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def chromium(started_chromium: "Browser") -> AsyncIterator["Browser"]:
    """The browser as a new one: cookies, caches and pages belong to contexts, and those of a test are closed after it."""
    yield started_chromium
    for context in started_chromium.contexts:
        await context.close()
