"""Pages that wait for changes: so many at once in one application, and none waits unseen for a place."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import cast

import httpx
import pytest
from fastapi import HTTPException
from fastapi.responses import StreamingResponse

from service.api.auth.tokens import SCOPES, Caller
from service.api.dependencies import Parts
from service.api.routes import create_api
from service.api.watching import Watching
from service.console.live import events
from service.console.routers import ROUTERS
from service.settings import Settings
from service.store.store import Store
from tests.service.stand_ins import ALERT, AUTHORIZED, Bell

SOMEBODY = Caller("somebody", SCOPES)


def parts_with(store: Store, bell: Bell, settings: Settings, places: int, of_one: int = 50) -> Parts:
    """An application in which so many pages may wait."""
    parts: Parts = create_api(store, bell, settings, pages_first=ROUTERS).state.parts
    parts.watching = Watching(places, of_one)
    return parts


def words(answer: StreamingResponse) -> AsyncIterator[str]:
    """What the browser reads, piece by piece."""
    return cast("AsyncIterator[str]", answer.body_iterator)


async def test_a_page_that_finds_no_place_is_told_and_does_not_wait_for_one(
    browser: httpx.AsyncClient, store: Store, bell: Bell, settings: Settings
) -> None:
    incident = (await browser.post("/alerts", json=ALERT, headers=AUTHORIZED)).json()["id"]
    parts = parts_with(store, bell, settings, places=1)
    first, second = [words(await events(incident, parts, SOMEBODY)) for _ in range(2)]
    assert await anext(first) == ": watching\n\n"
    async with asyncio.timeout(10):  # it would wait until the first page is closed
        assert await anext(second, "the end") == "the end"
    with pytest.raises(HTTPException, match="too many pages"):
        await events(incident, parts, SOMEBODY)


async def test_pages_of_one_application_take_no_places_of_another(
    browser: httpx.AsyncClient, store: Store, bell: Bell, settings: Settings
) -> None:
    incident = (await browser.post("/alerts", json=ALERT, headers=AUTHORIZED)).json()["id"]
    full, free = parts_with(store, bell, settings, places=0), parts_with(store, bell, settings, places=1)
    with pytest.raises(HTTPException, match="too many pages"):
        await events(incident, full, SOMEBODY)
    assert await anext(words(await events(incident, free, SOMEBODY))) == ": watching\n\n"


async def test_one_caller_leaves_places_for_others_and_gets_its_own_back(
    browser: httpx.AsyncClient, store: Store, bell: Bell, settings: Settings
) -> None:
    incident = (await browser.post("/alerts", json=ALERT, headers=AUTHORIZED)).json()["id"]
    parts = parts_with(store, bell, settings, places=10, of_one=1)
    first = await events(incident, parts, SOMEBODY)
    assert await anext(words(first)) == ": watching\n\n"
    with pytest.raises(HTTPException, match="too many pages"):
        await events(incident, parts, SOMEBODY)
    other = words(await events(incident, parts, Caller("another", SCOPES)))
    assert await anext(other) == ": watching\n\n"
    await cast("AsyncGenerator[str]", first.body_iterator).aclose()
    assert await anext(words(await events(incident, parts, SOMEBODY))) == ": watching\n\n"
