"""Stored incidents judged again: `python -m benchmarks.rescoring 500` with a stub model, on SQLite.

1. All of them, interrupted three times: Ctrl-C, kill -9 of the command, kill -9 of its cluster. Each is judged once.
2. Questions a second beside what the stub alone allows (places / latency), and the time of an incident that is neither
   the investigation's own nor the model's.
3. Live incidents, with a verdict by the same stub, alone and while a run is going on.
"""

import argparse
import asyncio
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from benchmarks.processes import kill, named
from benchmarks.tide import say
from incidents.errors import IncidentNotFound
from service.cluster.ports import free_port
from service.settings import Settings
from service.store.rescoring_tables import RescoredRow
from service.store.store import Store
from service.worker.investigator import Investigator
from tests.service.rescoring.investigated import investigated
from tests.service.rescoring.rescored_process import started
from tests.service.store.channels import notice
from tests.shop import TRACE, Shop, build_shop

LATENCY, PLACES = 0.25, 8
_LOOK = 0.2  # seconds between two looks at the store


@contextmanager
def stub() -> Iterator[str]:
    """Yield the address of a stub model in a process of its own."""
    port = free_port()
    command = (sys.executable, "-m", "benchmarks.stub_model", str(port))
    process = subprocess.Popen([*command, "--latency", str(LATENCY), "--at-once", str(PLACES)])
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://127.0.0.1:{port}/count", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def answered(address: str) -> int:
    """Return how many questions the stub answered."""
    number: int = httpx.get(f"{address}/count", trust_env=False).json()
    return number


class Bench:
    """A store with judged incidents, and `redtide rescore` over it."""

    def __init__(self, store: Store, settings: Settings, address: str) -> None:
        self.store, self.settings, self.address = store, settings, address

    def run(self, name: str, *more: str) -> "subprocess.Popen[bytes]":
        """Start the command."""
        options = ("--no-model",) if "--no-model" in more else ("--model-url", f"{self.address}/v1", "--model", "stub")
        return started(self.settings, "--name", name, *options, *(each for each in more if each != "--no-model"))

    async def finished(self, name: str) -> int:
        """Return how many incidents of a run are judged."""
        try:
            return (await self.store.rescorings.rescoring(name)).finished
        except IncidentNotFound:
            return 0

    async def reaches(self, name: str, number: int, process: "subprocess.Popen[bytes]") -> None:
        """Wait until so many are judged, or the process has ended."""
        while await self.finished(name) < number and process.poll() is None:  # noqa: ASYNC110  (another process)
            await asyncio.sleep(_LOOK)

    async def free(self, name: str) -> None:
        """Wait until nobody holds the run: the claim of a command that was killed ends by itself."""
        while (await self.store.rescorings.rescoring(name)).state == "running":  # noqa: ASYNC110  (another process)
            await asyncio.sleep(_LOOK)

    async def span(self, name: str) -> tuple[float, float, int]:
        """Return the seconds from the first to the last result, the mean seconds of an investigation, and the number."""
        columns = (func.min(RescoredRow.finished_at), func.max(RescoredRow.finished_at), func.avg(RescoredRow.seconds))
        async with self.store.database.read() as session:
            row = await session.execute(select(*columns, func.count()).where(RescoredRow.rescoring == name))
            first, last, mean, number = row.one()
        return (last - first).total_seconds(), float(mean), number


