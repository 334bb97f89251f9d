"""A store whose messages go to a Slack on loopback."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.notify.slack import SlackSender
from service.routing.channels import Notify, SlackChannel
from service.settings import Settings
from service.store.store import Store
from service.store.tables import NotificationRow
from tests.service.notify import slack_server
from tests.service.notify.clicker import RESPONDER, SECRET, VIEWER, Clicker, blames
from tests.service.notify.slack_api import CHANNEL, TOKEN, Slack
from tests.service.stand_ins import TOKEN as API_TOKEN
from tests.service.stand_ins import Bell, alert


@pytest.fixture(autouse=True)
def hurried_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's pace is a second and more a message; only the test of a storm is about it."""
    monkeypatch.setattr(SlackSender, "pace_seconds", 0.01)


@pytest_asyncio.fixture
async def slack(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Slack]:
    monkeypatch.setenv("REDTIDE_SLACK_TOKEN", TOKEN)
    async with slack_server.running(Slack()) as running:
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


@pytest_asyncio.fixture
async def clicker(outbox: Store, notifying_settings: Settings, slack: Slack) -> AsyncIterator[Clicker]:
    roles = {RESPONDER: "responder", VIEWER: "viewer"}
    settings = notifying_settings.model_copy(
        update={"notify": notifying_settings.notify.model_copy(update={"slack_roles": roles})}
    )
    incident = await outbox.intake.accept(alert(), "{}")
    claim = await outbox.leases.claim("worker")
    assert claim is not None
    await outbox.outcomes.finish(claim, blames(incident))
    async with outbox.database.read() as session:
        token = (await session.scalars(select(NotificationRow.token))).one()
    values = {
        "right": f"{token}.1.",
        "revert": f"{token}.1.",
        "not_this": f"{token}.1.",
        "rerun": f"{token}.1.rerun",
        "mute": f"{token}.1.mute",
        "look": f"{token}.1.look",
        "other": f"{token}.1.c1",
        "no_deploy": f"{token}.1.no_deploy",
        "unknown": f"{token}.1.unknown",
    }
    bell = Bell()
    api = create_api(
        outbox, bell, settings, Trust.of({"REDTIDE_SECRETS_SLACK": SECRET, "REDTIDE_API_TOKEN": API_TOKEN})
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://redtide") as http:
        yield Clicker(http, slack, outbox, incident, bell, values)
