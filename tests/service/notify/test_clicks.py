"""Buttons of a Slack message: who is allowed what, what a click does, and that only Slack's own bytes count."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest

from service.settings import Settings
from tests.service.notify.clicker import OTHER, RESPONDER, SECRET, STRANGER, VIEWER, Clicker, blames
from tests.service.notify.slack_api import CHANNEL
from tests.service.stand_ins import TOKEN

ONE_DATABASE = True


@pytest.mark.parametrize(
    ("action", "value", "said"),
    [
        ("right", "right", ("right", None)),
        ("not_this", "other", ("wrong", OTHER)),
        ("not_this", "no_deploy", ("not_a_deploy", None)),
        ("not_this", "unknown", ("wrong", None)),
    ],
)
async def test_a_click_is_feedback_of_that_person(
    clicker: Clicker, action: str, value: str, said: tuple[str, str | None]
) -> None:
    answer = await clicker.click(action, value=clicker.values[value])
    assert answer.status_code == 200
    assert await clicker.feedback() == said
    records = (await clicker.store.queries.audits(clicker.incident)).records
    assert records[-1].actor == f"slack:{RESPONDER}"
    assert clicker.slack.whispers[-1][0] == RESPONDER
    assert clicker.bell.rung == 1


async def test_run_again_starts_another_round(clicker: Clicker) -> None:
    await clicker.click("more", value=clicker.values["rerun"])
    assert (await clicker.store.queries.incident(clicker.incident)).status == "open"
    assert (await clicker.store.notifications.latest(1))[0].shows == "investigating"


async def test_mute_silences_the_group_in_this_channel(clicker: Clicker) -> None:
    await clicker.click("more", value=clicker.values["mute"])
    assert (await clicker.store.notifications.latest(1))[0].muted_until is not None
    assert await clicker.store.notifications.claim("oncall", "a", 60) is None


async def test_nothing_offers_a_commit_that_a_person_called_wrong(clicker: Clicker) -> None:
    await clicker.click("not_this", value=clicker.values["unknown"])
    await clicker.click("revert")
    assert clicker.slack.whispers[-1][1] == "There is nothing to revert."


@pytest.mark.parametrize("user", [VIEWER, STRANGER])
@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("right", "right"),
        ("right", "look"),
        ("not_this", "right"),
        ("not_this", "other"),
        ("more", "rerun"),
        ("more", "mute"),
    ],
)
async def test_who_has_not_the_role_changes_nothing(clicker: Clicker, user: str, action: str, value: str) -> None:
    assert (await clicker.click(action, user=user, value=clicker.values[value])).status_code == 200
    assert await clicker.feedback() is None
    assert (await clicker.store.queries.incident(clicker.incident)).status == "done"
    assert (await clicker.store.notifications.latest(1))[0].muted_until is None
    assert "slack_roles" in clicker.slack.whispers[-1][1]


@pytest.mark.parametrize(
    "value", ["", "x", "....", "unknown-token.1.", "\u0661.1.", "a.99999999999.", "a.1.c" + "9" * 90]
)
async def test_an_unknown_token_changes_nothing(clicker: Clicker, value: str) -> None:
    for action in ("right", "not_this", "more", "revert", "other"):
        assert (await clicker.click(action, value=value)).status_code == 200
    assert await clicker.feedback() is None


async def test_a_button_of_an_earlier_verdict_changes_nothing(clicker: Clicker) -> None:
    await clicker.store.reruns.rerun(clicker.incident, "ana")
    claim = await clicker.store.leases.claim("worker")
    assert claim is not None
    await clicker.store.outcomes.finish(claim, blames(clicker.incident))
    await clicker.click("right")
    assert await clicker.feedback() is None
    assert "changed since" in clicker.slack.whispers[-1][1]


async def test_a_click_in_another_channel_changes_nothing(clicker: Clicker) -> None:
    await clicker.click("right", channel={"id": "C0OTHER"})
    assert await clicker.feedback() is None


async def test_the_same_request_twice_counts_once(clicker: Clicker) -> None:
    payload = {
        "type": "block_actions",
        "user": {"id": RESPONDER},
        "channel": {"id": CHANNEL},
        "actions": [{"action_id": "right", "value": clicker.values["right"]}],
    }
    body, now = urlencode({"payload": json.dumps(payload)}).encode(), int(time.time())
    for _ in range(2):
        assert (await clicker.send(body, at=now)).status_code == 200
    assert len(clicker.slack.whispers) == 1


BODY = urlencode({"payload": json.dumps({"type": "block_actions", "user": {"id": RESPONDER}})}).encode()


async def test_only_what_slack_signed_lately_is_believed(clicker: Clicker) -> None:
    now = int(time.time())
    refused = [
        await clicker.send(BODY, secret="another-secret-of-16"),
        await clicker.send(BODY, at=now - 400),
        await clicker.send(BODY, at=now + 400),
        await clicker.http.post("/slack/interactions", content=BODY),
        await clicker.http.post("/slack/interactions", content=BODY, headers={"Authorization": f"Bearer {TOKEN}"}),
        # The time as a part of the body, without its header: the same bytes are signed.
        await clicker.http.post(
            "/slack/interactions",
            content=f"v0:{now}:".encode() + BODY,
            headers={
                "X-Slack-Signature": "v0="
                + hmac.new(SECRET.encode(), f"v0:{now}:".encode() + BODY, hashlib.sha256).hexdigest()
            },
        ),
    ]
    assert [answer.status_code for answer in refused] == [401] * len(refused)
    assert (await clicker.send(BODY)).status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"payload=", b"payload=[]", b"payload=1", b"x=1", b"payload=%FF", b"payload=" + b"[" * 5_000]
)
async def test_a_signed_body_that_cannot_be_read_is_refused(clicker: Clicker, body: bytes) -> None:
    assert (await clicker.send(body)).status_code in (400, 401)


async def test_the_buttons_of_a_message_are_those_that_are_known(
    clicker: Clicker, notifying_settings: Settings
) -> None:
    from service.notify.running import notifying
    from tests.service.stand_ins import until

    async def sent() -> bool:
        return (await clicker.store.notifications.latest(1))[0].state == "sent"

    async with notifying(clicker.store, notifying_settings, lambda channel, result: None):
        await until(sent)
    (actions,) = [each for each in clicker.slack.top[0].blocks if each["type"] == "actions"]
    by_name = {each["action_id"]: each for each in actions["elements"]}
    assert set(by_name) == {"revert", "right", "not_this", "open", "more"}
    assert by_name["open"]["url"] == f"https://redtide.example.org/incidents/{clicker.incident}"
    for name in ("right", "revert", "not_this"):
        assert by_name[name]["value"] == clicker.values[name]
    offered = [each["value"] for each in by_name["more"]["options"]]
    assert offered == [clicker.values[each] for each in ("rerun", "mute", "look")]
    assert clicker.incident not in json.dumps(actions["elements"][0]["value"])
