"""Seconds for each query to the log store with a million documents in it.

    python -m benchmarks.logs [DOCUMENTS]

Without REDTIDE_TEST_ELASTICSEARCH_URL the tests' own server answers, in this process and in Python: the results are
then the number of queries, the amount of data, and an upper bound for the time, not Elasticsearch's time. With it, the
documents are first sent to that cluster. Timings are printed, never asserted: they depend on the machine.
"""

import asyncio
import os
import random
import sys
import time
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from incidents.alert import Alert
from tests.elastic.columns import Index
from tests.elastic.filling import ECS_MAPPING, create, fill, new_name
from tests.elastic.server import Elastic, running, types_of
from tests.shop import TRACE
from tools.logs.client import Connection
from tools.logs.error_log import ErrorLog
from tools.logs.lookup import look_up
from tools.logs.queries import Wanted, Window
from tools.logs.settings import LogSettings
from tools.traces import parse

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BEGAN = NOW - timedelta(minutes=9, seconds=25)
DAYS = 2
Answer = TypeVar("Answer")


def documents(count: int) -> Iterator[dict[str, Any]]:
    """Yield two days of five services: requests, a few old errors, and at the end a new error of one service."""
    chance = random.Random(7)
    services = [{"name": f"service-{n}", "version": "v1", "environment": "production"} for n in range(5)]
    hosts = [{"name": f"web-{n}"} for n in range(40)]
    info, failed = {"level": "info"}, {"level": "error"}
    old = {"type": "Timeout", "message": "gateway timed out"}
    news = {"type": "TypeError", "message": "unsupported operand type(s) for *", "stack_trace": TRACE}
    step = timedelta(days=DAYS) / count
    for n in range(count):
        at = NOW - timedelta(days=DAYS) + n * step
        row: dict[str, Any] = {"@timestamp": at.isoformat(timespec="milliseconds"), "service": services[n % 5]}
        row |= {"host": hosts[n % 40], "log": info, "message": f"GET /item/{n % 1_000} 200"}
        if chance.random() < 0.01:
            row |= {"log": failed, "error": old, "message": "gateway timed out"}
        elif at >= BEGAN and n % 5 == 0 and chance.random() < 0.2:
            row |= {
                "log": failed,
                "error": news,
                "message": news["message"],
                "service": services[0] | {"version": "v2"},
            }
        yield row


async def timed(name: str, work: Awaitable[Answer]) -> Answer:
    """Await the work and print its time on one line."""
    start = time.perf_counter()
    answer = await work
    sys.stdout.write(f"{name:<44}{time.perf_counter() - start:>9.3f} s\n")
    return answer


async def questions(url: str, index: str) -> None:
    """Run each query on its own, then a whole lookup."""
    settings = LogSettings(urls=(url,), index=index, request_seconds=120, lookup_seconds=600)
    connection = Connection(settings)
    try:
        log, day = ErrorLog(connection), Window(NOW - timedelta(hours=24), NOW)
        errors = Wanted(service="service-0", environment="production", levels=("error",))
        own = Wanted(
            service="service-0", error_type="TypeError", phrases=("unsupported operand",), phrase_field="message"
        )
        await timed("sample: 200 newest errors", log.sample(errors, day))
        await timed("first document of the error in 24 h", log.first(own, day))
        await timed(
            "histogram of 48 h by 5 min", log.counts(own, Window(NOW - timedelta(hours=48), NOW), timedelta(minutes=5))
        )
        await timed(
            "histogram of 45 min by 10 s",
            log.counts(own, Window(BEGAN - timedelta(minutes=35), NOW), timedelta(seconds=10)),
        )
        await timed("total, first, last, versions, hosts of 24 h", log.summary(own, day))
        alert = Alert(service="service-0", repository="shop", message="errors above threshold", first_seen=NOW)
        found = await timed("the whole inquiry of an alert", look_up(connection, alert, parse(alert.text), NOW))
        onset = found.findings.onset if found.findings else None
        interval = f"{onset.earliest:%H:%M:%S} to {onset.latest:%H:%M:%S}" if onset else "not found"
        sys.stdout.write(
            f"onset {interval}; the truth is {BEGAN:%H:%M:%S}; {found.findings.total if found.findings else 0} errors\n"
        )
    finally:
        await connection.close()


async def main() -> None:
    """Fill the store, then query it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    name, real = new_name(), os.environ.get("REDTIDE_TEST_ELASTICSEARCH_URL")
    start = time.perf_counter()
    if real:
        await create(real, name)
        await fill(real, name, documents(count), batch=5_000)
        sys.stdout.write(f"{count:,} documents sent in {time.perf_counter() - start:.0f} s\n")
        await questions(real, name)
        return
    async with running(Elastic()) as server:
        index = server.indices[name] = Index(types=types_of({"mappings": ECS_MAPPING}))
        for row in documents(count):
            index.add(row)
        sys.stdout.write(f"{count:,} documents stored in {time.perf_counter() - start:.0f} s\n")
        await questions(server.url, name)
        sys.stdout.write(f"{len(server.searches)} searches in all\n")


if __name__ == "__main__":
    asyncio.run(main())
