"""What a page weighs on its way to a phone, and what it shows before any script has run; in a real Chromium."""

import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from incidents.evidence import RuledOut, Suspect
from incidents.opinion import Opinion
from incidents.reasoning import ModelCall, Step, ToolCall
from service.store.store import Store
from tests.service.browser import IN_A_BROWSER
from tests.service.console.filled import fill
from tests.service.console.findings import commit, finding
from tests.service.console.test_in_a_browser import SECONDS, an_incident, logged_in, server, store
from tests.service.stand_ins import ALERT, AUTHORIZED, NOON, Found, until

__all__ = ["server", "store"]
ONE_DATABASE = True
pytestmark = IN_A_BROWSER
MOST_BYTES = 150_000
SOURCES = sorted((Path(__file__).parents[3] / "tools").rglob("*.py"))
"""Real text, so that it can be compressed as well as real prompts, and no better."""


def sha(number: int) -> str:
    return hashlib.sha1(str(number).encode(), usedforsecurity=False).hexdigest()


def large() -> Found:
    """A verdict over a deploy of 520 commits, with agents that read 400 kilobytes."""
    lines = [line.strip() for path in SOURCES[:40] for line in path.read_text("utf-8").splitlines() if len(line) > 40]
    found = finding()
    suspects = tuple(
        Suspect(commit=commit(sha(n), lines[n]), probability=0.05, reasons=tuple(lines[3 * n : 3 * n + 3]))
        for n in range(18)
    )
    ruled_out = tuple(RuledOut(commit=commit(sha(n), lines[n]), reason=lines[-n][:100]) for n in range(20, 520))
    opinions = tuple(
        Opinion(agent="zero_shot", commit=sha(n), caused=False, mechanism=" ".join(lines[5 * n : 5 * n + 4]))
        for n in range(18)
    )
    verdict = found.verdict.model_copy(
        update={"suspects": (*found.verdict.suspects, *suspects), "ruled_out": ruled_out, "opinions": opinions}
    )
    return replace(found, verdict=verdict, steps=(*_questions(), *_looks()))


def _questions() -> list[Step]:
    """Prompts of 30 kilobytes, of which 20 are the same in all."""
    same, parts = _source(0, 20_000), [_source(n + 1, 10_000) for n in range(11)]
    fields: dict[str, Any] = {
        "at": NOON,
        "system": "",
        "prompt_tokens": 9_000,
        "completion_tokens": 200,
        "seconds": 2.0,
    }
    return [ModelCall(agent="developer", prompt=same + part, replies=(part[:1_500],), **fields) for part in parts]


def _looks() -> list[Step]:
    return [
        ToolCall(agent="developer", tool="read_file", arguments={"path": "a.py"}, observation=_source(n, 4_000), at=NOON, seconds=0.1)
        for n in range(12, 24)
    ]  # fmt: skip


def _source(number: int, length: int) -> str:
    return "".join(path.read_text("utf-8") for path in SOURCES[4 * number : 4 * number + 40])[:length]


async def a_large_incident(server: str, store: Store) -> str:
    """The path of its page. Beside it there are two hundred others, in groups of five."""
    await fill(store, 200)
    async with httpx.AsyncClient(base_url=server, headers=AUTHORIZED) as client:
        accepted = await client.post("/alerts", json=ALERT)
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, large())
    return f"/incidents/{accepted.json()['id']}"


async def weighed(context: BrowserContext, address: str) -> tuple[int, int]:
    """(bytes on the wire, bytes of the page when unpacked) of a page that is loaded with nothing cached."""
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await devtools.send("Network.enable")
    await devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    answer = await page.goto(address, wait_until="load", timeout=SECONDS)
    assert answer is not None
    unpacked = len(await answer.body())
    await page.close()
    assert len(sizes) >= 3, "the page, its style and its script"
    return int(sum(sizes)), unpacked


async def test_no_page_transfers_more_than_150_kilobytes_however_much_there_is_to_say(
    server: str, store: Store, chromium: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    path = await a_large_incident(server, store)
    context = await chromium.new_context()
    await logged_in(server, context, "/incidents")
    pages = (path, f"{path}/trace", "/incidents", "/tide?hours=168", "/quality", "/rescorings")
    weights = {each: await weighed(context, server + each) for each in pages}
    with capsys.disabled():
        for each, (wire, unpacked) in weights.items():
            print(f"\n{each}: {wire:,} bytes transferred, the page alone {unpacked:,} unpacked", end="")  # noqa: T201
    assert weights[path][1] > MOST_BYTES, "the incident is not large enough to show anything"
    assert {each: wire for each, (wire, _) in weights.items() if wire >= MOST_BYTES} == {}


async def test_every_page_paints_and_says_everything_before_its_script_arrives(
    server: str, store: Store, chromium: Browser
) -> None:
    await fill(store, 20)
    path = await an_incident(server, store)
    context = await chromium.new_context(timezone_id="UTC")
    with_script = await logged_in(server, context, "/incidents")
    without = await (await _without_script(chromium, server)).new_page()
    late = await context.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    await late.route("**/console.js", hold)
    for each in (path, f"{path}/trace", "/incidents", "/tide", "/quality", "/rescorings"):
        await late.goto(server + each, wait_until="commit")
        await expect(late.locator("h1")).to_be_visible(timeout=SECONDS)
        await until(partial(_painted, late))
        assert held, "the script was asked for and has not come"
        await with_script.goto(server + each)
        await without.goto(server + each)
        assert await _words(without) == await _words(with_script), each
        held.pop()


async def _painted(page: Page) -> bool:
    return bool(await page.evaluate("performance.getEntriesByType('paint').length > 0"))


async def _without_script(chromium: Browser, server: str) -> BrowserContext:
    context = await chromium.new_context(java_script_enabled=False)
    await logged_in(server, context, "/incidents")
    return context


async def _words(page: Page) -> str:
    """What the page says, without the buttons that only a script can offer."""
    text = await page.locator("main").inner_text()
    return " ".join(word for word in text.split() if word not in ("Print", "Copy"))
