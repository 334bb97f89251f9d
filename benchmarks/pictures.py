"""The pictures of docs/console.md, from real investigations: python -m benchmarks.pictures [FOLDER] (default docs/images).

Needs Chromium (apt-get install chromium) and takes two or three minutes.
"""

import asyncio
import io
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import uvicorn
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from benchmarks.picture_store import Seeded, folders, revert, seed
from service.api.routes import create_api
from service.cli.local_service import NobodyToWake
from service.cluster.ports import free_port
from service.console.routers import ROUTERS
from service.settings import Settings
from service.store.store import Store
from tests.elastic.fixtures import LogStore
from tests.elastic.server import Elastic, running
from tests.service.stand_ins import TOKEN, until

_COLOURS = 200
_TALLEST = 2_000


class Picture(NamedTuple):
    """One page as it is shown; `tall` takes all of it, up to a limit."""

    name: str
    path: str
    phone: bool = False
    dark: bool = False
    tall: bool = True


def main() -> None:
    """Seed a store, look at each page."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    target.mkdir(parents=True, exist_ok=True)
    os.environ["REDTIDE_API_TOKEN"] = TOKEN
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_taken(Path(folder), target))


async def _taken(folder: Path, target: Path) -> None:
    settings = Settings(store_url=f"sqlite:///{folder}/store.sqlite3", repositories=folders(folder), poll_seconds=0.2)
    store = Store(settings.store_address())
    await store.migrate()
    async with running(Elastic()) as elastic:
        seeded = await seed(store, settings, LogStore(elastic.url, "logs", elastic))
    async with _served(store, settings) as address, _chromium() as browser:
        for each in pictures(seeded):
            await _take(browser, address, each, target / f"console-{each.name}.png")
            sys.stdout.write(f"{each.name}\n")
        await revert(store, seeded.culprit)
        await _take(
            browser, address, Picture("recovered", f"/incidents/{seeded.culprit}"), target / "console-recovered.png"
        )
    await store.close()


def pictures(seeded: Seeded) -> tuple[Picture, ...]:
    """What is shown: the four answers, a running investigation, a group of 300, tide, quality, phone, dark."""
    return (
        Picture("likely-cause", f"/incidents/{seeded.culprit}"),
        Picture("not-sure", f"/incidents/{seeded.unsure}"),
        Picture("no-commit", f"/incidents/{seeded.none}"),
        Picture("not-enough", f"/incidents/{seeded.not_enough}"),
        Picture("running", f"/incidents/{seeded.running}"),
        Picture("group", f"/incidents?group={seeded.group}", tall=False),
        Picture("tide", "/tide"),
        Picture("quality", "/quality"),
        Picture("phone", f"/incidents/{seeded.culprit}", phone=True),
        Picture("dark", f"/incidents/{seeded.culprit}", dark=True, tall=False),
    )


async def _take(browser: Browser, address: str, picture: Picture, file: Path) -> None:
    context = await browser.new_context(
        viewport={"width": 390, "height": 844} if picture.phone else {"width": 1200, "height": 800},
        color_scheme="dark" if picture.dark else "light",
        timezone_id="Europe/Berlin",
        locale="en-GB",
    )
    page = await _logged_in(context, address)
    await page.goto(address + picture.path, timeout=240_000)
    taken = await page.screenshot(full_page=picture.tall)
    await context.close()
    with Image.open(io.BytesIO(taken)) as image:
        cut = image.crop((0, 0, image.width, min(image.height, _TALLEST)))
        cut.convert("RGB").quantize(_COLOURS).save(file, optimize=True)


async def _logged_in(context: BrowserContext, address: str) -> Page:
    context.set_default_timeout(240_000)
    page = await context.new_page()
    await page.goto(f"{address}/console/login")
    await page.get_by_label("Your API token").fill(TOKEN)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url("**/incidents")
    return page


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        await browser.close()


@asynccontextmanager
async def _served(store: Store, settings: Settings) -> AsyncIterator[str]:
    port = free_port()
    api = create_api(store, NobodyToWake(), settings, pages_first=ROUTERS)
    server = uvicorn.Server(uvicorn.Config(api, port=port, log_level="error", lifespan="off"))
    task = asyncio.create_task(server.serve())
    await until(lambda: asyncio.sleep(0, server.started))
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


if __name__ == "__main__":
    main()
