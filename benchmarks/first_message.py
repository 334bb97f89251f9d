"""How soon a fresh service tells somebody: python -m benchmarks.first_message [STARTS] (default 3).

Each time a new `redtide serve` on Ray with a Slack on loopback, and an alert at the first 200 of /healthz. Prints how long
the start took, by the clock and of processor time of all its processes; then from the alert to its answer, to the first
message and to the verdict in it.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.recorded import FOLDERS, load
from tests.service.notify import slack_server
from tests.service.notify.slack_api import CHANNEL, TOKEN, Slack
from tests.service.served import Served, served

_INCIDENT = "php-removed-method"


def main() -> None:
    """Start as often as asked."""
    os.environ["REDTIDE_SLACK_TOKEN"] = TOKEN
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        sys.stdout.write(asyncio.run(_one_start()) + "\n")
        sys.stdout.flush()


async def _one_start() -> str:
    folder = Path(tempfile.mkdtemp())
    recorded = load(next(each for each in FOLDERS if each.name == _INCIDENT), folder / "recorded")
    repositories = {recorded.alert.repository: str(recorded.repository)}
    try:
        async with slack_server.running(Slack()) as slack:
            channels = {"oncall": {"kind": "slack", "channel": CHANNEL, "api_url": slack.url}}
            notify = json.dumps({"channels": channels, "networks": ["127.0.0.0/8"]})
            begun = time.monotonic()
            async with served(folder, repositories, REDTIDE_NOTIFY=notify, REDTIDE_DASHBOARD="false") as service:
                used = _processor(service.ray_folder)
                start = f"healthy after {time.monotonic() - begun:.1f} s ({used:.1f} s of processors)"
                return f"{start}; {await _told(service, slack, recorded.alert.model_dump(mode='json'))}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _told(service: Served, slack: Slack, alert: dict[str, object]) -> str:
    sent = time.monotonic()
    (await service.client.post("/alerts", json=alert)).raise_for_status()
    answered = time.monotonic() - sent
    await slack.until(lambda: len(slack.top) == 1)
    first, begun_with = time.monotonic() - sent, slack.top[0].header
    await slack.until(lambda: slack.top[0].header != begun_with)
    return f"answer {answered:.2f} s, first message {first:.2f} s, verdict {time.monotonic() - sent:.2f} s"


def _processor(ray_folder: Path) -> float:
    """The processor seconds so far of all processes that were started with this folder, and of their ended children."""
    ticks = 0
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and bytes(ray_folder) in (process / "environ").read_bytes():
                fields = (process / "stat").read_text("utf-8").rpartition(")")[2].split()
                ticks += sum(map(int, fields[11:15]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
