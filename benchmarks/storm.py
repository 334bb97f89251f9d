"""An alert storm: `python -m benchmarks.storm` sends 20,000 alerts of 300 errors to a real local Ray Serve.

Four sources send at the same time, each from its own process; the same bodies go first to a bare endpoint of the same
cluster, which only parses them. Ours come in four parts, and between them the ingress replica's memory is read: memory
kept for each alert shows as growth from part to part. Afterwards the store is checked: 300 incidents, every count
exact. Nothing is retried.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from benchmarks.processes import megabytes, named

SOURCES = ("redtide", "alertmanager", "sentry", "elastic")
TOKEN = "a-token-of-the-benchmark"
_AT_ONCE = 8
_PARTS = 4
_KINDS = ("null given", "undefined index", "connection refused", "division by zero", "timeout", "no such key")


class Sent(NamedTuple):
    """The results of one sender: seconds of each answer, count of each status, and acknowledged alerts per error."""

    seconds: list[float]
    statuses: dict[int, int]
    acknowledged: dict[int, int]


def body_of(source: str, error: int, number: int, revisions: tuple[str, str]) -> dict[str, Any]:
    """Return the `number`-th alert of an error, about 1 kB: ids and times differ, the error is the same."""
    service, kind = f"service-{error % 30}", _KINDS[error % len(_KINDS)]
    message = f"TypeError: step {chr(97 + error % 26)}{chr(97 + error // 26)}: {kind} for order {number}"
    name = f"part_{chr(97 + error % 26)}{chr(97 + error // 26)}"
    trace = (
        f'Traceback (most recent call last):\n  File "/srv/releases/{number}/shop/cart.py", line 41, in total\n'
        f'    return {name}(items)\n  File "/srv/releases/{number}/shop/{name}.py", line 7, in {name}\n'
        f"    return items.price\n{message}\n"
    )
    base, deployed = revisions
    if source == "redtide":
        return {"service": service, "message": message, "stack_trace": trace, "repository": "shop"} | {
            "base": base,
            "deployed": deployed,
        }
    if source == "alertmanager":
        labels = {"alertname": "Errors", "service": service, "pod": f"pod-{number}"}
        alert = {"status": "firing", "labels": labels, "annotations": {"error": message, "stack_trace": trace}}
        return {"version": "4", "groupKey": "{}", "alerts": [alert | {"fingerprint": f"f{error}"}]}
    if source == "sentry":
        frames = [{"filename": "shop/cart.py", "function": "total", "lineno": 41}]
        frames.append({"filename": f"shop/{name}.py", "function": name, "lineno": 7})
        value = {"type": "TypeError", "value": message.partition(": ")[2], "stacktrace": {"frames": frames}}
        event = {"issue_id": str(error), "platform": "python", "title": message, "exception": {"values": [value]}}
        return {"action": "triggered", "data": {"event": event | {"tags": [["service", service]]}}}
    hit = {"_source": {"error": {"message": message, "stack_trace": trace}}}
    return {"rule": {"id": "r"}, "alert": {"uuid": str(error)}, "context": {"hits": [hit]}, "service": service}


def _send(url: str, source: str, jobs: list[tuple[int, int]], revisions: tuple[str, str]) -> Sent:
    return asyncio.run(_sending(url, source, jobs, revisions))


async def _sending(url: str, source: str, jobs: list[tuple[int, int]], revisions: tuple[str, str]) -> Sent:
    sent = Sent([], {}, {})
    waiting = iter(jobs)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}

    async def one_connection(session: aiohttp.ClientSession) -> None:
        for error, number in waiting:
            body = json.dumps(body_of(source, error, number, revisions)).encode()
            started = time.perf_counter()
            async with session.post(url, data=body) as answer:
                await answer.read()
            sent.seconds.append(time.perf_counter() - started)
            sent.statuses[answer.status] = sent.statuses.get(answer.status, 0) + 1
            if answer.status == 202:
                sent.acknowledged[error] = sent.acknowledged.get(error, 0) + 1

    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
        await asyncio.gather(*(one_connection(session) for _ in range(_AT_ONCE)))
    return sent


def _phase(address: str, alerts: int, errors: int, revisions: tuple[str, str]) -> tuple[Sent, float]:
    """Send from all sources at once, each in its own process; one error always comes from one source."""
    jobs: dict[str, list[tuple[int, int]]] = {source: [] for source in SOURCES}
    for number in range(alerts):
        error = number % errors
        jobs[SOURCES[error % len(SOURCES)]].append((error, number))
    started = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(len(SOURCES)) as pool:
        work = [(f"{address}/alerts/{source}", source, jobs[source], revisions) for source in SOURCES]
        parts = pool.starmap(_send, work)
    return _together(parts), time.perf_counter() - started


def _together(parts: list[Sent]) -> Sent:
    whole = Sent([], {}, {})
    for part in parts:
        whole.seconds.extend(part.seconds)
        whole.acknowledged.update(_sum(whole.acknowledged, part.acknowledged))
        whole.statuses.update(_sum(whole.statuses, part.statuses))
    return whole


def main() -> int:
    """Serve, send, check the store, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=20_000)
    parser.add_argument("--errors", type=int, default=300)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    arguments = parser.parse_args()
    os.environ["REDTIDE_API_TOKEN"] = TOKEN
    with tempfile.TemporaryDirectory(prefix="storm", dir="/tmp") as name, ExitStack() as stack:
        folder = Path(name)
        if arguments.database == "sqlite":
            url = f"sqlite:///{folder}/store.sqlite3"
        else:
            from tests import postgres

            url = stack.enter_context(postgres.server()).new_database()
        _say(f"-- {arguments.database}")
        return _storm(folder, arguments.alerts, arguments.errors, url)