async def interrupted(bench: Bench, number: int) -> None:
    """Judge all, interrupted three times."""
    begun, calls = time.monotonic(), answered(bench.address)
    stops = (("Ctrl-C", number // 5), ("kill -9", 2 * number // 5), ("cluster killed", 3 * number // 5))
    for what, least in stops:
        process = bench.run("interrupted")
        await bench.reaches("interrupted", least, process)
        at = await bench.finished("interrupted")
        if what == "cluster killed":
            kill([pid for part in ("gcs_server", "raylet") for pid in named(process.pid, part)])
        else:
            process.send_signal(signal.SIGINT if what == "Ctrl-C" else signal.SIGKILL)
        _, errors = await asyncio.to_thread(process.communicate)
        await bench.free("interrupted")
        say(f"  {what} at {at}: exit status {process.returncode}; {_last(errors)}")
    process = bench.run("interrupted")
    _, errors = await asyncio.to_thread(process.communicate)
    found = await bench.store.rescorings.rescoring("interrupted")
    pairs = [each async for each in bench.store.rescored.pairs("interrupted")]
    once = len({each.incident for each in pairs}) == len(pairs) == number
    say(
        f"  then exit status {process.returncode}: {found.finished} of {found.total}, {found.failed} failed, once: {once}"
    )
    say(f"  {answered(bench.address) - calls} questions, {time.monotonic() - begun:.0f} s with four starts of Ray")


def _last(errors: bytes) -> str:
    lines = [line for line in errors.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1][:150] if lines else "it said nothing"


async def throughput(bench: Bench, number: int) -> None:
    """Questions a second beside what the stub allows; the overhead of an incident."""
    calls = answered(bench.address)
    process = bench.run("steady", "--limit", str(number), "--actors", "2", "--at-once", "4")
    await asyncio.to_thread(process.communicate)
    seconds, _, judged = await bench.span("steady")
    asked = answered(bench.address) - calls
    say(
        f"  {asked / seconds:.1f} questions a second of {PLACES / LATENCY:.1f}: {asked / seconds * LATENCY / PLACES:.2f}"
    )
    say(f"  {judged / seconds:.2f} incidents a second")
    process = bench.run("alone", "--no-model", "--limit", str(number), "--actors", "1", "--at-once", "1")
    await asyncio.to_thread(process.communicate)
    seconds, mean, judged = await bench.span("alone")
    outside = (seconds - mean * (judged - 1)) / (judged - 1)
    say(f"  one at a time, by evidence: {mean * 1000:.0f} ms investigated, {outside * 1000:.0f} ms beside it")


async def live(bench: Bench, shop: Shop, number: int) -> None:
    """Live incidents alone and beside a run."""
    alone = await _live(bench, shop, "before", number)
    process = bench.run("beside")
    await bench.reaches("beside", 4, process)
    beside = await _live(bench, shop, "during", number)
    still = process.poll() is None
    process.send_signal(signal.SIGINT)
    await asyncio.to_thread(process.communicate)
    one, other = statistics.median(alone), statistics.median(beside)
    say(
        f"  median {one:.2f} s alone, {other:.2f} s beside a run ({other / one:.2f}); the run was still going on: {still}"
    )


async def _live(bench: Bench, shop: Shop, name: str, number: int) -> list[float]:
    """Return the seconds from alert to verdict, one incident after another."""
    changed = {"model_url": f"{bench.address}/v1", "model_name": "stub"}
    investigator = Investigator(bench.settings.model_copy(update=changed))
    revisions: dict[str, Any] = {"repository": "shop", "base": shop.shas["import"], "deployed": shop.shas["readme"]}
    seconds = []
    for each in range(number + 1):
        begun = time.monotonic()
        await bench.store.intake.register([notice(f"{name}{each}", stack_trace=TRACE, **revisions)])
        while (claim := await bench.store.leases.claim("me")) is not None:
            await bench.store.outcomes.finish(claim, await investigator(claim))
        seconds.append(time.monotonic() - begun)
        await asyncio.sleep(1)
    await investigator.close()
    return seconds[1:]  # the first one imports


async def main() -> None:
    """Run the three parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("incidents", type=int, nargs="?", default=500)
    parser.add_argument("--live", type=int, default=10)
    parser.add_argument("--only", choices=("interrupted", "throughput", "live"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, stub() as address:
        folder = Path(name)
        shop = build_shop(folder / "shop")
        settings = Settings(store_url=f"sqlite:///{folder}/store.db", repositories={"shop": folder / "shop"})
        store = Store(settings.store_address())
        await store.migrate()
        say(f"{arguments.incidents} incidents are investigated first")
        await investigated(store, settings, shop, arguments.incidents)
        bench = Bench(store, settings, address)
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "interrupted": lambda: interrupted(bench, arguments.incidents),
            "throughput": lambda: throughput(bench, min(arguments.incidents, 100)),
            "live": lambda: live(bench, shop, arguments.live),
        }
        for part, measure in parts.items():
            if arguments.only in (None, part):
                say(part)
                await measure()
        await store.close()


if __name__ == "__main__":
    asyncio.run(main())
