"""One HTTP replica: the interface and the pages over the store."""

import asyncio
import gc
from typing import Protocol

from fastapi import FastAPI

from service.api.dependencies import Parts, Wakeable
from service.api.routes import create_api
from service.console.routers import ROUTERS
from service.settings import Settings
from service.store.store import Store


class Starting(Wakeable, Protocol):
    """Triage, which may still be starting."""

    async def started(self) -> None:
        """Return when triage sends messages, or cannot be asked for long. Never fails."""


class HttpReplica:
    """The application; /healthz says that it is starting until triage sends messages. Needs a running event loop.

    Alerts are stored from the beginning: only who asks whether the service is ready is told to wait.
    """

    def __init__(self, settings: Settings, triage: Starting) -> None:
        store = Store(settings.store_address(), settings.life, settings.notify.channels)
        self.api: FastAPI = create_api(store, triage, settings, pages_first=ROUTERS)
        self._parts: Parts = self.api.state.parts
        self._parts.starting = True
        gc.freeze()  # else a full collection walks through all that was imported: an eighth of a second without answers
        self._opening = asyncio.get_running_loop().create_task(self._open(triage))

    async def _open(self, triage: Starting) -> None:
        await triage.started()
        self._parts.starting = False

    def drain(self) -> None:
        """Let /healthz answer 503 from now on, so that senders of alerts use another replica."""
        self._parts.draining = True
