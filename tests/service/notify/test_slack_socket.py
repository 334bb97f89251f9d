"""Socket Mode: clicks come over a socket that is opened from here, acknowledged at once, each acted on once."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from fastapi.responses import JSONResponse, Response

from service.notify import slack_socket
from service.notify.slack_socket import listening
from service.settings import Settings
from tests.service.notify.clicker import RESPONDER, Clicker
from tests.service.notify.slack_api import APP_TOKEN, CHANNEL, Slack, no
from tests.service.stand_ins import until

ONE_DATABASE = True


def click(clicker: Clicker, action: str = "right") -> dict[str, Any]:
    given = {"action_id": action, "value": clicker.values[action]}
    return {
        "type": "block_actions",
        "user": {"id": RESPONDER},
        "channel": {"id": CHANNEL},
        "trigger_id": clicker.slack.trigger(),
        "actions": [given],
    }


@pytest.fixture
def over_socket(notifying_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings with a socket and the clicker's role."""
    monkeypatch.setenv("REDTIDE_SLACK_APP_TOKEN", APP_TOKEN)
    monkeypatch.setattr(slack_socket, "back_off", lambda failures: 0.01)
    notify = notifying_settings.notify
    channel = notify.channels["oncall"].model_copy(update={"app_token_variable": "REDTIDE_SLACK_APP_TOKEN"})
    changes = {"channels": {"oncall": channel}, "slack_roles": {RESPONDER: "responder"}}
    return notifying_settings.model_copy(update={"notify": notify.model_copy(update=changes)})


@pytest_asyncio.fixture
async def socket(clicker: Clicker, over_socket: Settings) -> AsyncIterator[Slack]:
    """Slack with the one socket of the service."""
    async with listening(clicker.store, over_socket, clicker.bell.wake):
        await clicker.slack.until(lambda: len(clicker.slack.sockets) == 1)
        yield clicker.slack


async def test_a_click_over_the_socket_is_acknowledged_and_counts(socket: Slack, clicker: Clicker) -> None:
    await socket.interact(click(clicker), "e1")
    await socket.until(lambda: bool(socket.whispers))
    assert await clicker.feedback() == ("right", None)
    assert clicker.bell.rung == 1


async def test_the_same_envelope_twice_counts_once(clicker: Clicker, over_socket: Settings) -> None:
    slack = clicker.slack
    async with listening(clicker.store, over_socket, clicker.bell.wake):
        await slack.until(lambda: len(slack.sockets) == 1)
        for _ in range(2):
            await slack.sockets[-1].send_json({"type": "interactive", "envelope_id": "e1", "payload": click(clicker)})
        await slack.until(lambda: slack.acknowledged == ["e1", "e1"])
    assert len(slack.whispers) == 1  # what was clicked is finished by now


async def test_a_modal_opens_over_the_socket(socket: Slack, clicker: Clicker) -> None:
    await socket.interact(click(clicker, "revert"), "e1")
    await socket.until(lambda: bool(socket.modals))
    assert f"redtide revert {clicker.incident}" in socket.modals[0].words()


@pytest.mark.parametrize("end", ["disconnect", "closed"])
async def test_a_socket_that_slack_ends_is_opened_again_with_another_ticket(
    socket: Slack, clicker: Clicker, end: str
) -> None:
    (first,) = socket.sockets
    if end == "disconnect":
        await first.send_json({"type": "disconnect", "reason": "refresh_requested"})
    else:
        await first.close()
    await socket.until(lambda: first not in socket.sockets and len(socket.sockets) == 1)
    await socket.interact(click(clicker), "e1")
    await socket.until(lambda: bool(socket.whispers))
    assert await clicker.feedback() == ("right", None)


@pytest.mark.parametrize("body", ["", "[]", "{", "[" * 5_000, '{"type": "interactive"}', '{"envelope_id": 7}'])
async def test_what_cannot_be_read_ends_nothing(socket: Slack, clicker: Clicker, body: str) -> None:
    await socket.sockets[-1].send_text(body)
    await socket.sockets[-1].send_json({"type": "interactive", "envelope_id": "e0", "payload": {"type": 7}})
    await socket.interact(click(clicker), "e1")
    await socket.until(lambda: bool(socket.whispers))
    assert len(socket.sockets) == 1


async def test_a_slack_that_is_away_is_tried_again_and_its_ticket_is_in_no_log(
    clicker: Clicker, over_socket: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [JSONResponse({}, 503), no("invalid_auth"), JSONResponse({"ok": True, "url": "https://elsewhere"})]
    answers.append(JSONResponse({"ok": True, "url": clicker.slack.url.replace("http", "ws") + "nowhere?ticket=s3cr3t"}))

    def fails(method: str, fields: object) -> Response | None:
        return answers.pop(0) if method == "apps.connections.open" and answers else None

    clicker.slack.fails = fails
    async with listening(clicker.store, over_socket, clicker.bell.wake):
        await clicker.slack.until(lambda: len(clicker.slack.sockets) == 1)
    said = [each.getMessage() for each in caplog.records if each.name == slack_socket.__name__]
    assert len(said) == 4
    assert "status 503" in said[0]
    assert "invalid_auth" in said[1]
    assert "no address" in said[2]
    assert "s3cr3t" not in caplog.text


async def test_what_was_clicked_is_finished_when_the_service_stops(clicker: Clicker, over_socket: Settings) -> None:
    async with listening(clicker.store, over_socket, clicker.bell.wake):
        await clicker.slack.until(lambda: len(clicker.slack.sockets) == 1)
        await clicker.slack.interact(click(clicker), "e1")
    assert await clicker.feedback() == ("right", None)


async def test_without_an_app_token_no_socket_is_opened(clicker: Clicker, notifying_settings: Settings) -> None:
    async with listening(clicker.store, notifying_settings, clicker.bell.wake):
        pass
    assert "apps.connections.open" not in json.dumps(clicker.slack.calls)


async def test_a_private_address_of_the_socket_is_refused(
    clicker: Clicker, over_socket: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [JSONResponse({"ok": True, "url": "ws://10.0.0.7/link"})]
    clicker.slack.fails = lambda method, fields: answers.pop(0) if answers else None
    async with listening(clicker.store, over_socket, clicker.bell.wake):

        async def said() -> bool:
            return "10.0.0.7 has a private address" in caplog.text

        await until(said)
