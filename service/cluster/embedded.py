"""Ray and Ray Serve on this machine: start them, deploy the application, and stop them. Imports Ray."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

import ray
from ray import serve
from ray._private.authentication.authentication_utils import is_token_auth_enabled
from ray.exceptions import RayError
from ray.serve.exceptions import RayServeException
from ray.util import get_node_ip_address

from incidents.errors import ClusterNotStarted
from service.app import build_app
from service.cluster import proxy
from service.cluster.hosting import Hosting
from service.cluster.stop_signals import withheld
from service.settings import Settings

APPLICATION = "redtide"
_log = logging.getLogger(__name__)
_QUIET = {"encoding": "JSON", "log_level": "WARNING", "enable_access_log": False}
_DRAIN_NOTICE_SECONDS = 10.0


def start_ray(hosting: Hosting, folder: Path) -> None:
    """Start a Ray cluster with its files in `folder`. Raises ClusterNotStarted."""
    _refuse_open()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault(proxy.VARIABLE, proxy.CALLBACK)
    # With Ray's default of 15 the proxy and the ingress get too little CPU time on a busy machine.
    os.environ.setdefault("RAY_worker_niceness", "0")
    # Ray would start a process for each CPU before anything asks for one, and Serve look for changes ten times a second.
    os.environ.setdefault("RAY_prestart_worker_first_driver", "0")
    os.environ.setdefault("RAY_SERVE_CONTROL_LOOP_INTERVAL_S", "0.5")
    try:
        with withheld():
            _init(hosting, folder)
    except Exception as error:  # Ray raises a bare Exception when its node or its dashboard does not start in time
        if type(error) is not Exception:
            raise
        raise ClusterNotStarted(_why(str(error))) from error


def _why(said: str) -> str:
    if "timed out during startup" in said:
        return "Ray did not start in 30 s; where the machine is busy, a second try helps"
    if "dashboard" in said:
        return "Ray's dashboard did not start; a second try helps, or REDTIDE_DASHBOARD=false leaves it out"
    return f"Ray did not start: {said.strip().partition(chr(10))[0]}"


def _init(hosting: Hosting, folder: Path) -> None:
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


def _refuse_open() -> None:
    """Raise ClusterNotStarted when Ray would accept commands from anybody.

    Ray reads its mode when it is imported; an import before `close_to_others` would leave it open.
    """
    node: str = get_node_ip_address()  # type: ignore[no-untyped-call]
    if not is_token_auth_enabled() or node not in ("127.0.0.1", "::1"):
        raise ClusterNotStarted(
            "Ray was imported before its token was set, and would be open to everybody: not started"
        )


def start_serve(hosting: Hosting) -> None:
    """Start Ray Serve with its HTTP proxy. Raises ClusterNotStarted."""
    logging.getLogger("ray.serve").setLevel(logging.WARNING)
    options = {"host": hosting.host, "port": hosting.port, "request_timeout_s": hosting.request_timeout_seconds}
    try:
        serve.start(http_options=options, logging_config=_QUIET)
    except RayError as error:  # its controller gives up when a proxy does not start in time
        message = f"Ray Serve did not come up ({type(error).__name__}); where the machine is busy, a second try helps"
        raise ClusterNotStarted(message) from error


def deploy(settings: Settings) -> None:
    """Deploy the application and wait until it runs."""
    serve.run(build_app(settings), name=APPLICATION, route_prefix="/", logging_config=_QUIET)


def stop_ray() -> None:
    """Stop Ray, on which nothing is deployed."""
    ray.shutdown()


def stop_all(*, serve_begun: bool, deployed: bool) -> None:
    """Switch readiness off, stop the applications (their requests finish), then Serve, then Ray: the order matters.

    Serve's proxy would cut running requests if it stopped first. What a stop during the start finds not begun is not
    asked: that would write warnings about nothing.
    """
    if deployed and ray.is_initialized():
        with _survived("readiness"):
            serve.get_app_handle(APPLICATION).drain.remote().result(timeout_s=_DRAIN_NOTICE_SECONDS)
        with _survived("the application"):
            serve.delete(APPLICATION)
    with redirect_stdout(StringIO()):  # at every end Ray prints there that tasks of Serve's own controller failed
        _end_ray(serve_begun)


def _end_ray(serve_begun: bool) -> None:
    if serve_begun and ray.is_initialized():
        with _survived("Ray Serve"):
            serve.shutdown()  # type: ignore[no-untyped-call]
    ray.shutdown()


@contextmanager
def _survived(what: str) -> Iterator[None]:
    """Log an error of a part that is already gone or never started, so that the rest can stop."""
    try:
        yield
    except (RayError, RayServeException, RuntimeError, TimeoutError) as error:
        _log.warning("while stopping %s: %s", what, type(error).__name__)
