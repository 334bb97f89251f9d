"""A deploy of Red Tide itself: `python -m benchmarks.redeploy` changes and stops it while alerts arrive steadily.

First the application is deployed several times with another configuration on a running Ray Serve, as `serve deploy`
does; then `redtide serve` receives SIGTERM and is started again, twice. Only refusals that a sender survives are
allowed: 429 or 503 with Retry-After, and during a stop a refused connection or one that is cut before the answer; an
alert that is sent again counts once. Afterwards the store is checked: every acknowledged alert counts once, and ended
in one verdict.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.steady import Answers, sending
from benchmarks.tide import TOKEN, Tide, checked, say, settled
from tests import postgres
from tests.shop import Shop, build_shop

_ERRORS = 100
_QUIET = {"encoding": "JSON", "log_level": "WARNING", "enable_access_log": False}
_CHANGES: tuple[dict[str, Any], ...] = (
    {"intake": {"most_together": 50}},
    {"ingress": {"replicas": 2}},
    {"ingress": {"replicas": 2}, "investigations_at_once": 3},
    {"ingress": {"replicas": 2}, "triage": {"replicas": 2}},
    {"poll_seconds": 1.0},
)
"""The changes of each configuration relative to the first one."""


def redeployed(folder: Path, store_url: str, shop: Shop, rate: float) -> bool:
    """Replace the application several times under load; return whether no alert was lost."""
    from service.cluster.hosting import Hosting
    from service.cluster.local import running
    from service.cluster.ports import free_port
    from service.settings import Settings

    hosting = Hosting(port=free_port(), metrics_port=free_port(), dashboard=False, cpus=4, replica_logs=False)
    fixed: dict[str, Any] = {"store_url": store_url, "repositories": {"shop": folder / "shop"}, "lease_seconds": 5}
    with running(Settings(**fixed), hosting) as addresses:
        with sending(addresses.api, shop, _ERRORS, rate) as sender:
            time.sleep(5)
            times = [_deployed(Settings(**fixed | change)) for change in _CHANGES]
            time.sleep(3)
        asyncio.run(settled(addresses.api))
    say(f"  {'deployed':<60}{'seconds':>9}{'longest wait for 202':>22}")
    for change, (began, ended) in zip(_CHANGES, times, strict=True):
        say(f"  {change!s:<60}{ended - began:>9.1f}{sender.answers.longest(began - 1, ended):>22.1f}")
    return _judged(sender.answers, store_url)


def _deployed(settings: Any) -> tuple[float, float]:  # noqa: ANN401 (a type whose module is loaded when it is needed)
    """Deploy these settings and return when that began and ended."""
    from ray import serve

    from service.app import build_app
    from service.cluster.embedded import APPLICATION

    began = time.time()
    serve.run(build_app(settings), name=APPLICATION, route_prefix="/", logging_config=_QUIET)
    time.sleep(3)
    return began, time.time()


async def stopped(folder: Path, store_url: str, shop: Shop, rate: float) -> bool:
    """Stop the service with SIGTERM under load and start it again; return whether no alert was lost."""
    tide = Tide(folder, store_url, folder / "log")
    await tide.start()
    clean = True
    try:
        with sending(tide.url, shop, _ERRORS, rate) as sender:
            for _ in range(2):
                await asyncio.sleep(6)
                started = time.monotonic()
                status = await tide.terminate()
                say(f"  SIGTERM: exit status {status} after {time.monotonic() - started:.1f} s")
                clean = clean and status == 0
                await tide.start()
            await asyncio.sleep(3)
        await settled(tide.url)
    finally:
        await tide.cut_power()
    return _judged(sender.answers, store_url, "ConnectError", "ReadError", "RemoteProtocolError") and clean


def _judged(answers: Answers, store_url: str, *allowed: str) -> bool:
    answers.show()
    refused = answers.refused(*allowed)
    say(f"  acknowledged {sum(answers.acknowledged.values())}; refused otherwise than allowed {refused}")
    return checked(store_url, answers.acknowledged) and not refused


def main() -> int:
    """Run with both databases and both kinds of stop, unless one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument("--only", choices=["deploy", "stop"])
    parser.add_argument("--rate", type=float, default=5.0, help="alerts a second")
    arguments = parser.parse_args()
    os.environ["REDTIDE_API_TOKEN"] = TOKEN
    good = True
    with postgres.server() as server:
        for database in [arguments.database] if arguments.database else ["sqlite", "postgresql"]:
            for part in [arguments.only] if arguments.only else ["deploy", "stop"]:
                with tempfile.TemporaryDirectory(prefix="redeploy", dir="/tmp") as name:
                    folder = Path(name)
                    url = f"sqlite:///{folder}/store.sqlite3" if database == "sqlite" else server.new_database()
                    say(f"-- {database}, {part}")
                    good &= _part(part, folder, url, arguments.rate)
    return 0 if good else 1


def _part(part: str, folder: Path, url: str, rate: float) -> bool:
    shop = build_shop(folder / "shop")
    if part == "deploy":
        return redeployed(folder, url, shop, rate)
    return asyncio.run(stopped(folder, url, shop, rate))


if __name__ == "__main__":
    sys.exit(main())
