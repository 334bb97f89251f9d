"""A browser's view of the application: pages beside the interface, a session instead of a token."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from service.api.routes import create_api
from service.console.routers import ROUTERS
from service.settings import Settings
from service.store.store import Store
from tests.service.stand_ins import TOKEN, Bell

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest_asyncio.fixture
async def browser(store: Store, bell: Bell, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Asks for pages and keeps cookies; nobody is logged in."""
    api = create_api(store, bell, settings, pages_first=ROUTERS)
    transport = httpx.ASGITransport(api, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=PAGE) as client:
        yield client


async def log_in(browser: httpx.AsyncClient, token: str = TOKEN) -> httpx.Response:
    """Send the form of the login page."""
    return await browser.post("/console/login", data={"token": token, "next": "/incidents"})


def form_token(page: str) -> str:
    """The token that the page's forms carry."""
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', page)
    assert found is not None, page
    return found[1]
