"""A store whose messages go to a Slack on loopback."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from service.notify.slack import SlackSender
from service.routing.channels import Notify, SlackChannel
from service.settings import Settings
from service.store.store import Store
from tests.service.notify import slack_api
from tests.service.notify.slack_api import CHANNEL, TOKEN, Slack


@pytest.fixture(autouse=True)
def hurried_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's pace is a second and more a message; only the test of a storm is about it."""
    monkeypatch.setattr(SlackSender, "pace_seconds", 0.01)


@pytest_asyncio.fixture
async def slack(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Slack]:
    monkeypatch.setenv("REDTIDE_SLACK_TOKEN", TOKEN)
    async with slack_api.running(Slack()) as running:
        yield running


@pytest.fixture
def notifying_settings(settings: Settings, slack: Slack) -> Settings:
    """The settings with one Slack channel."""
    channel = SlackChannel(kind="slack", channel=CHANNEL, api_url=slack.url)
    notify = Notify.model_validate({"networks": ["127.0.0.0/8"], "channels": {"oncall": channel}, "attempts": 3})
    return settings.model_copy(update={"notify": notify, "public_url": "https://redtide.example.org"})


@pytest_asyncio.fixture
async def outbox(notifying_settings: Settings) -> AsyncIterator[Store]:
    store = Store(notifying_settings.store_address(), notifying_settings.life, notifying_settings.notify.channels)
    yield store
    await store.close()