def _storm(folder: Path, alerts: int, errors: int, store_url: str) -> int:
    from service.cluster.hosting import Hosting
    from service.cluster.local import running
    from service.cluster.ports import free_port
    from service.settings import Settings
    from service.settings.limits import Intake
    from tests.shop import build_shop

    shop = build_shop(folder / "shop")
    revisions = (shop.shas["import"], shop.shas["readme"])
    settings = Settings(
        store_url=store_url,
        repositories={"shop": folder / "shop"},
        intake=Intake(rate_per_second=5_000, rate_burst=20_000),
    )
    hosting = Hosting(port=free_port(), metrics_port=free_port(), dashboard=False, cpus=4, replica_logs=False)
    with running(settings, hosting) as addresses:
        _deploy_bare()
        _tell_deploys(addresses.api, revisions)
        _phase(f"{addresses.api}/bare", 200, errors, revisions)  # warm-up, not measured
        bare, bare_seconds = _phase(f"{addresses.api}/bare", alerts, errors, revisions)
        replicas = named(os.getpid(), "redtide:Ingress")
        memory, parts, took = [megabytes(replicas)], [], 0.0
        for _ in range(_PARTS):
            part, seconds = _phase(addresses.api, alerts // _PARTS, errors, revisions)
            memory.append(megabytes(replicas))
            parts.append(part)
            took += seconds
        drained = _wait_until_done(addresses.api)
    _print("bare endpoint", bare, bare_seconds)
    both = _together(parts)
    _print("POST /alerts/{source}", both, took)
    ratio = _percentile(both.seconds, 0.99) / _percentile(bare.seconds, 0.99)
    sizes = " -> ".join(f"{each:.0f}" for each in memory)
    _say(f"p99 ratio {ratio:.1f}; memory of the ingress replica before and after each part {sizes} MB")
    _say(f"every verdict there {drained:.1f} s after the last alert")
    return _checked(settings.store_url, errors, both.acknowledged)


def _deploy_bare() -> None:
    """Deploy the bare endpoint. Ray is imported only while the service runs: its token must be set before."""
    from ray import serve

    from benchmarks.bare import application

    serve.run(application(), name="bare", route_prefix="/bare")


def _tell_deploys(api: str, revisions: tuple[str, str]) -> None:
    import httpx

    headers = {"Authorization": f"Bearer {TOKEN}"}
    for revision, at in zip(revisions, ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), strict=True):
        body = {"repository": "shop", "revision": revision, "at": at}
        httpx.post(f"{api}/deploys", json=body, headers=headers, trust_env=False, timeout=60).raise_for_status()


def _wait_until_done(api: str) -> float:
    import httpx

    started = time.perf_counter()
    while time.perf_counter() - started < 600:
        counts = httpx.get(f"{api}/healthz", trust_env=False, timeout=60).json()["incidents"]
        if not counts.get("open") and not counts.get("investigating"):
            break
        time.sleep(0.2)
    return time.perf_counter() - started


def _checked(store_url: str, errors: int, acknowledged: dict[int, int]) -> int:
    """Check the store after everything has stopped: one incident for each error, every count exact."""
    from sqlalchemy import create_engine, text

    engine = create_engine(store_url.replace("+aiosqlite", ""))
    with engine.connect() as connection:
        counts = [row[0] for row in connection.execute(text("SELECT alerts FROM incidents"))]
        stored = connection.execute(text("SELECT count(*) FROM alerts")).scalar_one()
        verdicts = connection.execute(text("SELECT count(*) FROM verdicts")).scalar_one()
        failed = connection.execute(text("SELECT count(*) FROM incidents WHERE status <> 'done'")).scalar_one()
    engine.dispose()
    exact = sorted(counts) == sorted(acknowledged.values())
    _say(
        f"incidents {len(counts)} of {errors}; counts exact: {exact}; alerts stored {stored} of {sum(acknowledged.values())}"
    )
    _say(f"verdicts {verdicts}; incidents not done {failed}")
    return 0 if exact and len(counts) == errors and not failed else 1


def _sum(one: dict[int, int], other: dict[int, int]) -> dict[int, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in one | other}


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _print(title: str, sent: Sent, seconds: float) -> None:
    p50, p99 = (_percentile(sent.seconds, share) * 1_000 for share in (0.5, 0.99))
    rate = len(sent.seconds) / seconds
    _say(
        f"{title:<22} {len(sent.seconds):>6} requests {rate:>6.0f}/s  p50 {p50:>6.1f} ms  p99 {p99:>6.1f} ms  "
        f"max {max(sent.seconds) * 1_000:>6.0f} ms  {sent.statuses}"
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
