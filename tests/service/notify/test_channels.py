"""Settings of channels: what is accepted, and that they reach a replica as they are."""

from typing import Any

import pytest
from pydantic import ValidationError

from service.routing.channels import Notify
from service.settings import Settings

ONE_DATABASE = True
CHANNELS: dict[str, Any] = {
    "oncall": {"kind": "slack", "channel": "C0123ABCD", "tiers": [1, 2], "quiet": True},
    "wall": {"kind": "webhook", "url": "https://wall.example.org/x", "secret_variable": "WALL_SECRET"},
    "mail": {"kind": "email", "host": "smtp.example.org", "sender": "a@example.org", "to": ["b@example.org"]},
    "teams": {"kind": "teams", "url_variable": "TEAMS_HOOK"},
}


def test_channels_reach_a_replica_as_they_are() -> None:
    settings = Settings(notify=Notify.model_validate({"channels": CHANNELS, "networks": ["10.0.0.0/8", "fd00::/8"]}))
    assert Settings(**settings.model_dump(mode="json")).notify == settings.notify


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "slack", "channel": "#oncall"},
        {"kind": "slack", "channel": "C0123ABCD", "api_url": "https://user:password@slack.com/api/"},
        {"kind": "webhook", "url": "ftp://wall.example.org", "secret_variable": "S"},
        {"kind": "webhook", "url": "https://wall.example.org"},
        {
            "kind": "email",
            "host": "smtp.example.org",
            "sender": "a@example.org\r\nBcc: x@example.org",
            "to": ["b@example.org"],
        },
        {"kind": "email", "host": "smtp.example.org", "sender": "a@example.org", "to": []},
        {"kind": "teams", "url_variable": "https://teams.example.org/secret"},
        {"kind": "pager"},
        {"kind": "slack", "channel": "C0123ABCD", "token": "xoxb-" + "x"},
    ],
)
def test_a_channel_that_cannot_work_is_refused_when_the_settings_are_read(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(notify={"channels": {"it": wrong}})
    assert "password@" not in str(caught.value)
