"""Join a Ray cluster that runs already. Imports Ray."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import ray
from ray.exceptions import RayError

from incidents.errors import ClusterNotStarted

NAMESPACE: Final = "redtide"


@contextmanager
def joined(address: str) -> Iterator[None]:
    """Be a driver of the cluster at `address` (host:port of its head, or "auto"). Raises ClusterNotStarted."""
    try:
        ray.init(address=address, namespace=NAMESPACE, log_to_driver=False, logging_level=logging.WARNING)
    except (RayError, ConnectionError, RuntimeError, ValueError) as error:
        raise ClusterNotStarted(f"no Ray cluster could be joined at {address} ({type(error).__name__})") from error
    try:
        yield
    finally:
        ray.shutdown()
