"""Synthetic days: a repository, its deploys and a log, around a moment when something may have begun."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pygit2

from incidents.alert import Deploy
from incidents.incident import Status
from service.api.routes import create_api
from service.settings import Settings
from service.store.schemas import StoredIncident
from service.store.store import Store
from service.worker.investigator import Investigator
from service.worker.triage import Triage
from tests.elastic.filling import document
from tests.elastic.fixtures import LogStore
from tests.service.stand_ins import AUTHORIZED, until
from tests.shop import BROKEN_PRICES, CART, PRICES, TRACE, commit

MESSAGE = "unsupported operand type(s) for *: 'NoneType' and 'int'"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def shop_with_a_hotfix(folder: Path) -> dict[str, str]:
    """import - comment - guard (the culprit) - readme, and a hotfix beside it on top of comment: shas by name."""
    raw = pygit2.init_repository(str(folder), bare=True, initial_head="main")
    files = {"shop/cart.py": CART, "shop/prices.py": PRICES, "README.md": "shop\n"}
    shas = {"import": commit(raw, files, "import", ())}
    files["shop/cart.py"] = CART + "\n    # What is to be paid.\n"
    shas["comment"] = commit(raw, files, "cart: say what it is", (shas["import"],))
    shas["hotfix"] = commit(raw, {**files, "README.md": "hot\n"}, "readme: hotfix", (shas["comment"],))
    files["shop/prices.py"] = BROKEN_PRICES
    shas["guard"] = commit(raw, files, "prices: no special case for unknown items", (shas["comment"],))
    files["README.md"] = "shop, the shop\n"
    shas["readme"] = commit(raw, files, "readme: friendlier", (shas["guard"],))
    raw.references.create("refs/heads/main", pygit2.Oid(hex=shas["readme"]))
    return shas


@dataclass
class Day:
    """One day that ends now. `began` is when the error of the day begins; everything is told from there."""

    shas: dict[str, str]
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    rows: list[dict[str, Any]] = field(default_factory=list)
    deploys: list[Deploy] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    @property
    def began(self) -> datetime:
        """Ten minutes ago."""
        return self.now - minutes(10)

    def deploy(self, name: str, before: float, actor: str = "ana") -> None:
        """A deploy, so many minutes before the error began."""
        at = self.began - minutes(before)
        told = {"repository": "shop", "revision": self.shas[name], "at": at, "service": "checkout", "actor": actor}
        self.deploys.append(Deploy.model_validate(told))

    def errors(self, rate: Callable[[float], float], since: float, version: str = "guard", **changed: Any) -> None:  # noqa: ANN401 (any field)
        """A Poisson process of `rate(minutes since the beginning)` errors a minute, from `since` minutes until now.

        By thinning (Lewis & Shedler 1979).
        """
        end = (self.now - self.began) / minutes(1)
        top = max(rate(since + (end - since) * n / 200) for n in range(201))
        at = since
        while (at := at + self.chance.expovariate(top)) < end:
            if self.chance.random() * top < rate(at):
                moment = self.began + minutes(at)
                row = document(moment, MESSAGE, kind="TypeError", trace=TRACE, version=self.shas[version][:10])
                self.rows.append(row | changed)

    def noise(self) -> None:
        """Two days of an unrelated error, and of lines that are none."""
        for n in range(2 * 24 * 12):
            at = self.now - minutes(5 * n + 1)
            self.rows.append(document(at, "gateway timed out", kind="GatewayTimeout", version=self.shas["import"][:10]))
            calm = document(at, "cart paid", level="info")
            del calm["error"]
            self.rows.append(calm)


@contextlib.asynccontextmanager
async def at_work(store: Store, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Ingress and triage over one store, the real investigation between them."""
    investigator = Investigator(settings, store.deploys)
    triage = Triage(store, investigator, settings)
    work = asyncio.create_task(triage.run())
    transport = httpx.ASGITransport(create_api(store, triage, settings))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=AUTHORIZED) as client:
            yield client
    finally:
        await triage.stop()
        await work
        await investigator.close()


async def investigated(
    store: Store, settings: Settings, day: Day, log_store: LogStore, **alert: object
) -> StoredIncident:
    """The incident of an alert without a trace, once it has come to its end."""
    if day.rows:
        await log_store.hold(day.rows)
    async with at_work(store, settings) as client:
        told = [each.model_dump(mode="json") for each in day.deploys]
        assert (await client.post("/deploys", json=told)).status_code == 201
        first = (day.began + minutes(5)).isoformat()
        given = {"service": "checkout", "repository": "shop", "message": "errors above threshold", "first_seen": first}
        answer = await client.post("/alerts", json={**given, **alert})
        assert answer.status_code == 202, answer.text
        incident = answer.json()["id"]

        async def ended() -> bool:
            return (await store.queries.incident(incident)).status in (Status.DONE, Status.FAILED)

        await until(ended)
    return await store.queries.incident(incident)
