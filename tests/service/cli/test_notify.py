"""`redtide notify --test` sends to real receivers and says what came back."""

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest

from tests.service.cli.ran import RedTide
from tests.service.notify import slack_server
from tests.service.notify.slack_api import CHANNEL, TOKEN, Slack


@pytest.fixture
def slack() -> Iterator[Slack]:
    """A Slack in a thread of its own: the command has its own event loop."""
    started, ended = threading.Event(), threading.Event()
    running = Slack()

    async def serve() -> None:
        async with slack_server.running(running):
            started.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    started.wait(30)
    yield running
    ended.set()
    thread.join(30)


def configured(monkeypatch: pytest.MonkeyPatch, slack: Slack, channel: str = CHANNEL) -> None:
    channels = {"oncall": {"kind": "slack", "channel": channel, "api_url": slack.url}}
    monkeypatch.setenv("REDTIDE_NOTIFY", json.dumps({"channels": channels, "networks": ["127.0.0.0/8"]}))
    monkeypatch.setenv("REDTIDE_SLACK_TOKEN", TOKEN)


def test_each_channel_gets_a_test_message(redtide: RedTide, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, slack)
    ran = redtide("notify", "--test")
    assert (ran.status, ran.out) == (0, f"oncall (slack): posted in {CHANNEL}\n")
    assert slack.top[0].text.startswith("Red Tide: this is a test message")


def test_what_was_not_sent_is_said_with_its_reason(
    redtide: RedTide, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(monkeypatch, slack, "C0OTHER")
    ran = redtide("notify", "--test")
    assert (ran.status, ran.out) == (1, "oncall (slack): not sent: channel_not_found\n")
    monkeypatch.delenv("REDTIDE_SLACK_TOKEN")
    ran = redtide("notify", "--test", "--channel", "oncall")
    assert "REDTIDE_SLACK_TOKEN is not set" in ran.out


def test_without_channels_or_with_an_unknown_one_the_remedy_is_named(
    redtide: RedTide, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = redtide("notify", "--test")
    assert (ran.status, "notify.channels" in ran.err) == (2, True)
    configured(monkeypatch, slack)
    ran = redtide("notify", "--test", "--channel", "nobody")
    assert (ran.status, "there are oncall" in ran.err) == (2, True)
    monkeypatch.setenv("REDTIDE_NOTIFY", '{"channels": {"oncall": {"kind": "slack", "channel": "#oncall"}}}')
    ran = redtide("notify", "--test")
    assert ran.status == 2
    assert "channel" in ran.err
