"""The application on a real HTTP server of this process, for those who speak to it in raw bytes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from tests.service.stand_ins import until


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[int]:
    """Serve it on loopback for the time of the block; its port."""
    config = uvicorn.Config(app, "127.0.0.1", 0, log_config=None, timeout_graceful_shutdown=0)
    server, listener = uvicorn.Server(config), config.bind_socket()
    task = asyncio.create_task(server.serve(sockets=[listener]))

    async def started() -> bool:
        assert not task.done(), "the server ended while it started"
        return server.started

    try:
        await until(started)
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        listener.close()
