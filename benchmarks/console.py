"""How fast the pages are on a full store: python -m benchmarks.console [INCIDENTS] [--postgresql] (default: 100,000 on SQLite).

The store is new, in a temporary folder; PostgreSQL is one that the program starts.
Prints for each page the median and 95th percentile of 30 requests in milliseconds, by the clock and of processor time
of this process (all its threads, SQLite's among them, not PostgreSQL's), and its compressed size. A machine that does other work as well shows
in the clock only.
"""

import argparse
import asyncio
import gc
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
from sqlalchemy import text

from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.console.routers import ROUTERS
from service.settings import Settings
from service.store.store import Store
from tests import postgres
from tests.service.console.filled import fill, id_of

_TOKEN = "a-token-for-this-run"
_TIMES = 30


class _Nobody:
    async def wake(self) -> None:
        """There is no triage."""


def main() -> None:
    """Fill a store, ask for every page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("incidents", type=int, nargs="?", default=100_000)
    parser.add_argument("--postgresql", action="store_true")
    arguments = parser.parse_args()
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder}/store.sqlite3"
        if arguments.postgresql:
            url = opened.enter_context(postgres.server()).new_database()
        asyncio.run(_measure(folder, url, arguments.incidents))


async def _measure(folder: Path, url: str, count: int) -> None:
    settings = Settings(store_url=url, repositories={"shop": folder / "shop"})
    store = Store(settings.store_address())
    await store.migrate()
    await fill(store, count)
    await _settled(store)
    api = create_api(store, _Nobody(), settings, Trust.of({"REDTIDE_API_TOKEN": _TOKEN}), pages_first=ROUTERS)
    gc.freeze()  # as a replica does
    headers = {"Authorization": f"Bearer {_TOKEN}", "Accept": "text/html"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://x", headers=headers) as client:
        middle = id_of(count // 2)
        for path in (
            "/incidents",
            f"/incidents?before={middle}",
            "/incidents?service=service7",
            "/incidents?outcome=none&environment=staging",
            "/incidents?text=error%20of%20kind%2017",
            "/incidents?text=nothing%20has%20this",
            f"/incidents/{middle}",
            "/tide?hours=6",
            "/quality",
        ):
            sys.stdout.write(f"{path:50} {await _timed(client, path)}\n")
    await store.close()


async def _settled(store: Store) -> None:
    """As PostgreSQL's own autovacuum leaves the tables a minute later: without it, it knows nothing of what they hold."""
    if store.database.engine.dialect.name == "postgresql":
        async with store.database.engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await alone.execute(text("VACUUM ANALYZE"))


async def _timed(client: httpx.AsyncClient, path: str) -> str:
    (await client.get(path)).raise_for_status()  # the first one starts the process that reads source
    clock: list[float] = []
    processor: list[float] = []
    for _ in range(_TIMES):
        begun, used = time.perf_counter(), time.process_time()
        answer = await client.get(path)
        clock.append(1000 * (time.perf_counter() - begun))
        processor.append(1000 * (time.process_time() - used))
        answer.raise_for_status()
    return f"clock {_shown(clock)}  processor {_shown(processor)}  {answer.num_bytes_downloaded / 1000:6.1f} kB"


def _shown(taken: list[float]) -> str:
    return f"median {statistics.median(taken):6.1f} p95 {statistics.quantiles(taken, n=20)[-1]:6.1f}"


if __name__ == "__main__":
    main()
