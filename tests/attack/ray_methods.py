"""Every gRPC method that the installed Ray has a description of, and the few that it has none of."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import grpc

_UNDESCRIBED = {"ray.rpc.ObjectManagerService": ("Push", "Pull")}
"""Of the raylet's second port: Ray ships no Python description of it."""


@dataclass(frozen=True)
class Method:
    """One method; whether its request and its answer are streams."""

    service: str
    name: str
    streams: tuple[bool, bool] = (False, False)

    def call(self, channel: grpc.Channel, seconds: float) -> str:
        """Call it with an empty message; the name of the status that comes back."""
        path = f"/{self.service}/{self.name}"
        try:
            match self.streams:
                case (True, True):
                    list(channel.stream_stream(path)(iter([b""]), timeout=seconds))
                case (False, True):
                    list(channel.unary_stream(path)(b"", timeout=seconds))
                case (True, False):
                    channel.stream_unary(path)(iter([b""]), timeout=seconds)
                case _:
                    channel.unary_unary(path)(b"", timeout=seconds)
        except grpc.RpcError as error:
            return str(error.code().name)
        return "OK"


@cache
def every() -> tuple[Method, ...]:
    """All methods of Ray's core and of Serve."""
    import ray.core.generated
    import ray.serve.generated

    described = [*_described(ray.core.generated), *_described(ray.serve.generated)]
    undescribed = [Method(service, name) for service, names in _UNDESCRIBED.items() for name in names]
    return tuple(described + undescribed)


def _described(package: object) -> Iterator[Method]:
    name, path = getattr(package, "__name__", ""), getattr(package, "__path__", [])
    for module in pkgutil.iter_modules(path, f"{name}."):
        if not module.name.endswith("_pb2"):
            continue
        descriptor = importlib.import_module(module.name).DESCRIPTOR
        for service in descriptor.services_by_name.values():
            for method in service.methods:
                yield Method(service.full_name, method.name, (method.client_streaming, method.server_streaming))
