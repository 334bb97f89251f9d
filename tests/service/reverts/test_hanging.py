"""A git server that hangs: what else the process does goes on."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from service.reverts.reverts import Reverts
from service.settings import Settings
from service.store.store import Store
from tests.service.policy.stage import judged, shop

ONE_DATABASE = True
_THREADS = 4  # of the process; intake uses the same


@asynccontextmanager
async def silent(calls: asyncio.Semaphore) -> AsyncIterator[int]:
    """A server that takes calls and says nothing until the block ends. Gives its port; `calls` counts."""
    over = asyncio.Event()

    async def taken(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.release()
        await over.wait()
        writer.close()

    server = await asyncio.start_server(taken, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        over.set()


async def test_plans_that_wait_for_a_silent_remote_leave_the_threads_of_the_intake_alone(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    built = shop(tmp_path)
    incident = await judged(store, built)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    calls = asyncio.Semaphore(0)
    async with silent(calls) as port:
        place = {"forge": "github", "url": f"http://127.0.0.1:{port}/acme/shop.git", "target": "main"}
        fields = {
            **settings.model_dump(mode="json"),
            "repositories": {"shop": str(built.path)},
            "fetch": {"networks": ["127.0.0.0/8"]},
            "reverts": {"push_seconds": 30, "repositories": {"shop": place}},
        }
        reverts = Reverts(store, Settings.model_validate(fields))
        plans = [asyncio.create_task(reverts.plan(incident, "ann", dry_run=True)) for _ in range(6)]
        for _ in range(_THREADS):
            await calls.acquire()
        intake = asyncio.create_task(asyncio.to_thread(lambda: 1))
        done, _ = await asyncio.wait({intake, *plans}, return_when=asyncio.FIRST_COMPLETED)
        assert done == {intake}
    ended = await asyncio.gather(*plans, return_exceptions=True)
    assert all(isinstance(each, Exception) for each in ended)
