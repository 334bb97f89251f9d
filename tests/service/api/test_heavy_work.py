import asyncio
import os
import time

import pytest

from service.api.heavy_work import HeavyWork, WorkLost


def process(_: str) -> int:
    return os.getpid()


def end(_: str) -> None:
    os._exit(1)


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


async def test_the_event_loop_goes_on_meanwhile() -> None:
    heavy = HeavyWork()
    await heavy.run("a", process, "")
    work = asyncio.create_task(heavy.run("a", time.sleep, 0.5))
    turns = 0
    while not work.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100
    heavy.close()
