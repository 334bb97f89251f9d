"""Errors of settings are told at the place where people wrote them, with what may stand there."""

import pytest
from pydantic import ValidationError

from service.cli.setting_errors import line_of
from service.settings import Settings

KINDS = "slack, webhook, email, teams, mattermost, discord"


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ({}, f"notify.channels.wall: needs kind: one of {KINDS}"),
        ({"kind": "irc"}, f"notify.channels.wall: has a kind that is unknown: one of {KINDS}"),
        (
            {"kind": "webhook", "url": "ftp://x", "secret_variable": "A"},
            "notify.channels.wall.url: not an address such as https://host.example.org:8000",
        ),
        (
            {"kind": "slack", "channel": "#oncall"},
            "notify.channels.wall.channel: must be of the form ^[CDG][A-Z0-9]{2,40}$ "
            "(Id of the channel, as at the end of its address (C0123ABCD))",
        ),
        (
            {"kind": "email", "host": "x", "sender": "a@b.c", "to": ["a@b.c"], "tls": "ssl"},
            "notify.channels.wall.tls: must be starttls, implicit or none",
        ),
    ],
)
def test_an_error_of_a_channel_names_its_field_and_what_there_is(channel: dict[str, object], told: str) -> None:
    given = {"notify": {"channels": {"wall": channel}}}
    with pytest.raises(ValidationError) as caught:
        Settings(**given)  # type: ignore[arg-type]
    assert line_of(caught.value, Settings, given) == told


def test_a_channel_that_is_called_as_its_kind_keeps_its_name() -> None:
    given = {"notify": {"channels": {"teams": {"kind": "teams"}}}}
    with pytest.raises(ValidationError) as caught:
        Settings(**given)  # type: ignore[arg-type]
    assert line_of(caught.value, Settings, given) == "notify.channels.teams.url_variable: is missing; add it"
