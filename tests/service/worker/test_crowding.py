"""More than can be taken at once: told when to come again, stored together, and nobody fails for another."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from incidents.errors import StoreUnavailable
from service.api.rate_limit import Rates
from service.api.routes import create_api
from service.intake.alert_event import Notice, Receipt, Result
from service.intake.fingerprint import keys_of
from service.settings import Settings
from service.settings.limits import Intake
from service.store.batch_writer import BatchWriter
from service.store.store import Store
from tests.service.payloads import ELASTIC, SENTRY
from tests.service.stand_ins import ALERT, AUTHORIZED, Bell, alert, until
from tools.traces import parse


async def test_a_draining_replica_takes_no_more(store: Store, settings: Settings) -> None:
    api = create_api(store, Bell(), settings)
    api.state.parts.draining = True
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api), base_url="http://redtide", headers=AUTHORIZED
    ) as client:
        answers = [await client.post("/alerts", json=ALERT), await client.post("/alerts/sentry", json=SENTRY)]
    assert [(answer.status_code, "retry-after" in answer.headers) for answer in answers] == [(503, True)] * 2
    assert await store.queries.incidents() == ()


async def test_too_many_from_one_source_are_told_when_to_come_again_and_others_are_not(
    store: Store, settings: Settings
) -> None:
    few = settings.model_copy(update={"intake": Intake(rate_per_second=0.001, rate_burst=2)})
    transport = httpx.ASGITransport(create_api(store, Bell(), few))
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=AUTHORIZED) as client:
        answers = [await client.post("/alerts/sentry", json=SENTRY) for _ in range(3)]
        other = await client.post("/alerts/elastic", json=ELASTIC)
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 500 < int(answers[2].headers["retry-after"]) <= 1_000
    assert other.status_code == 202


def test_a_bucket_fills_again() -> None:
    now = [0.0]
    rates = Rates(2.0, 3, lambda: now[0])
    assert [rates.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]
    now[0] = 0.5
    assert (rates.wait("a"), rates.wait("a")) == (0, 0.5)


async def test_what_waits_is_stored_together_and_too_much_is_refused_at_once(store: Store) -> None:
    batches: list[int] = []
    go_on = asyncio.Event()

    async def register(notices: Sequence[Notice]) -> list[Result]:
        batches.append(len(notices))
        await go_on.wait()
        return [Receipt(None, "kept") for _ in notices]

    notice = Notice(alert=alert(), body="{}", **keys_of(alert(), parse(alert().text))._asdict())
    together = BatchWriter(register, most_waiting=10, most_together=4)
    taken = [asyncio.create_task(together.take([notice])) for _ in range(10)]

    async def begun() -> bool:
        return bool(batches)

    await until(begun)
    with pytest.raises(Exception, match="more alerts"):
        await together.take([notice])
    go_on.set()
    assert [len(results) for results in await asyncio.gather(*taken)] == [1] * 10
    await together.close()
    assert batches[0] in (1, 4)
    assert sum(batches) == 10
    assert max(batches) == 4


async def test_a_store_that_is_away_fails_those_who_wait_and_serves_the_next(store: Store) -> None:
    away = [True]

    async def register(notices: Sequence[Notice]) -> list[Result]:
        if away[0]:
            raise StoreUnavailable("gone")
        return [Receipt(None, "kept") for _ in notices]

    together = BatchWriter(register, most_waiting=10, most_together=4)
    results = await asyncio.gather(*(together.take([object()]) for _ in range(3)), return_exceptions=True)  # type: ignore[list-item]
    assert all(isinstance(result, StoreUnavailable) for result in results)
    away[0] = False
    assert await together.take([object()]) == [Receipt(None, "kept")]  # type: ignore[list-item]
