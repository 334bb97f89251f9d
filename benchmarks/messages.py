"""Messages of an alert storm: `python -m benchmarks.messages` stores 20,000 alerts and sends to a Slack on loopback.

That Slack allows what Slack allows: one post a second and channel, 50 changes a minute (https://docs.slack.dev/apis/web-api/rate-limits).
The alerts are those of 300 services which fail for one reason: they are stored as the HTTP interface stores them, 100 at
a time, and every incident gets a verdict that is made up here. With `--down 600` Slack answers 503 for the first ten
minutes, in real time. It ends when everything is sent, or after `--most` seconds.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from fastapi.responses import JSONResponse, Response

from service.notify.running import notifying
from service.routing.channels import Notify, SlackChannel
from service.settings import Settings
from service.store.store import Store
from tests.service.notify.slack_api import CHANNEL, TOKEN, Slack
from tests.service.notify.slack_server import running
from tests.service.stand_ins import found
from tests.service.store.channels import notice

_TOGETHER = 100


async def main(url: str, alerts: int, services: int, down: float, most: float) -> int:
    """Store, send, print."""
    os.environ["REDTIDE_SLACK_TOKEN"] = TOKEN
    slack = Slack(seconds_between=1.0, changes_a_minute=50)
    async with running(slack):
        channel = SlackChannel(kind="slack", channel=CHANNEL, api_url=slack.url)
        notify = Notify.model_validate({"networks": ["127.0.0.0/8"], "channels": {"oncall": channel}})
        settings = Settings(store_url=url, notify=notify)
        store = Store(settings.store_address(), settings.life, notify.channels)
        await store.migrate()
        started = time.monotonic()
        slack.fails = lambda method, fields: _away() if time.monotonic() - started < down else None
        posted: list[float] = []
        slack.after = lambda method: posted.append(time.monotonic() - started)
        async with notifying(store, settings, lambda channel, result: None) as deliverer:
            await _store(store, deliverer.wake, alerts, services)
            stored = time.monotonic() - started
            await _answer(store)
            await deliverer.wake()
            answered = time.monotonic() - started
            done = await _sent(store, most)
        sent = time.monotonic() - started
        await store.close()
    _say(f"{alerts:,} alerts of {services} services stored in {stored:.1f} s, verdicts by {answered:.1f} s")
    _say(
        f"first message after {posted[0]:.1f} s, the last change after {posted[-1]:.1f} s; all sent: {done} ({sent:.1f} s)"
    )
    _say(f"calls {dict(Counter(method for method, _ in slack.calls))}, refused for their rate: {slack.limited}")
    _say(f"messages in the channel: {len(slack.top)}, in threads: {len(slack.messages) - len(slack.top)}")
    for message in slack.top:
        _say(f"  {message.header} (shown in {len(message.states)} forms)")
        _say(f"  {next((each for each in _texts(message.blocks) if 'related' in each), 'no related incidents')}")
    return 0 if done and not slack.limited else 1


def _away() -> Response:
    return JSONResponse({"ok": False, "error": "service_unavailable"}, 503)


async def _store(store: Store, wake: Callable[[], Awaitable[None]], alerts: int, services: int) -> None:
    kinds = [notice(f"service-{number}") for number in range(services)]
    for first in range(0, alerts, _TOGETHER):
        numbers = range(first, min(first + _TOGETHER, alerts))
        await store.intake.register([replace(kinds[number % services], body=f"alert {number}") for number in numbers])
        await wake()


async def _answer(store: Store) -> None:
    while (claim := await store.leases.claim("benchmark")) is not None:
        await store.outcomes.finish(claim, found(claim.incident.id))


async def _sent(store: Store, most: float) -> bool:
    """Whether all is sent in time."""
    until = time.monotonic() + most
    while time.monotonic() < until:
        states = {state for (_, state), number in (await store.notifications.counts()).items() if number}
        if states == {"sent"}:
            return True
        await asyncio.sleep(0.5)
    return False


def _texts(blocks: list[dict[str, Any]]) -> list[str]:
    return [each["text"]["text"] for each in blocks if "text" in each]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=20_000)
    parser.add_argument("--services", type=int, default=300)
    parser.add_argument("--down", type=float, default=0.0, help="seconds for which Slack answers 503")
    parser.add_argument("--most", type=float, default=300.0, help="seconds after which it ends, besides those")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="messages") as folder, ExitStack() as stack:
        address = f"sqlite:///{folder}/store.sqlite3"
        if arguments.database == "postgresql":
            from tests import postgres

            address = stack.enter_context(postgres.server()).new_database()
        limit = arguments.most + arguments.down
        sys.exit(asyncio.run(main(address, arguments.alerts, arguments.services, arguments.down, limit)))
