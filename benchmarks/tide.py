"""`redtide serve` over a sample repository as a process, alerts for it, and the check of the store afterwards."""

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text

from benchmarks.processes import below, kill, named
from service.cluster.ports import free_port
from tests.shop import Shop

TOKEN = "a-token-of-the-benchmark"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
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
        """The id of the process that was started last."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start the process and wait until it is healthy."""
        environment = self._environment | {"REDTIDE_METRICS_PORT": str(free_port())}
        command = (sys.executable, "-m", "service.cli", "serve", "--port", str(self._port))
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=log, stderr=log)
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            for _ in range(600):
                try:
                    if (await client.get(f"{self.url}/healthz")).is_success:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.3)
        raise TimeoutError(f"it does not start: see {self._log}")

    async def cut_power(self) -> None:
        """Kill the whole process tree with SIGKILL, all at once."""
        assert self._process is not None
        kill([self.pid, *(pid for pid, _ in below(self.pid))])
        await self._process.wait()

    async def terminate(self) -> int:
        """Send SIGTERM, as a service manager does, and return the exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()

    def kill_one(self, name: str) -> bool:
        """Kill one replica with SIGKILL; return False when there is none at that moment."""
        found = named(self.pid, f"redtide:{name}")
        kill(found[:1])
        return bool(found)


def alert(shop: Shop, error: int) -> dict[str, str]:
    """Return an alert of one of 1,000 errors that differ not only in numbers."""
    name = "".join(_WORDS[int(digit)] for digit in f"{error:03}")
    trace = (
        'Traceback (most recent call last):\n  File "/srv/app/shop/cart.py", line 9, in total\n'
        f'    return {name}(x)\n  File "/srv/app/shop/prices.py", line 6, in price_of\n    return found * 1\n'
        f"TypeError: unsupported operand for {name}\n"
    )
    revisions = {"base": shop.shas["import"], "deployed": shop.shas["readme"]}
    return {"service": f"service-{error % 20}", "stack_trace": trace, "repository": "shop"} | revisions


async def settled(url: str) -> float:
    """Wait until no incident is open or being worked on, and return the seconds."""
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


def checked(store_url: str, acknowledged: Counter[int]) -> bool:
    """Check in the store, after everything has stopped, that every acknowledged alert counts once with one verdict."""
    engine = create_engine(store_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT status, alerts, attempts FROM incidents")).all()
        versions = connection.execute(text("SELECT count(*) FROM verdicts GROUP BY incident_id")).scalars().all()
    engine.dispose()
    statuses = Counter(row[0] for row in rows)
    exact = sorted(row[1] for row in rows) == sorted(acknowledged.values())
    once = len(versions) == len(acknowledged) and set(versions) == {1}
    taken_over = sum(row[2] > 1 for row in rows)
    say(f"incidents {len(rows)} of {len(acknowledged)}, {dict(statuses)}; counts exact: {exact}")
    say(f"exactly one verdict each: {once}; investigations started more than once: {taken_over}")
    return exact and once and statuses == {"done": len(acknowledged)}


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
