"""The whole way on a phone: an alert, the message in a Slack, its link, the login, the page, "not this, that one"; and
the edited message says what the page says. The replicas are the real ones, in this process, with a real Chromium.
"""

import asyncio
import gc
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect

from service.cluster.ports import free_port
from service.notify.slack import SlackSender
from service.replicas.ingress import HttpReplica
from service.replicas.triage import WorkingReplica
from service.routing.channels import Notify, SlackChannel
from service.settings import Settings
from tests.recorded import FOLDERS, Recorded, load
from tests.service.browser import IN_A_BROWSER
from tests.service.console.test_in_a_browser import SECONDS, logged_in
from tests.service.notify import slack_server
from tests.service.notify.slack_api import CHANNEL, TOKEN, Slack
from tests.service.notify.slack_shown import Shown
from tests.service.stand_ins import AUTHORIZED, until

pytestmark = [
    *IN_A_BROWSER,
    # Ray's own modules warn when they are imported.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]
NAME = "php-removed-method"


@asynccontextmanager
async def at_work(settings: Settings, port: int) -> AsyncIterator[str]:
    """Both replicas of `redtide serve`, without Ray between them."""
    working = WorkingReplica(settings, lambda channel, result: None)
    http = HttpReplica(settings, working)
    running = uvicorn.Server(uvicorn.Config(http.api, port=port, log_level="error", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(running.serve())
    await until(lambda: asyncio.sleep(0, running.started))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        await serving
        await working.stop()
        gc.unfreeze()


def told(settings: Settings, slack: Slack, recorded: Recorded, port: int) -> Settings:
    """The settings with a Slack channel, the address that messages link to, and the repository of the alert."""
    channel = SlackChannel(kind="slack", channel=CHANNEL, api_url=slack.url)
    return settings.model_copy(
        update={
            "notify": Notify.model_validate({"networks": ["127.0.0.0/8"], "channels": {"oncall": channel}}),
            "public_url": f"http://127.0.0.1:{port}",
            "repositories": {recorded.alert.repository: recorded.repository},
        }
    )


def link_of(message: Shown) -> str:
    """Where the message's button leads."""
    buttons = (each for block in message.blocks for each in block.get("elements", ()) if each.get("type") == "button")
    return next(str(each["url"]) for each in buttons if "url" in each)


async def test_from_an_alert_to_not_this_that_one_on_a_phone_and_message_and_page_agree(
    settings: Settings, tmp_path: Path, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SlackSender, "pace_seconds", 0.01)
    monkeypatch.setenv("REDTIDE_SLACK_TOKEN", TOKEN)
    recorded = load(next(folder for folder in FOLDERS if folder.name == NAME), tmp_path / "recorded")
    port = free_port()
    async with slack_server.running(Slack()) as slack, at_work(told(settings, slack, recorded, port), port) as address:
        async with httpx.AsyncClient(base_url=address, headers=AUTHORIZED) as http:
            answer = await http.post("/alerts", json=recorded.alert.model_dump(mode="json"))
        await slack.until(lambda: any(each.header.startswith("Likely cause") for each in slack.top))
        (message,) = slack.top
        link, before, named = link_of(message), message.header, message.words()
        assert link == f"{address}/incidents/{answer.json()['id']}"
        phone = {"width": 390, "height": 844}
        context = await chromium.new_context(viewport=phone, has_touch=True)  # type: ignore[arg-type]
        page = await logged_in(address, context, link.removeprefix(address))
        blamed, other = await blame_another(page)
        await slack.until(lambda: message.header != before)
        assert blamed in named
        await agree(page, message, blamed, other)
        assert len(slack.top) == 1


async def blame_another(page: Page) -> tuple[str, str]:
    """Say on the page that it was another commit: (the one that was blamed, that other one), shortened."""
    lead = await page.locator(".lead").first.inner_text()
    command = await page.locator("#command").inner_text()
    blamed = re.findall(r"\b[0-9a-f]{9}\b", lead)[0]
    assert "redtide revert" in command
    await page.get_by_label("wrong", exact=True).check()
    choice = page.get_by_label("If it is wrong")
    other = await choice.locator("option").nth(1).get_attribute("value")
    assert other is not None
    await choice.select_option(other)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Said to be wrong by operator")).to_be_visible(timeout=SECONDS)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    return blamed, other[:9]


async def agree(page: Page, message: Shown, blamed: str, other: str) -> None:
    """Both name the other commit, offer to revert it alone, and say the same."""
    heading, lead = await page.locator("h1").inner_text(), await page.locator(".lead").first.inner_text()
    command = await page.locator("#command").inner_text()
    words = message.words()
    assert heading.startswith("Said to be wrong")
    assert message.header == heading
    assert lead in " ".join(words.replace('\\"', '"').split()).replace("`", "")
    assert other in lead
    assert json.dumps(command, ensure_ascii=False)[1:-1] in words
    assert other in words
    assert await page.locator(".chip").first.inner_text() == "Said to be wrong"
    assert await page.get_by_role("heading", name=f"What {other} changed").is_visible()
    offered = await page.locator(".command").inner_text()
    assert blamed not in offered
    assert "Revert" not in [
        each["text"]["text"].strip(" .…")
        for block in message.blocks
        for each in block.get("elements", ())
        if each.get("type") == "button"
    ]
