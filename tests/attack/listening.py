"""The listening sockets of a process and all below it, and what a stranger without a token gets from each."""

import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import grpc
import httpx
import psutil

from tests.attack import ray_methods

_SECONDS = 10.0


class Listener(NamedTuple):
    """One listening TCP socket."""

    host: str
    port: int
    process: str

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host.removeprefix("::ffff:") in ("127.0.0.1", "::1")


def listeners(pid: int) -> list[Listener]:
    """Of `pid` and every process below it. Nobody else's process is looked at."""
    return sorted(found for process in family(pid) for found in _of(process))


def family(pid: int) -> list[psutil.Process]:
    """`pid` and every process below it."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def _of(process: psutil.Process) -> Iterator[Listener]:
    try:
        name = _name(process.cmdline())
        connections = process.net_connections("tcp")
    except psutil.NoSuchProcess:
        return
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN:
            yield Listener(connection.laddr.ip, connection.laddr.port, name)


def _name(command: list[str]) -> str:
    """`ray::...` as it is, else the program and its script."""
    if command and command[0].startswith("ray::"):
        return command[0].strip()
    scripts = [Path(word).name for word in command[1:] if word.endswith(".py")]
    return " ".join([Path(command[0]).name if command else "?", *scripts[:1]])


def speaks_http(port: int) -> bool:
    """Whether it answers HTTP/1.1. What does not is taken for gRPC."""
    with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return stranger.recv(5) == b"HTTP/"


def grpc_answers(port: int) -> dict[str, Counter[str]]:
    """Status of every call of Ray's -> how often, by service, asked with empty messages and no token."""
    answers: dict[str, Counter[str]] = {}
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        for method in ray_methods.every():
            answers.setdefault(method.service, Counter())[method.call(channel, _SECONDS)] += 1
    return answers


HTTP_ATTACKS = (
    ("POST", "/api/job_agent/jobs/"),
    ("POST", "/api/jobs/"),
    ("PUT", "/api/serve/applications/"),
    ("DELETE", "/api/serve/applications/"),
    ("POST", "/get_or_create_runtime_env"),
    ("POST", "/delete_runtime_env_if_possible"),
    ("PUT", "/api/packages/gcs/_ray_pkg_0000000000000000.zip"),
    ("GET", "/api/serve/applications/"),
    ("GET", "/api/jobs/"),
    ("GET", "/nodes?view=summary"),
    ("GET", "/worker/traceback?pid=1"),
    ("GET", "/api/actors/kill?actor_id=0"),
    ("GET", "/api/v0/logs"),
    ("GET", "/logical/actors"),
    ("GET", "/-/routes"),
    ("POST", "/llm/v1/chat/completions"),
    ("GET", "/llm/v1/models"),
    ("POST", "/alerts"),
    ("GET", "/incidents"),
    ("GET", "/metrics"),
)
"""What runs code, changes the cluster or tells of it, on the ports of Ray, Serve and Red Tide."""


def http_answers(port: int, command: str) -> dict[str, httpx.Response]:
    """`METHOD path` -> the answer to it without a token; a job's entrypoint is `command`."""
    answers = {}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=_SECONDS) as stranger:
        for method, path in HTTP_ATTACKS:
            body = None if method in ("GET", "DELETE") else {"entrypoint": command, "applications": []}
            answers[f"{method} {path}"] = stranger.request(method, path, json=body)
    return answers


def refused(answer: httpx.Response) -> bool:
    """Unauthorized, forbidden, not there, not possible; or figures to be read."""
    figures = answer.request.method == "GET" and answer.is_success and answer.text.startswith("# HELP ")
    return answer.status_code in (401, 403, 404, 405, 501) or figures
