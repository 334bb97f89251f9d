"""The composition root: the only module that turns plain classes into Ray Serve deployments."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from ray import serve
from ray.exceptions import RayError
from ray.serve.exceptions import RayServeException
from ray.serve.handle import DeploymentHandle
from ray.util import metrics

from service import json_logs as logs
from service.api.routes import Parts, create_api
from service.console.routers import ROUTERS
from service.notify.deliverer import Deliverer, Observe
from service.notify.running import notifying
from service.notify.slack_socket import listening
from service.rescoring.actors import Scorers, Size
from service.rescoring.configuration import Configuration
from service.rescoring.waiting import rescoring
from service.settings import Settings
from service.settings.limits import Replica
from service.store.checkpoints import checkpoints
from service.store.store import Store
from service.worker.after_revert import watching
from service.worker.auto_revert import reverting
from service.worker.investigator import Investigator, load
from service.worker.triage import Triage

_log = logging.getLogger(__name__)
_WAKE_SECONDS = 5.0
_HEAD = {"node:__internal_head__": 0.001}  # the node where the repositories and a SQLite file are


def build_app(args: Mapping[str, Any] | Settings) -> serve.Application:
    """Return the application `redtide`: HTTP ingress and triage over one store.

    `args` are fields of Settings. The replicas receive these fields with absolute paths and without secrets.
    """
    settings = args if isinstance(args, Settings) else Settings(**args)
    fields = settings.model_dump(mode="json")
    grace = settings.drain_seconds + 10  # Serve kills a replica that takes longer
    triage = serve.deployment(name="Triage", graceful_shutdown_timeout_s=grace, **_numbers(settings.triage))(
        TriageReplica
    )
    ingress = serve.deployment(name="Ingress", **_numbers(settings.ingress))(serve.ingress()(Ingress))
    return ingress.bind(fields, triage.bind(fields))


def _numbers(replica: Replica) -> dict[str, Any]:
    return {
        "ray_actor_options": {"num_cpus": replica.cpus},
        "max_ongoing_requests": replica.max_ongoing_requests,
        "max_queued_requests": replica.max_queued_requests,
        "num_replicas": replica.replicas,
    }


class Ingress:
    """One HTTP replica."""

    def __init__(self, fields: dict[str, Any], triage: DeploymentHandle[Any]) -> None:
        logs.configure()
        settings = Settings(**fields)
        store = Store(settings.store_address(), settings.life, settings.notify.channels)
        self._api = create_api(store, TriageHandle(triage), settings, pages_first=ROUTERS)

    def __serve_build_asgi_app__(self) -> FastAPI:
        """Return the application for Serve, which runs its start and shutdown."""
        return self._api

    async def drain(self) -> None:
        """Let /healthz answer 503 from now on, so that senders of alerts use another replica."""
        parts: Parts = self._api.state.parts
        parts.draining = True


class TriageReplica:
    """One replica that investigates in the background as long as it lives."""

    def __init__(self, fields: dict[str, Any]) -> None:
        logs.configure()
        self._settings = Settings(**fields)
        load()
        notify = self._settings.notify.channels
        self._store = Store(self._settings.store_address(), self._settings.life, notify)
        self._triage: Triage | None = None
        self._deliverer: Deliverer | None = None
        self._stopping = False
        self._work = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        await self._store.migrate()
        async with (
            checkpoints(self._settings.store_address()) as checkpointer,
            notifying(self._store, self._settings, _observe()) as self._deliverer,
            listening(self._store, self._settings, self.wake),
            reverting(self._store, self._settings, self._deliverer.wake),
            watching(self._store, self._settings, self._deliverer.wake),
            rescoring(self._store, self._settings, self._scorers),
        ):
            investigator = Investigator(self._settings, self._store.deploys, checkpointer)
            self._triage = Triage(self._store, investigator, self._settings, investigator, changed=self._deliverer.wake)
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

    async def check_health(self) -> None:
        """Raise RuntimeError when the work has ended, so that Serve replaces the replica."""
        if self._work.done():
            raise RuntimeError("triage has ended") from (None if self._work.cancelled() else self._work.exception())

    async def __del__(self) -> None:
        """Stop cleanly; Serve awaits this."""
        self._stopping = True
        if self._triage is not None:
            await self._triage.stop()
        await asyncio.wait([self._work])
        await self._store.close()


def _observe() -> Observe:
    """Return what counts the tries to send messages, for Ray's metrics."""
    tries = metrics.Counter(
        "redtide_notifications", description="Tries to send a message.", tag_keys=("channel", "result")
    )
    return lambda channel, result: tries.inc(1.0, {"channel": channel, "result": result})


class TriageHandle:
    """Triage in another process."""

    def __init__(self, handle: DeploymentHandle[Any]) -> None:
        self._handle = handle

    async def wake(self) -> None:
        """Signal new work to triage. If the call fails, triage finds the work by polling."""
        try:
            async with asyncio.timeout(_WAKE_SECONDS):
                await self._handle.wake.remote()
        except (RayError, RayServeException, TimeoutError) as error:
            _log.warning("triage could not be woken: %s", type(error).__name__)
