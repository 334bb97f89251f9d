import asyncio
import os
import time
from pathlib import Path

import pytest

from service.api.heavy_work import HeavyWork, WorkLost


def process(_: str) -> int:
    return os.getpid()


def end(_: str) -> None:
    os._exit(1)


def is_there(file: str) -> bool:
    """Wait for the file; False when it does not come."""
    for _ in range(6_000):
        if Path(file).exists():
            return True
        time.sleep(0.01)
    return False


async def test_it_is_done_in_another_process_and_a_lost_one_is_replaced() -> None:
    heavy = HeavyWork()
    first = await heavy.run("a", process, "")
    assert first != os.getpid()
    with pytest.raises(WorkLost):
        await heavy.run("a", end, "")
    assert await heavy.run("a", process, "") not in (first, os.getpid())
    heavy.close()


async def test_senders_take_turns_however_much_one_of_them_sends() -> None:
    heavy = HeavyWork()
    order: list[str] = []

    async def sent(sender: str) -> None:
        await heavy.run(sender, process, "")
        order.append(sender)

    flood = [asyncio.create_task(sent("flood")) for _ in range(6)]
    await asyncio.sleep(0)  # all of them wait now
    await asyncio.gather(sent("mail"), sent("search"), *flood)
    assert order.index("mail") <= 2
    assert order.index("search") <= 3
    heavy.close()


async def test_the_event_loop_goes_on_meanwhile(tmp_path: Path) -> None:
    heavy, file = HeavyWork(), tmp_path / "made by the event loop"
    work = asyncio.create_task(heavy.run("a", is_there, str(file)))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not work.done()
    file.touch()
    assert await work
    heavy.close()
