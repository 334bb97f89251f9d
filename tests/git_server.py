"""A real git server on loopback: `git http-backend` behind a small HTTP server that records what it is sent."""

import base64
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

TOKEN = "t0ken-" + "t0ken-t0ken"
SECRET = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
"""The token as git sends it."""


@dataclass
class GitServer:
    """Serves the repositories below `folder`. `redirect` is where every request is sent instead, `refuse` its reply.

    With a `token` only those who show it are served, and may push. `cut` ends the connection of so many pushes when git
    has done its work, before it is answered.
    """

    folder: Path
    port: int = 0
    redirect: str = ""
    refuse: bytes = b""
    token: str = ""
    cut: int = 0
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, name: str, host: str = "127.0.0.1") -> str:
        """Where a repository is."""
        return f"http://{host}:{self.port}/{name}"

    @property
    def credentials(self) -> list[str]:
        """The Authorization headers that came."""
        return [headers["authorization"] for _, headers in self.requests if "authorization" in headers]


@contextmanager
def git_server(folder: Path, *, redirect: str = "", refuse: bytes = b"", token: str = "") -> Iterator[GitServer]:
    """Running until the block ends."""
    served = GitServer(folder, redirect=redirect, refuse=refuse, token=token)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, served)

        def do_POST(self) -> None:
            _answer(self, served)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.port = server.server_port
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: BaseHTTPRequestHandler, served: GitServer) -> None:
    served.requests.append((request.path, {name.lower(): value for name, value in request.headers.items()}))
    body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
    if served.redirect:
        request.send_response(301)
        request.send_header("Location", served.redirect + request.path)
        request.end_headers()
    elif served.refuse:
        request.send_response(403)
        request.send_header("Content-Type", "text/plain")
        request.end_headers()
        request.wfile.write(served.refuse)
    elif served.token and request.headers.get("Authorization") != f"Basic {_basic(served.token)}":
        request.send_response(401)
        request.send_header("WWW-Authenticate", 'Basic realm="git"')
        request.end_headers()
    else:
        _run_backend(request, served, body)


def _basic(token: str) -> str:
    return base64.b64encode(f"x-access-token:{token}".encode()).decode()


@cache
def _backend() -> str:
    """The program that `git http-backend` would start: one process less for each of thousands of requests."""
    folder = subprocess.run(["git", "--exec-path"], capture_output=True, check=True, text=True).stdout.strip()
    return f"{folder}/git-http-backend"


def _run_backend(request: BaseHTTPRequestHandler, served: GitServer, body: bytes) -> None:
    parts = urlsplit(request.path)
    environment = {
        "GIT_PROJECT_ROOT": str(served.folder),
        "GIT_HTTP_EXPORT_ALL": "1",
        "REQUEST_METHOD": request.command,
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        **({"REMOTE_USER": "somebody"} if served.token else {}),  # git takes pushes of known users only
    }
    done = subprocess.run([_backend()], input=body, env={**os.environ, **environment}, capture_output=True, check=False)
    if served.cut and parts.path.endswith("/git-receive-pack"):
        served.cut -= 1
        request.close_connection = True
        return
    head, _, content = done.stdout.partition(b"\r\n\r\n")
    headers = [line.split(": ", 1) for line in head.decode().splitlines()]
    status = next((value for name, value in headers if name.lower() == "status"), "200")
    request.send_response(int(status.split()[0]))
    for name, value in headers:
        if name.lower() != "status":
            request.send_header(name, value)
    request.end_headers()
    request.wfile.write(content)
