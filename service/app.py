"""The composition root: the only module that turns plain classes into Ray Serve deployments.

`redtide serve`, the ingress and triage each import this module in a process of their own, so what one of them needs
(service/replicas) is imported where it runs: for all of them it would be seconds of each start.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ray import serve
from ray.exceptions import RayError
from ray.serve.exceptions import RayServeException
from ray.serve.handle import DeploymentHandle
from ray.util import get_node_ip_address, metrics

from service import json_logs as logs
from service.replicas.loading import nothing_is_garbage
from service.settings import Settings
from service.settings.limits import Replica

if TYPE_CHECKING:
    from fastapi import FastAPI

    from service.notify.deliverer import Observe

_log = logging.getLogger(__name__)
_WAKE_SECONDS = 5.0
_START_SECONDS = 120.0
_LOOPBACK = {"127.0.0.1": "127.0.0.1:0", "::1": "[::1]:0"}


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
        _keep_on_loopback()
        with nothing_is_garbage():
            from service.replicas.ingress import HttpReplica

        self._replica = HttpReplica(Settings(**fields), TriageHandle(triage))

    def __serve_build_asgi_app__(self) -> "FastAPI":
        """Return the application for Serve, which runs its start and shutdown."""
        return self._replica.api

    async def drain(self) -> None:
        """Let /healthz answer 503 from now on, so that senders of alerts use another replica."""
        self._replica.drain()


class TriageReplica:
    """One replica that works in the background as long as it lives."""

    def __init__(self, fields: dict[str, Any]) -> None:
        logs.configure()
        _keep_on_loopback()
        with nothing_is_garbage():
            from service.replicas.triage import WorkingReplica

        self._replica = WorkingReplica(Settings(**fields), _observe())

    async def wake(self) -> None:
        """Signal that there may be a new open incident, or something to send."""
        await self._replica.wake()

    async def started(self) -> None:
        """Return when messages are sent."""
        await self._replica.started()

    async def check_health(self) -> None:
        """Raise RuntimeError when the work has ended, so that Serve replaces the replica."""
        self._replica.refuse_ended()

    async def __del__(self) -> None:
        """Stop cleanly; Serve awaits this."""
        await self._replica.stop()


def _keep_on_loopback() -> None:
    """Bind this replica's gRPC server to loopback where the node's address is one; else other nodes may need it.

    Ray starts it after a deployment's constructor, in the same process, and binds it to all interfaces, which no option
    changes. Raises AttributeError where another version of Ray has no such place: rather no replica than an open one.
    """
    address = _LOOPBACK.get(get_node_ip_address())  # type: ignore[no-untyped-call]
    if address is None:
        return
    from ray.serve._private import replica  # it is loaded in replicas alone

    add_port: Callable[[Any, str], int] = replica.add_port_to_grpc_server  # type: ignore[attr-defined]

    def add(server: Any, _everywhere: str) -> int:  # noqa: ANN401
        return add_port(server, address)

    replica.add_port_to_grpc_server = add  # type: ignore[attr-defined]


def _observe() -> "Observe":
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

    async def started(self) -> None:
        """Return when triage sends messages. If it does not say so in time, alerts are taken all the same."""
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._handle.started.remote()
        except (RayError, RayServeException, TimeoutError) as error:
            _log.warning("triage has not started: %s", type(error).__name__)
