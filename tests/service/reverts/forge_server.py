"""A forge on loopback: the part of GitHub's, GitLab's and Gitea's API that reverts use, over a real bare repository.

It answers with these forges' own error bodies and rate limits, merges for real, and can be told to fail: before it acts,
after it acted, or by hanging up.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.service.reverts import forge_gitea, forge_github, forge_gitlab
from tests.service.reverts.forge_state import ROUTES, TOKEN, Answer, ForgeServer, Kind

APIS = (forge_github, forge_gitlab, forge_gitea)
"""Each registers its routes when it is imported."""


@contextmanager
def forge_server(kind: Kind, repository: Path, **options: Any) -> Iterator[ForgeServer]:  # noqa: ANN401 (its fields)
    """Running until the block ends."""
    forge = ForgeServer(kind, repository, **options)

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            _served(self, forge)

        do_GET = do_POST = do_PUT = do_PATCH = _any

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forge.port = server.server_port
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _served(request: BaseHTTPRequestHandler, forge: ForgeServer) -> None:
    sent = request.rfile.read(int(request.headers.get("Content-Length") or 0))
    headers = {name.lower(): value for name, value in request.headers.items()}
    with forge.lock:
        forge.requests.append((request.command, request.path, headers))
        fault = _fault(forge, request.command, urlsplit(request.path).path)
        answer = _early(forge, fault) or _acted(forge, request, headers, sent)
    if fault == "hang up":
        request.close_connection = True
        return
    late = Answer(503, None, {"Content-Type": "text/html"}) if fault == "after" else answer
    body = b"<html>upstream timed out</html>" if fault == "after" else json.dumps(late.body).encode()
    request.send_response(late.status)
    for name, value in ({"Content-Type": "application/json"} | late.headers).items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def _fault(forge: ForgeServer, method: str, path: str) -> str:
    for fault in forge.faults:
        if fault.times and fault.method == method and path.endswith(fault.ending):
            fault.times -= 1
            return fault.how
    return ""


def _early(forge: ForgeServer, fault: str) -> Answer | None:
    """What is answered without acting."""
    match fault:
        case "before":
            return Answer(502, {"message": "Server Error"})
        case "refused":
            return Answer(403, {"message": "Resource not accessible by integration"})
        case "limited":
            said = "API rate limit exceeded for installation ID 1." if forge.kind == "github" else "Retry later"
            hourly = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1796000000"}
            return (
                Answer(403, {"message": said}, hourly)
                if forge.kind == "github"
                else Answer(429, None, {"Retry-After": "61"})
            )
        case "limited later":
            return Answer(429, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "61"})
    return None


def _acted(forge: ForgeServer, request: BaseHTTPRequestHandler, headers: dict[str, str], sent: bytes) -> Answer:
    parts = urlsplit(request.path)
    app = parts.path.startswith("/app/")
    word = "token" if forge.kind == "gitea" else "Bearer"
    if not app and (forge.expired or headers.get("authorization") != f"{word} {TOKEN}"):
        said = {"github": "Bad credentials", "gitlab": "401 Unauthorized", "gitea": "user does not exist [uid: 0]"}
        return Answer(401, {"message": said[forge.kind]})
    body = json.loads(sent) if sent else {}
    for method, pattern, route in ROUTES[forge.kind]:
        found = re.fullmatch(pattern, parts.path)
        if method == request.command and found is not None:
            try:
                return route(forge, found, body, parse_qs(parts.query))
            except Answer as answer:
                return answer
    return forge.not_found()
