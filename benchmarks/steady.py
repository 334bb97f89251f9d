"""Send alerts at a steady rate from another process, each until it is acknowledged, and record every answer."""

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

import httpx

from benchmarks.tide import AUTHORIZED, alert, say
from tests.shop import Shop

_PAUSE_SECONDS = 1.0


@dataclass
class Answers:
    """The answers that the sender received.

    `kinds` counts (status or name of the transport error, whether Retry-After was present); `waits` are (time of the
    first try, seconds until its 202) of each alert, by the clock of time.time().
    """

    acknowledged: Counter[int] = field(default_factory=Counter)
    kinds: Counter[tuple[str, bool]] = field(default_factory=Counter)
    waits: list[tuple[float, float]] = field(default_factory=list)

    def refused(self, *allowed: str) -> int:
        """Return the number of answers that make a correct sender lose its alert, except those in `allowed`."""
        fine = {("202", False), ("429", True), ("503", True), *((name, False) for name in allowed)}
        return sum(times for kind, times in self.kinds.items() if kind not in fine)

    def longest(self, since: float, until: float) -> float:
        """Return the longest wait for a 202, in seconds, of an alert first tried in this period."""
        return max((seconds for at, seconds in self.waits if since <= at <= until), default=0.0)

    def show(self) -> None:
        """Print the answers as a table."""
        say(f"  {'answer':<24}{'Retry-After':<13}{'times':>6}")
        for (name, with_retry_after), times in sorted(self.kinds.items()):
            say(f"  {name:<24}{'yes' if with_retry_after else '-':<13}{times:>6}")
        waits = sorted(seconds for _, seconds in self.waits)
        say(f"  from first try to 202: half within {waits[len(waits) // 2]:.2f} s, all within {waits[-1]:.1f} s")


@dataclass
class Sending:
    """A running sender; `answers` is set once the block has ended."""

    answers: Answers = field(default_factory=Answers)


@contextmanager
def sending(url: str, shop: Shop, errors: int, rate: float) -> Iterator[Sending]:
    """Send `rate` alerts a second while the block runs, and afterwards until the last one is acknowledged."""
    spawn = multiprocessing.get_context("spawn")
    stop, (mine, theirs) = spawn.Event(), spawn.Pipe()
    process = spawn.Process(target=_send, args=(url, shop, errors, rate, stop, theirs))
    process.start()
    at_work = Sending()
    try:
        yield at_work
        stop.set()
        at_work.answers = mine.recv()
        process.join()
    finally:
        process.kill()


def _send(url: str, shop: Shop, errors: int, rate: float, stop: Event, results: "Connection[Answers, None]") -> None:
    results.send(asyncio.run(_sent(url, shop, errors, rate, stop)))


async def _sent(url: str, shop: Shop, errors: int, rate: float, stop: Event) -> Answers:
    answers, number = Answers(), 0
    # Every alert uses its own connection: a keep-alive connection may be closed at any time, which would prove nothing.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with (
        httpx.AsyncClient(base_url=url, headers=AUTHORIZED, trust_env=False, timeout=90, limits=limits) as client,
        asyncio.TaskGroup() as group,
    ):
        while not stop.is_set():
            group.create_task(_one(client, answers, alert(shop, number % errors), number % errors, number))
            number += 1
            await asyncio.sleep(1 / rate)
    return answers


async def _one(client: httpx.AsyncClient, answers: Answers, body: dict[str, str], error: int, number: int) -> None:
    began = time.time()
    while True:
        try:
            answer = await client.post("/alerts", json=body, headers={"Idempotency-Key": str(number)})
            kind = (str(answer.status_code), "retry-after" in answer.headers)
        except httpx.TransportError as problem:
            kind = (type(problem).__name__, False)
        answers.kinds[kind] += 1
        if kind[0] == "202":
            answers.acknowledged[error] += 1
            answers.waits.append((began, time.time() - began))
            return
        await asyncio.sleep(_PAUSE_SECONDS)
