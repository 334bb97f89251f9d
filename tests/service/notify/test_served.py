"""A real `redtide serve` tells a Slack on loopback: from an alert over HTTP to the edited message."""

import time

import pytest

from tests.service.shared_service import Shared
from tests.service.stand_ins import until

pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


async def test_an_alert_by_http_becomes_one_message_that_is_edited_to_the_verdict(
    shared: Shared, capsys: pytest.CaptureFixture[str]
) -> None:
    service, slack = shared.service, shared.told
    sent = time.monotonic()
    accepted = (await service.client.post("/alerts", json=shared.php.alert.model_dump(mode="json"))).json()
    await slack.until(lambda: len(slack.top) == 1, 240)
    first = time.monotonic() - sent

    async def answered() -> bool:
        rows = (await service.client.get("/notifications")).json()["notifications"]
        return [(each["state"], each["shows"] != "investigating") for each in rows] == [("sent", True)]

    await until(answered, 240)
    verdict = time.monotonic() - sent
    assert len(slack.top) == 1
    assert slack.top[0].header.startswith(("Likely cause found", "Not sure"))
    assert accepted["id"] in slack.top[0].words()
    with capsys.disabled():
        print(f"\nfirst message after {first:.2f} s, verdict shown after {verdict:.2f} s")  # noqa: T201
