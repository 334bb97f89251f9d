"""A replica that executes or cancels a revert, as a process of its own: the target of a `multiprocessing` process.

At its seam it says so through a pipe and stands still until it is killed.
"""

import asyncio
import json
import os
from collections.abc import Callable
from functools import wraps
from multiprocessing.connection import Connection
from typing import Any

from service.reverts.forges.github import Github
from service.reverts.forges.pull_requests import PullRequests
from service.reverts.reverts import Reverts
from service.settings import Settings
from service.store.planned_reverts import PlannedReverts
from service.store.store import Store
from tools.git.push import RemoteBranches

EXECUTING = ("claimed", "written", "pushed", "created", "proposed", "opened")
"""After the revert is claimed; its commit stored; its branch pushed; the pull request created; complete; stored."""
CANCELLING = ("claimed", "closed", "deleted", "cancelled")
"""After the revert is claimed; its pull request closed; its branch deleted; the end stored."""


def work(fields: str, token: str, act: str, revert: str, seam: str, reached: Connection) -> None:
    """Do it, and stop at the seam."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.environ["REDTIDE_FORGE_TOKEN"] = os.environ["REDTIDE_GIT_TOKEN"] = token

    def stop(here: str) -> None:
        if here == seam:
            reached.send(here)
            reached.recv()  # nobody answers

    _stop_after(PlannedReverts, "claim", lambda *_: "claimed", stop)
    _stop_after(PlannedReverts, "progress", lambda claim, who, action, **_: action, stop)
    _stop_after(Github, "create", lambda *_: "created", stop)
    _stop_after(PullRequests, "propose", lambda *_: "proposed", stop)
    _stop_after(PullRequests, "close", lambda *_: "closed", stop)
    for method, here in (("create", "pushed"), ("delete", "deleted")):
        _stop_after_thread(method, here, stop)
    asyncio.run(_main(Settings(**json.loads(fields)), act, revert))


def _stop_after(owner: type, method: str, seam: Callable[..., str], stop: Callable[[str], None]) -> None:
    original = getattr(owner, method)

    @wraps(original)
    async def stopping(this: object, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        result = await original(this, *arguments, **options)
        stop(seam(*arguments, **options))
        return result

    setattr(owner, method, stopping)


def _stop_after_thread(method: str, seam: str, stop: Callable[[str], None]) -> None:
    original = getattr(RemoteBranches, method)

    @wraps(original)
    def stopping(this: object, *arguments: Any) -> Any:  # noqa: ANN401
        result = original(this, *arguments)
        stop(seam)
        return result

    setattr(RemoteBranches, method, stopping)


async def _main(settings: Settings, act: str, revert: str) -> None:
    store = Store(settings.store_address(), settings.life, settings.notify.channels)
    await getattr(Reverts(store, settings), act)(revert, "ben")
    await store.close()
