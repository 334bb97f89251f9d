"""Buttons of a Slack message: who is allowed what, what a click does, and that only Slack's own bytes count."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from incidents.evidence import Commit, Suspect
from incidents.report import Report
from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.settings import Settings
from service.store.store import Store
from service.store.tables import NotificationRow
from tests.service.notify.slack_api import CHANNEL, Slack
from tests.service.stand_ins import NOON, TOKEN, Bell, Found, alert
from tests.service.store.channels import culprit_found

ONE_DATABASE = True

SECRET = "signing-secret-for-tests"
RESPONDER, VIEWER, STRANGER = "U0RESPOND", "U0VIEWER", "U0STRANGE"
BLAMED, OTHER = "c" * 40, "d" * 40


def blames(incident: str) -> Found:
    """A finding with two suspects."""
    base = culprit_found(incident)
    suspects = tuple(
        Suspect(
            commit=Commit(sha=sha, subject=f"change {sha[0]}", author="Ana", committed_at=NOON), probability=probability
        )
        for sha, probability in ((BLAMED, 0.9), (OTHER, 0.05))
    )
    report = {
        **base.report.model_dump(),
        "incident": incident,
        "command": f"redtide revert {incident}",
        "revert": "Reverts cleanly",
    }
    return Found(
        evidence=base.evidence,
        verdict=base.verdict.model_copy(update={"suspects": suspects}),
        report=Report.model_validate(report),
    )


@dataclass
class Clicker:
    """Uses the buttons of the one message, as Slack would report it."""

    http: httpx.AsyncClient
    slack: Slack
    store: Store
    incident: str
    bell: Bell
    values: dict[str, str]

    async def click(
        self,
        action: str,
        user: str = RESPONDER,
        value: str | None = None,
        **changes: Any,  # noqa: ANN401 (fields of a payload)
    ) -> httpx.Response:
        given = self.values.get(action, "") if value is None else value
        select_like = action in ("not_this", "more")
        chosen: dict[str, Any] = {"selected_option": {"value": given}} if select_like else {"value": given}
        payload = {
            "type": "block_actions",
            "user": {"id": user, "name": "ana"},
            "channel": {"id": CHANNEL},
            "trigger_id": "1.2.abc",
            "actions": [{"action_id": action, "block_id": "x", "action_ts": str(time.time_ns()), **chosen}],
            **changes,
        }
        return await self.send(urlencode({"payload": json.dumps(payload)}).encode())

    async def send(self, body: bytes, *, secret: str = SECRET, at: int | None = None, **headers: str) -> httpx.Response:
        moment = int(time.time()) if at is None else at
        digest = hmac.new(secret.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256).hexdigest()
        signed = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": str(moment),
            "X-Slack-Signature": f"v0={digest}",
        }
        return await self.http.post("/slack/interactions", content=body, headers=signed | headers)

    async def feedback(self) -> tuple[str, str | None] | None:
        said = (await self.store.queries.incident(self.incident)).feedback
        return (said.label, said.commit) if said else None


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
        "rerun": f"{token}.1.rerun",
        "mute": f"{token}.1.mute",
        "other": f"{token}.1.c1",
        "no_deploy": f"{token}.1.no_deploy",
        "unknown": f"{token}.1.unknown",
    }
    bell = Bell()
    api = create_api(outbox, bell, settings, Trust.of({"REDTIDE_SECRETS_SLACK": SECRET, "REDTIDE_API_TOKEN": TOKEN}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://redtide") as http:
        yield Clicker(http, slack, outbox, incident, bell, values)


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


async def test_revert_shows_plan_and_command_and_does_nothing(clicker: Clicker) -> None:
    before = (await clicker.store.queries.audits(clicker.incident)).records
    await clicker.click("revert", user=VIEWER)
    ((user, reply),) = clicker.slack.whispers
    assert user == VIEWER
    assert f"redtide revert {clicker.incident}" in reply
    assert "Reverts cleanly" in reply
    assert (await clicker.store.queries.audits(clicker.incident)).records == before


async def test_nothing_offers_a_commit_that_a_person_called_wrong(clicker: Clicker) -> None:
    await clicker.click("not_this", value=clicker.values["unknown"])
    await clicker.click("revert")
    assert clicker.slack.whispers[-1][1] == "There is nothing to revert."


@pytest.mark.parametrize("user", [VIEWER, STRANGER])
@pytest.mark.parametrize(
    ("action", "value"), [("right", "right"), ("not_this", "other"), ("more", "rerun"), ("more", "mute")]
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
    for name in ("right", "revert"):
        assert by_name[name]["value"] == clicker.values[name]
    offered = [each["value"] for each in by_name["not_this"]["options"]]
    assert offered == [clicker.values[each] for each in ("other", "no_deploy", "unknown")]
    assert clicker.incident not in json.dumps(actions["elements"][0]["value"])
