"""Ports of this machine: find a free one, and report a taken one clearly."""

import socket

from incidents.errors import InputError
from service.cluster.hosting import Hosting


def free_port() -> int:
    """Return a free port of the loopback interface."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def refuse_taken(hosting: Hosting) -> None:
    """Raise InputError, naming the first setting whose port is taken."""
    _refuse_taken("port", hosting.host, hosting.port)
    _refuse_taken("metrics_port", "127.0.0.1", hosting.metrics_port, _LEFT_OVER)
    if hosting.dashboard:
        _refuse_taken("dashboard_port", "127.0.0.1", hosting.dashboard_port, _LEFT_OVER)


_LEFT_OVER = ", or wait: what a killed run left over ends within 90 seconds"
"""Ray's agents notice late that what started them is gone, and hold their port so long."""


def _refuse_taken(setting: str, host: str, port: int, or_else: str = "") -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            reason = error.strerror or "no such address"
            raise InputError(
                f"{setting}: cannot listen on {host} port {port} ({reason}); choose another{or_else}"
            ) from error
