"""A real `redtide serve` tells a Slack on loopback: from an alert over HTTP to the edited message."""

import pytest

from tests.service.shared_service import Shared
from tests.service.stand_ins import until

pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


async def test_an_alert_by_http_becomes_one_message_that_is_edited_to_the_verdict(shared: Shared) -> None:
    service, slack = shared.service, shared.told
    accepted = (await service.client.post("/alerts", json=shared.php.alert.model_dump(mode="json"))).json()
    await slack.until(lambda: len(slack.top) == 1, 240)

    async def answered() -> bool:
        rows = (await service.client.get("/notifications")).json()["notifications"]
        return [(each["state"], each["shows"] != "investigating") for each in rows] == [("sent", True)]

    await until(answered, 240)
    assert len(slack.top) == 1
    assert slack.top[0].header.startswith(("Likely cause found", "Not sure"))
    assert accepted["id"] in slack.top[0].words()
