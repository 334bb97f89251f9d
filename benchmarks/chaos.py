"""Kill everything: `python -m benchmarks.chaos` sends 200 errors to `redtide serve` while its processes die.

Each kind of failure happens at least once, in a seeded order, and more follow at random: kill -9 of a triage replica,
of the ingress replica, of the whole process tree (then it is started again); on PostgreSQL one random connection to the
database is cut, and all of them; on SQLite, which has no connections to cut, its write lock is taken for longer than a
writer waits. Senders try again until they get a 202, with the same Idempotency-Key. Afterwards the store is checked:
every acknowledged alert ended in exactly one verdict.
"""

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from benchmarks.tide import AUTHORIZED, Tide, alert, checked, say, settled
from service.store.write_ahead_log import BUSY_SECONDS
from tests import postgres
from tests.shop import Shop, build_shop

_TOLD = 3  # how often each error is sent
_LOCKED_SECONDS = BUSY_SECONDS + 2
_MOST_TRIES = 60
_AT_ONCE = 40
Death = Callable[[], Awaitable[bool]]
"""Returns False when there was nothing to kill at that moment."""


async def send(url: str, shop: Shop, errors: int, seconds: float, dice: random.Random) -> tuple[Counter[int], int]:
    """Send each error several times over `seconds`; return acknowledged alerts per error, and the number of retries."""
    acknowledged: Counter[int] = Counter()
    again, few = 0, asyncio.Semaphore(_AT_ONCE)

    async def one(client: httpx.AsyncClient, error: int, number: int, after: float) -> None:
        nonlocal again
        await asyncio.sleep(after)
        headers = {"Idempotency-Key": f"{error}-{number}"}
        while True:
            try:
                async with few:
                    answer = await client.post("/alerts", json=alert(shop, error), headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 202:
                acknowledged[error] += 1
                return
            again += 1
            await asyncio.sleep(1.0)

    # The pool must neither wait nor keep connections: it may never recover after its servers were killed.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(
        base_url=url, headers=AUTHORIZED, trust_env=False, timeout=20, limits=limits
    ) as client:
        jobs = [(error, number, dice.uniform(0, seconds)) for error in range(errors) for number in range(_TOLD)]
        await asyncio.gather(*(one(client, *job) for job in jobs))
    return acknowledged, again


def deaths(tide: Tide, store_url: str, server: postgres.Server | None, dice: random.Random) -> Mapping[str, Death]:
    """Return every kind of failure that applies to this database."""

    async def replica(name: str) -> bool:
        return tide.kill_one(name)

    async def whole_tree() -> bool:
        await tide.cut_power()
        await tide.start()
        return True

    found: dict[str, Death] = {
        "triage replica": lambda: replica("Triage"),
        "ingress replica": lambda: replica("Ingress"),
        "whole tree": whole_tree,
    }
    if server is None:
        return found | {"write lock taken": lambda: _lock_taken(store_url.removeprefix("sqlite:///"))}

    async def one_connection() -> bool:
        return server.hang_up_one(dice)

    async def all_connections() -> bool:
        return server.hang_up() > 0

    return found | {"one database connection": one_connection, "all database connections": all_connections}


async def _lock_taken(file: str) -> bool:
    """Hold the write lock for so long that waiting writers give up."""
    holder = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        await asyncio.to_thread(holder.execute, "BEGIN IMMEDIATE")
        await asyncio.sleep(_LOCKED_SECONDS)
        holder.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        holder.close()
    return True


async def destroy(
    kinds: Mapping[str, Death], seconds: float, dice: random.Random, pause: tuple[float, float] = (2, 5)
) -> Counter[str]:
    """Kill something every few seconds: each kind once, even after `seconds`, then any of them."""
    done: Counter[str] = Counter(dict.fromkeys(kinds, 0))
    certain = dice.sample(list(kinds), len(kinds))
    until = time.monotonic() + seconds
    while certain or time.monotonic() < until:
        await asyncio.sleep(dice.uniform(*pause))
        kind = certain.pop() if certain else dice.choice([each for each in kinds if each != "whole tree"])
        done[kind] += await _succeeded(kinds[kind])
    return done


async def _succeeded(death: Death) -> bool:
    """Retry until there is something to kill: a killed replica needs a moment to be replaced."""
    for _ in range(_MOST_TRIES):
        if await death():
            return True
        await asyncio.sleep(0.5)
    return False


@asynccontextmanager
async def serving(tide: Tide) -> AsyncIterator[None]:
    """Start the service, and stop it at the end of the block."""
    await tide.start()
    try:
        yield
    finally:
        await tide.cut_power()


async def run(folder: Path, store_url: str, server: postgres.Server | None, errors: int, seconds: float) -> int:
    """Send and destroy at the same time, wait for the rest, then check."""
    shop, dice = build_shop(folder / "shop"), random.Random(7)
    tide = Tide(folder, store_url, folder / "log")
    async with serving(tide):
        sending = asyncio.create_task(send(tide.url, shop, errors, seconds, random.Random(8)))
        killed = await destroy(deaths(tide, store_url, server, dice), seconds, dice)
        acknowledged, again = await sending
        waited = await settled(tide.url)
    for kind, times in killed.items():
        say(f"  {kind:<26} {times:>3}")
    say(f"alerts acknowledged {sum(acknowledged.values())}, tried again {again} times")
    say(f"settled {waited:.1f} s after the last acknowledgement")
    return 0 if checked(store_url, acknowledged) and all(killed.values()) else 1


def main() -> int:
    """Run with both databases, one after the other, unless one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument("--errors", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=90.0)
    arguments = parser.parse_args()
    worst = 0
    for database in [arguments.database] if arguments.database else ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="chaos", dir="/tmp") as name:
            folder = Path(name)
            say(f"-- {database}")
            if database == "sqlite":
                url = f"sqlite:///{folder}/store.sqlite3"
                worst |= asyncio.run(run(folder, url, None, arguments.errors, arguments.seconds))
                continue
            with postgres.server() as server:
                url = server.new_database()
                worst |= asyncio.run(run(folder, url, server, arguments.errors, arguments.seconds))
    return worst


if __name__ == "__main__":
    sys.exit(main())
