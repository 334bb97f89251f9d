"""A replica that takes an alert and sends its messages, as a process of its own: the target of a `multiprocessing` process.

At its seam it says so through a pipe and stands still, everything it runs, until it is killed.
"""

import asyncio
import json
import os
from collections.abc import Callable
from functools import wraps
from multiprocessing.connection import Connection
from typing import Any

from service.notify.running import notifying
from service.settings import Settings
from service.store.notifications import Notifications
from service.store.store import Store
from tests.service.stand_ins import alert, until
from tests.service.store.channels import culprit_found

SEAMS = ("stored", "claimed", "sent", "recorded", "marked", "edited")
"""After the alert is stored; its message claimed; Slack has it; its id stored; its row marked; Slack has the verdict."""


def work(fields: str, token: str, seam: str, reached: Connection) -> None:
    """Take an alert and stop at the seam; without a seam only send what is there."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.environ["REDTIDE_SLACK_TOKEN"] = token
    asyncio.run(_main(Settings(**json.loads(fields)), _Stop(seam, reached)))


class _Stop:
    """Stands still at one seam."""

    def __init__(self, seam: str, reached: Connection) -> None:
        self.seam = seam
        self._reached = reached

    def at(self, here: str) -> None:
        """Stand still when this is the seam; nobody answers, so this returns only when the other side is gone."""
        if here and here == self.seam:
            self._reached.send(here)
            self._reached.recv()

    def around(self, method: str, before: Callable[..., str], after: Callable[..., str]) -> None:
        """Stop before or after a method of Notifications: both name the seam, from its arguments or its result."""
        original = getattr(Notifications, method)

        @wraps(original)
        async def stopping(this: Notifications, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
            self.at(before(*arguments))
            result = await original(this, *arguments, **options)
            self.at(after(result, *arguments))
            return result

        setattr(Notifications, method, stopping)


async def _main(settings: Settings, stop: _Stop) -> None:
    store = Store(settings.store_address(), settings.life, settings.notify.channels)
    stop.around("claim", lambda *_: "", lambda delivery, *_: "claimed" if delivery else "")
    stop.around("record", _named("sent"), lambda _, *arguments: _named("recorded")(*arguments))
    stop.around("sent", lambda delivery, *_: "edited" if delivery.number > 1 else "", lambda *_: "marked")
    if stop.seam:
        incident = await store.intake.accept(alert(), "{}")
        stop.at("stored")
    async with notifying(store, settings, lambda channel, result: None):
        if stop.seam == "edited":
            await until(lambda: _shown(store))
            claim = await store.leases.claim("worker")
            assert claim is not None
            await store.outcomes.finish(claim, culprit_found(incident))
        await asyncio.Event().wait()


def _named(seam: str) -> Callable[..., str]:
    return lambda delivery, part, message: seam if part == "main" else ""


async def _shown(store: Store) -> bool:
    return (await store.notifications.latest(1))[0].state == "sent"
