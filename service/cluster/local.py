"""Start Red Tide with an embedded Ray cluster on this machine, and stop both cleanly.

Ray itself is imported (by service.cluster.embedded) only after it was closed to other users.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from service.cluster.hosting import Hosting
from service.cluster.ports import free_port, refuse_taken
from service.cluster.ray_access import close_to_others, notice_loss_soon, print_lines_as_they_are
from service.cluster.ray_folder import ray_folder
from service.cluster.stop_signals import Stop, withheld
from service.json_logs import configure
from service.settings import Settings

__all__ = ["Addresses", "free_port", "running", "serve_until_stopped"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of the running service. `dashboard` is None when it was not requested."""

    api: str
    dashboard: str | None
    metrics: str


def serve_until_stopped(settings: Settings, hosting: Hosting, ready: Callable[[Addresses], None]) -> None:
    """Serve until SIGINT or SIGTERM, then stop cleanly. `ready` is called once the first request can be served.

    Raises InputError when a port is taken. Only for the main thread (signals).
    """
    if not sys.stderr.isatty():
        configure()
    stop = Stop()
    with stop.handlers_restored(), suppress(KeyboardInterrupt):
        stop.listen()
        with running(settings, hosting) as addresses:
            stop.starting = False
            ready(addresses)
            stop.asked.wait()


@contextmanager
def running(settings: Settings, hosting: Hosting) -> Iterator[Addresses]:
    """Run the service inside a `with` block; no process and no temporary file remains afterwards.

    Raises InputError when a port is taken or `ray_folder` cannot be used, and ClusterNotStarted.
    """
    refuse_taken(hosting)
    close_to_others()
    notice_loss_soon()
    print_lines_as_they_are()
    with withheld():  # threads that Ray starts when it is imported take no signal either
        from service.cluster import embedded
    from service.cluster.admission import environment_of

    os.environ.update(environment_of(settings))  # the proxy is started by Ray and inherits it
    with ray_folder(hosting) as folder:
        serve_begun = deployed = False
        try:
            embedded.start_ray(hosting, folder)
            serve_begun = True  # from here on parts of it may run
            embedded.start_serve(hosting)
            embedded.deploy(settings)
            deployed = True
            yield _addresses(hosting)
        finally:
            _log.info("stopping")
            embedded.stop_all(serve_begun=serve_begun, deployed=deployed)


@contextmanager
def ray_for(hosting: Hosting, address: str | None = None) -> Iterator[None]:
    """Have Ray inside a `with` block: the cluster at `address` with the token in RAY_AUTH_TOKEN, else one of its own.

    Its own one has a free port for its metrics: a service on this machine, or a command that was killed a moment ago, holds
    the one of the settings, and Ray would not start. Raises InputError, ClusterNotStarted. Ray must not have been
    imported before.
    """
    if address is not None:
        from service.cluster.joined import joined

        with joined(address):
            yield
        return
    close_to_others()
    notice_loss_soon()
    with withheld():
        from service.cluster import embedded

    with ray_folder(hosting) as folder:
        try:
            embedded.start_ray(hosting.model_copy(update={"metrics_port": free_port()}), folder)
            yield
        finally:
            embedded.stop_ray()


def _addresses(hosting: Hosting) -> Addresses:
    host = "127.0.0.1" if hosting.host in ("0.0.0.0", "::") else hosting.host
    return Addresses(
        api=f"http://{host}:{hosting.port}",
        dashboard=f"http://127.0.0.1:{hosting.dashboard_port}" if hosting.dashboard else None,
        metrics=f"http://127.0.0.1:{hosting.metrics_port}/metrics",
    )
