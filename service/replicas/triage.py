"""One triage replica: it sends messages, investigates, and watches reverts as long as it lives."""

import asyncio
import gc

from service.notify.deliverer import Deliverer, Observe
from service.notify.running import notifying
from service.notify.slack_socket import listening
from service.replicas.loading import nothing_is_garbage
from service.rescoring.actors import Scorers, Size
from service.rescoring.configuration import Configuration
from service.rescoring.waiting import rescoring
from service.settings import Settings
from service.store.checkpoints import checkpoints
from service.store.store import Store
from service.worker.after_revert import watching
from service.worker.auto_revert import reverting
from service.worker.investigator import Investigator, load
from service.worker.triage import Triage

_HEAD = {"node:__internal_head__": 0.001}  # the node where the repositories and a SQLite file are


class WorkingReplica:
    """Works in a task of its own from the beginning. Needs a running event loop.

    Messages are sent before anything else is loaded: the first one about an alert waits for no import.
    """

    def __init__(self, settings: Settings, observe: Observe) -> None:
        self._settings = settings
        self._observe = observe
        self._store = Store(settings.store_address(), settings.life, settings.notify.channels)
        self._triage: Triage | None = None
        self._deliverer: Deliverer | None = None
        self._sending = asyncio.Event()
        self._stopping = False
        self._work = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        await self._store.migrate()
        async with (
            notifying(self._store, self._settings, self._observe) as self._deliverer,
            listening(self._store, self._settings, self.wake),
        ):
            self._sending.set()
            with nothing_is_garbage():
                await asyncio.to_thread(load)  # seconds of work
                gc.freeze()  # as in the ingress
            await self._investigate(self._deliverer)

    async def _investigate(self, deliverer: Deliverer) -> None:
        settings, store = self._settings, self._store
        async with (
            checkpoints(settings.store_address()) as checkpointer,
            reverting(store, settings, deliverer.wake),
            watching(store, settings, deliverer.wake),
            rescoring(store, settings, self._scorers),
        ):
            investigator = Investigator(settings, store.deploys, checkpointer, fetched=self.wake)
            self._triage = Triage(store, investigator, settings, investigator, changed=deliverer.wake)
            if not self._stopping:
                await self._triage.run()
            await investigator.close()

    def _scorers(self, name: str, configuration: Configuration) -> Scorers:
        return Scorers(name, self._settings.model_dump(mode="json"), configuration, Size(resources=_HEAD))

    async def wake(self) -> None:
        """Signal that there may be a new open incident, or something to send."""
        if self._triage is not None:
            await self._triage.wake()
        if self._deliverer is not None:
            await self._deliverer.wake()

    async def started(self) -> None:
        """Return when messages are sent."""
        await self._sending.wait()

    def refuse_ended(self) -> None:
        """Raise RuntimeError when the work has ended."""
        if self._work.done():
            raise RuntimeError("triage has ended") from (None if self._work.cancelled() else self._work.exception())

    async def stop(self) -> None:
        """Stop cleanly."""
        self._stopping = True
        if self._triage is not None:
            await self._triage.stop()
        await asyncio.wait([self._work])
        await self._store.close()
