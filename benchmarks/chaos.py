"""Everything is killed: `python -m benchmarks.chaos` sends 200 errors to `redtide serve` while its processes die.

At random but seeded: kill -9 of a triage replica, of the ingress replica, of the whole process tree (then it is
started again), and on PostgreSQL of every connection to the database. Senders try again until they get a 202, with
the same Idempotency-Key. Afterwards the store is asked: every acknowledged alert ended in exactly one verdict.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text

from benchmarks.processes import below, kill, named
from service.ports import free_port
from tests import postgres
from tests.shop import Shop, build_shop

TOKEN = "a-token-of-the-benchmark"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
_TOLD = 3  # times each error is told
_WORDS = "abcdefghij"


class Tide:
    """`redtide serve` as a process that is killed and started again, always on the same port."""

    def __init__(self, folder: Path, store_url: str, log: Path) -> None:
        self._port, self._log = free_port(), log
        self.url = f"http://127.0.0.1:{self._port}"
        self._environment = os.environ | {
            "REDTIDE_API_TOKEN": TOKEN,
            "REDTIDE_REPOSITORIES": json.dumps({"shop": str(folder / "shop")}),
            "REDTIDE_STORE_URL": store_url,
            "REDTIDE_CPUS": "4",
            "REDTIDE_DASHBOARD": "false",
            "REDTIDE_LEASE_SECONDS": "5",
            "REDTIDE_ATTEMPTS": "20",
            "REDTIDE_TRIAGE": json.dumps({"cpus": 0.1, "replicas": 2}),
        }
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Returns when it is healthy."""
        environment = self._environment | {"REDTIDE_METRICS_PORT": str(free_port())}
        command = (sys.executable, "-m", "service.command_line", "serve", "--port", str(self._port))
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=log, stderr=log)
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            for _ in range(600):
                try:
                    if (await client.get(f"{self.url}/healthz")).is_success:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.3)
        raise TimeoutError(f"it does not start: see {self._log}")

    async def cut_power(self) -> None:
        """kill -9 of the whole tree, all at once."""
        assert self._process is not None
        kill([self.pid, *(pid for pid, _ in below(self.pid))])
        await self._process.wait()

    def kill_one(self, name: str) -> bool:
        """kill -9 of one replica; False when there is none just now."""
        found = named(self.pid, f"redtide:{name}")
        kill(found[:1])
        return bool(found)


def alert(shop: Shop, error: int) -> dict[str, str]:
    """One of 200 errors that differ in more than numbers."""
    name = "".join(_WORDS[int(digit)] for digit in f"{error:03}")
    trace = (
        'Traceback (most recent call last):\n  File "/srv/app/shop/cart.py", line 9, in total\n'
        f'    return {name}(x)\n  File "/srv/app/shop/prices.py", line 6, in price_of\n    return found * 1\n'
        f"TypeError: unsupported operand for {name}\n"
    )
    revisions = {"base": shop.shas["import"], "deployed": shop.shas["readme"]}
    return {"service": f"service-{error % 20}", "stack_trace": trace, "repository": "shop"} | revisions


