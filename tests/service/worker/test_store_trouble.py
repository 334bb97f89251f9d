import asyncio

import pytest

from incidents.errors import StoreUnavailable
from service.settings import Settings
from service.store.store import Store
from service.worker.store_trouble import StoreTrouble
from service.worker.triage import Triage
from tests.service.stand_ins import until
from tests.service.worker.at_work import nothing_found

FULL = StoreUnavailable("the database cannot be used (its disk is full)")
AWAY = StoreUnavailable("the database cannot be used (no connection to it)")


def test_a_lasting_trouble_is_told_once_a_minute_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="service.worker")
    times = iter((100.0, 102.0, 159.0, 160.0, 162.0, 163.0))
    trouble = StoreTrouble(lambda: next(times))
    trouble.over()
    for _ in range(5):
        trouble.told(FULL)
    assert [line.getMessage() for line in caplog.records] == [
        "the store cannot be asked for open incidents; trying again: the database cannot be used (its disk is full)"
    ] * 2
    trouble.told(AWAY)
    trouble.over()
    trouble.over()
    assert [line.getMessage() for line in caplog.records[2:]] == [
        "the store cannot be asked for open incidents; trying again: the database cannot be used (no connection to it)",
        "the store answers again",
    ]


async def test_triage_tells_it_in_one_line_without_a_traceback(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = 0

    async def recover(attempts: int) -> None:
        nonlocal asked
        asked += 1
        raise FULL

    async def soon(seconds: float) -> None:
        await asyncio.sleep(0)

    async def often() -> bool:
        return asked > 5

    monkeypatch.setattr(store.leases, "recover", recover)
    triage = Triage(store, nothing_found, settings, sleep=soon)
    work = asyncio.create_task(triage.run())
    await until(often)
    await triage.stop()
    await work
    told = [line for line in caplog.records if line.name.startswith("service.worker")]
    assert [(line.levelname, line.exc_info) for line in told] == [("ERROR", None)]
