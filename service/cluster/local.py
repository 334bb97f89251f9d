"""Starts Red Tide with an embedded Ray cluster on this machine, and stops both cleanly."""

import logging
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import ray
from ray import serve
from ray.exceptions import RayError
from ray.serve.exceptions import RayServeException

from incidents.errors import ClusterNotStarted
from service.app import build_app
from service.cluster import proxy
from service.cluster.admission import environment_of
from service.cluster.ports import free_port, refuse_taken
from service.settings import Hosting, Settings

__all__ = ["Addresses", "free_port", "running", "serve_until_stopped"]

_log = logging.getLogger(__name__)
APPLICATION = "redtide"
_QUIET = {"encoding": "JSON", "log_level": "WARNING", "enable_access_log": False}
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_DRAIN_NOTICE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the running service is found. `dashboard` is None when it was not asked for."""

    api: str
    dashboard: str | None
    metrics: str


def serve_until_stopped(settings: Settings, hosting: Hosting, ready: Callable[[Addresses], None]) -> None:
    """Serve until SIGINT or SIGTERM, then stop cleanly. `ready` is told once the first request can be served.

    Raises InputError when a port is taken. Only for the main thread (signals).
    """
    stop = _Stop()
    with stop.handlers_restored(), suppress(KeyboardInterrupt):
        stop.listen()
        with running(settings, hosting) as addresses:
            stop.listen()  # again: Ray puts its own SIGTERM handler in place when it starts
            stop.starting = False
            ready(addresses)
            stop.asked.wait()
            _log.info("stopping")


@contextmanager
def running(settings: Settings, hosting: Hosting) -> Iterator[Addresses]:
    """The service for the time of a `with` block; no process and no temporary file is left behind.

    Raises InputError when a port is taken, ClusterNotStarted.
    """
    refuse_taken(hosting)
    folder = hosting.ray_folder or Path(tempfile.mkdtemp(prefix="rt"))
    try:
        os.environ.update(environment_of(settings))  # the proxy is started by Ray and inherits it
        _start_ray(hosting, folder)
        _start_serve(hosting)
        serve.run(build_app(settings), name=APPLICATION, route_prefix="/", logging_config=_QUIET)
        yield _addresses(hosting)
    finally:
        _stop_all()
        if hosting.ray_folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def _start_ray(hosting: Hosting, folder: Path) -> None:
    os.environ["RAY_AUTH_MODE"] = hosting.ray_auth
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault(proxy.VARIABLE, proxy.CALLBACK)
    # Ray's own 15 starves the proxy and the ingress wherever other programs keep the machine busy.
    os.environ.setdefault("RAY_worker_niceness", "0")
    ray.init(
        address="local",
        num_cpus=hosting.cpus,
        object_store_memory=hosting.object_store_bytes,
        include_dashboard=hosting.dashboard,
        dashboard_host="127.0.0.1",
        dashboard_port=hosting.dashboard_port,
        log_to_driver=hosting.replica_logs,
        logging_level=logging.WARNING,
        _metrics_export_port=hosting.metrics_port,
        _temp_dir=str(folder),
    )


def _start_serve(hosting: Hosting) -> None:
    logging.getLogger("ray.serve").setLevel(logging.WARNING)
    options = {"host": hosting.host, "port": hosting.port, "request_timeout_s": hosting.request_timeout_seconds}
    try:
        serve.start(http_options=options, logging_config=_QUIET)
    except RayError as error:  # its controller gives a proxy up that is not there in time
        told = f"Ray Serve did not come up ({type(error).__name__}); where the machine is busy, a second try helps"
        raise ClusterNotStarted(told) from error


def _stop_all() -> None:
    """Readiness off, then the applications (their requests finish), then Serve, then Ray: the order matters.

    Serve's proxy would cut running requests if it went first.
    """
    if ray.is_initialized():
        with _survived("readiness"):
            serve.get_app_handle(APPLICATION).drain.remote().result(timeout_s=_DRAIN_NOTICE_SECONDS)
        with _survived("the application"):
            serve.delete(APPLICATION)
        with _survived("Ray Serve"):
            serve.shutdown()  # type: ignore[no-untyped-call]
    ray.shutdown()


@contextmanager
def _survived(what: str) -> Iterator[None]:
    """A part that is already gone, or was never up, must not keep the rest from stopping."""
    try:
        yield
    except (RayError, RayServeException, RuntimeError, TimeoutError) as error:
        _log.warning("while stopping %s: %s", what, type(error).__name__)


def _addresses(hosting: Hosting) -> Addresses:
    host = "127.0.0.1" if hosting.host in ("0.0.0.0", "::") else hosting.host
    return Addresses(
        api=f"http://{host}:{hosting.port}",
        dashboard=f"http://127.0.0.1:{hosting.dashboard_port}" if hosting.dashboard else None,
        metrics=f"http://127.0.0.1:{hosting.metrics_port}/metrics",
    )


class _Stop:
    """SIGINT and SIGTERM: the first one interrupts the start or ends the waiting, further ones change nothing."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.starting = True

    def listen(self) -> None:
        for number in _SIGNALS:
            signal.signal(number, self._handle)

    @contextmanager
    def handlers_restored(self) -> Iterator[None]:
        before = {number: signal.getsignal(number) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        first = not self.asked.is_set()
        self.asked.set()
        if first and self.starting:
            raise KeyboardInterrupt
