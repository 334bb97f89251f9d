"""A stranger on the network, and a neighbour on the machine, before every port of the running service."""

import asyncio
from pathlib import Path

import grpc
import pytest

from service.cluster.ray_access import TOKEN as RAY_TOKEN
from tests.attack.listening import Listener, family, grpc_answers, http_answers, listeners, refused, speaks_http
from tests.service.served import Served
from tests.service.shared_service import Shared

pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]
EXPECTED = ("gcs_server", "raylet", "dashboard.py", "DashboardAgent", "RuntimeEnvAgent", "ProxyActor", "ServeReplica")


@pytest.fixture
def service(shared: Shared) -> Served:
    """All that listens by default."""
    return shared.service


async def test_every_listening_socket_asks_for_the_token(service: Served, tmp_path: Path) -> None:
    found = listeners(service.process.pid)
    assert all(any(name in each.process for each in found) for name in EXPECTED), found
    asked = {each: await asyncio.to_thread(_what_acts, each, tmp_path / "ran") for each in found}
    assert {each: acts for each, acts in asked.items() if acts} == {}
    assert not (tmp_path / "ran").exists()
    assert (await service.client.get("/healthz")).is_success


def _what_acts(listener: Listener, marker: Path) -> list[str]:
    """What a stranger got done there, or a word that nothing there could be understood."""
    if speaks_http(listener.port):
        answers = http_answers(listener.port, f"touch {marker}")
        return [f"{name}: {answer.status_code}" for name, answer in answers.items() if not refused(answer)]
    services = grpc_answers(listener.port)
    there = {name: codes for name, codes in services.items() if set(codes) != {"UNIMPLEMENTED"}}
    if not there:
        return ["speaks neither HTTP nor any service of Ray"]
    return [f"{name}: {dict(codes)}" for name, codes in there.items() if set(codes) - {"UNAUTHENTICATED"}]


async def test_nothing_listens_beyond_loopback(service: Served) -> None:
    """Serve itself would bind the server of each replica to every interface, whatever it is told."""
    found = listeners(service.process.pid)
    assert sum("ServeReplica" in each.process for each in found) >= 2, found
    assert [each for each in found if not each.loopback] == []


async def test_only_the_right_token_opens_the_cluster(service: Served) -> None:
    (gcs,) = [each.port for each in listeners(service.process.pid) if each.process == "gcs_server"]
    right = _token(service)
    for wrong in ("", "Bearer", "Bearer ", right, f"Bearer {'a' * 64}", f"Bearer {right[:-1]}", f"Basic {right}"):
        assert await asyncio.to_thread(_nodes, gcs, wrong) == "UNAUTHENTICATED", wrong
    assert await asyncio.to_thread(_nodes, gcs, f"Bearer {right}") == "OK"


def _nodes(gcs: int, authorization: str) -> str:
    with grpc.insecure_channel(f"127.0.0.1:{gcs}") as channel:
        ask = channel.unary_unary("/ray.rpc.NodeInfoGcsService/GetAllNodeInfo")
        try:
            ask(b"", timeout=10, metadata=[("authorization", authorization)])
        except grpc.RpcError as error:
            return str(error.code().name)
    return "OK"


async def test_the_token_is_in_no_command_line_and_no_file(service: Served) -> None:
    processes, token = family(service.process.pid), _token(service).encode()
    assert len(token) == 64
    assert not any(token in word.encode() for process in processes for word in process.cmdline())
    files = [file for file in service.ray_folder.rglob("*") if file.is_file() and not file.is_symlink()]
    assert files
    assert [file for file in files if token in file.read_bytes()] == []
    assert service.ray_folder.stat().st_mode & 0o077 == 0


def _token(service: Served) -> str:
    """As the service's own user sees it: in the environment of its processes."""
    replica = next(each for each in family(service.process.pid) if "ServeReplica" in " ".join(each.cmdline()))
    return replica.environ()[RAY_TOKEN]
