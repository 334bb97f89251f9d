"""The real service on a loopback port, in a thread of its own: HTTP interface, store and triage on evidence alone."""

import asyncio
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvicorn
from starlette.types import ASGIApp

from service.api.auth.tokens import SCOPES, Caller, Scope, Trust
from service.api.routes import create_api
from service.settings import Settings
from service.store.store import Store
from service.worker.investigator import Investigator
from service.worker.triage import Triage

ANA, READER = "a-token-of-ana-only", "a-token-that-may-only-look"


def trust() -> Trust:
    """Ana may do everything, the reader may only look."""
    callers = {ANA: Caller("ana", SCOPES), READER: Caller("reader", frozenset(cast("set[Scope]", {"incidents:read"})))}
    return Trust(tokens={hashlib.sha256(token.encode()).digest(): caller for token, caller in callers.items()})


@dataclass(frozen=True)
class Live:
    """A running service."""

    url: str
    settings: Settings


@contextmanager
def live_service(settings: Settings, port: int = 0) -> Iterator[Live]:
    """Serve and investigate until the block ends."""
    store = Store(settings.store_address(), settings.life)
    investigator = Investigator(settings, store.deploys)
    triage = Triage(store, investigator, settings)

    async def working() -> None:
        await store.migrate()
        work = asyncio.create_task(triage.run())
        try:
            await serving.server.serve(sockets=[serving.socket])
        finally:
            await triage.stop()
            await work
            await investigator.close()
            await store.close()  # the interface has closed it already, but triage went on

    serving = _Serving(create_api(store, triage, settings, trust()), port)
    with serving.running(lambda: asyncio.run(working())):
        yield Live(serving.url, settings)


@contextmanager
def serving_app(app: ASGIApp, certificate: tuple[Path, Path] | None = None) -> Iterator[str]:
    """Serve an application alone, with TLS when there is a certificate with its key; its address."""
    serving = _Serving(app, 0, certificate)
    with serving.running(lambda: asyncio.run(serving.server.serve(sockets=[serving.socket]))):
        yield serving.url


class _Serving:
    """One uvicorn on a free loopback port."""

    def __init__(self, app: ASGIApp, port: int, certificate: tuple[Path, Path] | None = None) -> None:
        tls = {"ssl_certfile": str(certificate[0]), "ssl_keyfile": str(certificate[1])} if certificate else {}
        config = uvicorn.Config(app, "127.0.0.1", port, log_config=None, timeout_graceful_shutdown=1, ws="none", **tls)  # type: ignore[arg-type]
        self.server, self.socket = uvicorn.Server(config), config.bind_socket()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.socket.getsockname()[1]}"

    @contextmanager
    def running(self, work: Callable[[], None]) -> Iterator[None]:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        until = time.monotonic() + 30
        while not self.server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.01)
        assert self.server.started, "the server did not start"
        try:
            yield
        finally:
            self.server.should_exit = True
            thread.join(timeout=30)
            self.socket.close()
