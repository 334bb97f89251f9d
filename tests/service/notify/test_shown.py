"""GET /notifications, and the paths of messages in the proxy."""

from collections.abc import Callable
from typing import cast

import httpx
import pytest

from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.cluster.admission import admission
from service.settings import Settings
from service.store.store import Store
from tests.service.notify.slack_api import Slack
from tests.service.stand_ins import AUTHORIZED, TOKEN, Bell, alert

ONE_DATABASE = True


@pytest.fixture
def http(outbox: Store, told: Settings) -> httpx.AsyncClient:
    trust = Trust.of(
        {
            "REDTIDE_API_TOKEN": TOKEN,
            "REDTIDE_API_TOKENS": '{"w": {"token": "writes-alerts-only-1", "scopes": ["alerts:write"]}}',
        }
    )
    transport = httpx.ASGITransport(create_api(outbox, Bell(), told, trust))
    return httpx.AsyncClient(transport=transport, base_url="http://redtide")


async def test_messages_are_listed_with_their_state_and_problem(http: httpx.AsyncClient, outbox: Store) -> None:
    incident = await outbox.intake.accept(alert(), "{}")
    delivery = await outbox.notifications.claim("oncall", "me", 60)
    assert delivery is not None
    await outbox.notifications.give_up(delivery, "no_text")
    async with http:
        shown = (await http.get("/notifications", headers=AUTHORIZED)).json()
        none = (await http.get("/notifications?state=sent", headers=AUTHORIZED)).json()
        other = (await http.get("/notifications?channel=other", headers=AUTHORIZED)).json()
    (row,) = shown["notifications"]
    assert (row["incident"], row["channel"], row["state"], row["shows"], row["problem"]) == (
        incident,
        "oncall",
        "given_up",
        "investigating",
        "no_text",
    )
    assert shown["counts"] == {"oncall": {"given_up": 1}}
    assert none["notifications"] == other["notifications"] == []


async def test_they_ask_for_the_scope_that_reads(http: httpx.AsyncClient) -> None:
    async with http:
        answers = [
            await http.get("/notifications"),
            await http.get("/notifications", headers={"Authorization": "Bearer writes-alerts-only-1"}),
        ]
    assert [answer.status_code for answer in answers] == [401, 403]


async def test_the_proxy_judges_requests_to_these_paths(slack: Slack) -> None:
    _, door = admission({"REDTIDE_API_TOKEN": TOKEN})
    guarded = cast(Callable[[str], bool], door.kwargs["guarded"])
    assert guarded("/notifications")
    assert guarded("/slack/interactions")
    assert not guarded("/llm/v1/models")
