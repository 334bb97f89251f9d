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
        served = asyncio.create_task(serving.until_stopped())
        await asyncio.to_thread(serving.stop.wait)
        await triage.stop()  # before the interface closes the store that both use
        await work
        await investigator.close()
        serving.server.should_exit = True
        await served

    serving = _Serving(create_api(store, triage, settings, trust()), port)
    with serving.running(lambda: asyncio.run(working())):
        yield Live(serving.url, settings)


@contextmanager
def serving_app(app: ASGIApp, certificate: tuple[Path, Path] | None = None) -> Iterator[str]:
    """Serve an application alone, with TLS when there is a certificate with its key; its address."""
    serving = _Serving(app, 0, certificate)

    async def working() -> None:
        served = asyncio.create_task(serving.until_stopped())
        await asyncio.to_thread(serving.stop.wait)
        serving.server.should_exit = True
        await served

    with serving.running(lambda: asyncio.run(working())):
        yield serving.url


class _Serving:
    """One uvicorn on a free loopback port."""

    def __init__(self, app: ASGIApp, port: int, certificate: tuple[Path, Path] | None = None) -> None:
        tls = {"ssl_certfile": str(certificate[0]), "ssl_keyfile": str(certificate[1])} if certificate else {}
        config = uvicorn.Config(app, "127.0.0.1", port, log_config=None, timeout_graceful_shutdown=1, ws="none", **tls)  # type: ignore[arg-type]
        self.server, self.socket = uvicorn.Server(config), config.bind_socket()
        self.stop = threading.Event()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.socket.getsockname()[1]}"

    async def until_stopped(self) -> None:
        await self.server.serve(sockets=[self.socket])

    @contextmanager
    def running(self, work: Callable[[], None]) -> Iterator[None]:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        until = time.monotonic() + 120
        while not self.server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.01)
        try:
            assert self.server.started, "the server did not start"
            yield
        finally:
            self.stop.set()
            thread.join(timeout=120)
            self.socket.close()
