"""How fast the pages are on a full store: python -m benchmarks.console [INCIDENTS] (default 100,000; SQLite in a temporary folder).

Prints for each page the median and 95th percentile of 30 requests, in milliseconds at the server, and its size.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert

from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.console.routers import ROUTERS
from service.settings import Settings
from service.store.store import Store
from service.store.tables import AlertRow, FeedbackRow, IncidentRow, VerdictRow

_TOKEN = "a-token-for-this-run"
_OUTCOMES = ("culprit", "unsure", "none", "not_enough")
_TIMES = 30


class _Nobody:
    async def wake(self) -> None:
        """There is no triage."""


def main() -> None:
    """Fill a store, ask for every page."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), count))


async def _measure(folder: Path, count: int) -> None:
    settings = Settings(store_url=f"sqlite:///{folder}/store.sqlite3", repositories={"shop": folder / "shop"})
    store = Store(settings.store_address())
    await store.migrate()
    await _fill(store, count)
    api = create_api(store, _Nobody(), settings, Trust.of({"REDTIDE_API_TOKEN": _TOKEN}), pages_first=ROUTERS)
    headers = {"Authorization": f"Bearer {_TOKEN}", "Accept": "text/html"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://x", headers=headers) as client:
        middle = f"INC-{count // 2:010}"
        for path in (
            "/incidents",
            f"/incidents?before={middle}",
            "/incidents?service=service7",
            "/incidents?outcome=none&environment=staging",
            "/incidents?text=error%20of%20kind%2017",
            f"/incidents/{middle}",
            "/tide?hours=6",
            "/quality",
        ):
            sys.stdout.write(f"{path:50} {await _timed(client, path)}\n")
    await store.close()


async def _timed(client: httpx.AsyncClient, path: str) -> str:
    taken: list[float] = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        answer = await client.get(path)
        taken.append(1000 * (time.perf_counter() - begun))
        answer.raise_for_status()
    p95 = statistics.quantiles(taken, n=20)[-1]
    return f"median {statistics.median(taken):7.1f} ms  p95 {p95:7.1f} ms  {len(answer.content) / 1000:6.1f} kB"


async def _fill(store: Store, count: int) -> None:
    async with store.database.engine.begin() as connection:
        for begin in range(0, count, 5_000):
            numbers = range(begin, min(begin + 5_000, count))
            for table, rows in _rows(numbers, count):
                await connection.execute(insert(table), rows)


def _rows(numbers: range, count: int) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    now = datetime.now(UTC)
    alert = {"service": "s", "message": "m", "stack_trace": "#0 a.php(1): f()", "repository": "shop"}
    confidence = {"probability": 0.8, "word": "high"}
    report = {"service": "s", "environment": "production", "headline": "h", "verdict_line": "v", "mode": "evidence"}
    evidence = {"trace": {}, "base": "a" * 40, "deployed": "b" * 40, "none_probability": 0.5}
    at = {number: now - timedelta(minutes=2 * (count - number)) for number in numbers}
    yield AlertRow, [{"id": n + 1, "received_at": at[n], "source": "redtide", "alert": alert} for n in numbers]
    yield (
        IncidentRow,
        [
            {
                "id": f"INC-{n:010}", "alert_id": n + 1, "opened_at": at[n], "last_seen_at": at[n], "closed_at": at[n],
                "service": f"service{n % 40}", "environment": ("production", "staging")[n % 2], "repository": "shop",
                "base": "a", "deployed": "b", "status": "done", "identity": f"{n}", "bare": "b", "wording": "w",
                "group_id": f"INC-{n - n % 5:010}", "error": f"error of kind {n % 300} in a place",
            }
            for n in numbers
        ],
    )  # fmt: skip
    yield (
        VerdictRow,
        [
            {
                "incident_id": f"INC-{n:010}", "version": 1, "at": at[n], "seconds": 1.5, "outcome": _OUTCOMES[n % 4],
                "culprit": None, "word": "high", "probability": 0.8, "evidence": evidence,
                "verdict": {"outcome": "none", "culprit": None, "confidence": confidence},
                "report": report | {"incident": f"INC-{n:010}", "outcome": "none", "confidence": confidence},
            }
            for n in numbers
        ],
    )  # fmt: skip
    said = [n for n in numbers if n % 10 == 0]
    fields = {"version": 1, "actor": "ada", "label": "right", "note": ""}
    yield FeedbackRow, [fields | {"incident_id": f"INC-{n:010}", "at": at[n]} for n in said]


if __name__ == "__main__":
    main()
