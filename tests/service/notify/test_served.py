"""A real `redtide serve` tells a Slack on loopback: from an alert over HTTP to the edited message, also after a kill."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recorded import FOLDERS, load
from tests.service.notify.slack_api import CHANNEL, TOKEN, Slack
from tests.service.served import served
from tests.service.stand_ins import until

pytestmark = pytest.mark.ray


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """Ray's socket paths must be short."""
    folder = Path(tempfile.mkdtemp(prefix="rt", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def test_an_alert_by_http_becomes_one_message_that_is_edited_to_the_verdict(
    slack: Slack, tmp_path: Path, short_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = load(next(folder for folder in FOLDERS if folder.name == "php-removed-method"), tmp_path / "recorded")
    channels = {"oncall": {"kind": "slack", "channel": CHANNEL, "api_url": slack.url}}
    notify = json.dumps({"channels": channels, "networks": ["127.0.0.0/8"]})
    environment = {"REDTIDE_NOTIFY": notify, "REDTIDE_SLACK_TOKEN": TOKEN, "REDTIDE_DASHBOARD": "false"}
    repositories = {recorded.alert.repository: str(recorded.repository)}
    async with served(tmp_path, repositories, short_folder, **environment) as service:
        sent = time.monotonic()
        accepted = (await service.client.post("/alerts", json=recorded.alert.model_dump(mode="json"))).json()
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