async def send(url: str, shop: Shop, errors: int, seconds: float, dice: random.Random) -> tuple[Counter[int], int]:
    """Tell each error several times over `seconds`; acknowledged alerts per error, and how often it had to try again."""
    acknowledged: Counter[int] = Counter()
    again = 0

    async def one(client: httpx.AsyncClient, error: int, number: int, after: float) -> None:
        nonlocal again
        await asyncio.sleep(after)
        headers = {"Idempotency-Key": f"{error}-{number}"}
        while True:
            try:
                answer = await client.post("/alerts", json=alert(shop, error), headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 202:
                acknowledged[error] += 1
                return
            again += 1
            await asyncio.sleep(1.0)

    async with httpx.AsyncClient(base_url=url, headers=AUTHORIZED, trust_env=False, timeout=20) as client:
        jobs = [(error, number, dice.uniform(0, seconds)) for error in range(errors) for number in range(_TOLD)]
        await asyncio.gather(*(one(client, *job) for job in jobs))
    return acknowledged, again


async def destroy(tide: Tide, server: postgres.Server | None, seconds: float, dice: random.Random) -> Counter[str]:
    """Something dies every few seconds, and the power is cut twice."""
    done: Counter[str] = Counter()
    until = time.monotonic() + seconds
    cuts = [until - seconds * 2 / 3, until - seconds / 3]
    while time.monotonic() < until:
        await asyncio.sleep(dice.uniform(2, 5))
        if cuts and time.monotonic() > cuts[0]:
            cuts.pop(0)
            await tide.cut_power()
            await tide.start()
            done["whole tree"] += 1
            continue
        what = dice.choice(["Triage", "Triage", "Ingress", "database"])
        if what != "database":
            done[f"{what} replica"] += tide.kill_one(what)
        elif server is not None:
            server.hang_up()
            done["database connections"] += 1
    return done


def checked(store_url: str, acknowledged: Counter[int]) -> bool:
    """From the store, after everything has stopped."""
    engine = create_engine(store_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT status, alerts, attempts FROM incidents")).all()
        versions = connection.execute(text("SELECT count(*) FROM verdicts GROUP BY incident_id")).scalars().all()
    engine.dispose()
    statuses = Counter(row[0] for row in rows)
    exact = sorted(row[1] for row in rows) == sorted(acknowledged.values())
    once = len(versions) == len(acknowledged) and set(versions) == {1}
    taken_over = sum(row[2] > 1 for row in rows)
    _say(f"incidents {len(rows)} of {len(acknowledged)}, {dict(statuses)}; counts exact: {exact}")
    _say(f"exactly one verdict each: {once}; investigations started more than once: {taken_over}")
    return exact and once and statuses == {"done": len(acknowledged)}


@asynccontextmanager
async def serving(tide: Tide) -> AsyncIterator[None]:
    """Started, and gone at the end."""
    await tide.start()
    try:
        yield
    finally:
        await tide.cut_power()


async def run(folder: Path, store_url: str, server: postgres.Server | None, errors: int, seconds: float) -> int:
    """Send and destroy at once, wait for the rest, look."""
    shop, dice = build_shop(folder / "shop"), random.Random(7)
    tide = Tide(folder, store_url, folder / "log")
    async with serving(tide):
        sending = asyncio.create_task(send(tide.url, shop, errors, seconds, random.Random(8)))
        killed = await destroy(tide, server, seconds, dice)
        acknowledged, again = await sending
        waited = await _settled(tide.url)
    _say(f"killed: {dict(killed)}; alerts acknowledged {sum(acknowledged.values())}, tried again {again} times")
    _say(f"settled {waited:.1f} s after the last acknowledgement")
    return 0 if checked(store_url, acknowledged) else 1


async def _settled(url: str) -> float:
    started = time.monotonic()
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        while time.monotonic() - started < 300:
            try:
                counts = (await client.get(f"{url}/healthz")).json().get("incidents", {"open": 1})
            except (httpx.TransportError, ValueError):
                counts = {"open": 1}
            if not counts.get("open") and not counts.get("investigating"):
                break
            await asyncio.sleep(0.5)
    return time.monotonic() - started


def main() -> int:
    """Both databases, one after the other, unless one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument("--errors", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    worst = 0
    for database in [arguments.database] if arguments.database else ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="chaos", dir="/tmp") as name:
            folder = Path(name)
            _say(f"-- {database}")
            if database == "sqlite":
                url = f"sqlite:///{folder}/store.sqlite3"
                worst |= asyncio.run(run(folder, url, None, arguments.errors, arguments.seconds))
                continue
            with postgres.server() as server:
                url = server.new_database()
                worst |= asyncio.run(run(folder, url, server, arguments.errors, arguments.seconds))
    return worst


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
