"""One service claims a thousand million errors over windows of thousands of commits: the others' incidents go first."""

import asyncio

import pytest

from tests.service.served import Served
from tests.service.shared_service import History, Shared
from tests.service.stand_ins import until

pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]
NOISY = 12
QUIET = 60


async def test_a_claimed_count_and_long_windows_do_not_starve_the_others(shared: Shared) -> None:
    service = shared.service
    noisy = [await _sent(service, _noisy(number, shared.long)) for number in range(NOISY)]
    alert = shared.python.alert.model_dump(mode="json")
    quiet = await asyncio.gather(*(_sent(service, alert | {"service": f"quiet-{each}"}) for each in range(QUIET)))
    await until(lambda: _all_done(service, quiet), 600, pause=0.1)
    begun = [status for each in noisy if (status := await _status(service, each)) != "open"]
    assert begun, "it has a share of the work, too"
    assert len(begun) <= NOISY // 2, "most of the loud service's incidents were begun before those of the quiet ones"


def _noisy(number: int, window: History) -> dict[str, object]:
    trace = (
        "Traceback (most recent call last):\n"
        f'  File "/srv/app/module_{number}.py", line {number % 20 * 2 + 2}, in step_{number % 20}\n'
        f"    return cart.total({number})\n"
        f"KeyError{number}: 'step_{number}'\n"
    )
    return {
        "service": "noisy",
        "message": f"KeyError{number}: 'step_{number}'",
        "stack_trace": trace,
        "repository": "long",
        "base": window.first,
        "deployed": window.last,
        "count": 10**9,
    }


async def _sent(service: Served, alert: dict[str, object]) -> str:
    answer = (await service.client.post("/alerts", json=alert)).raise_for_status().json()
    return str(answer["id"])


async def _all_done(service: Served, waiting: list[str]) -> bool:
    """Those that are done are taken out of `waiting`."""
    while waiting and await _status(service, waiting[-1]) in ("done", "failed"):
        waiting.pop()
    return not waiting


async def _status(service: Served, incident: str) -> str:
    status: str = (await service.client.get(f"/incidents/{incident}")).raise_for_status().json()["status"]
    return status
