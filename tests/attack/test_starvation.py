"""One service claims a thousand million errors over windows of thousands of commits: the others' incidents go first."""

import asyncio
from pathlib import Path

import pygit2
import pytest

from tests.recorded import Recorded
from tests.service.served import Served
from tests.service.stand_ins import until

pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(900)]
COMMITS = 5_000
NOISY = 12
QUIET = 200


@pytest.fixture(scope="module")
def long_history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A repository of 5,000 commits, and its first and last."""
    path = tmp_path_factory.mktemp("long") / "long"
    repository = pygit2.init_repository(str(path), bare=True)
    who = pygit2.Signature("a", "a@example.org", 1_700_000_000)
    ids: list[pygit2.Oid] = []
    files = repository.TreeBuilder()
    for number in range(COMMITS):
        content = "".join(f"def step_{line}(cart):\n    return cart.total({number + line})\n" for line in range(20))
        files.insert(f"module_{number % 40}.py", repository.create_blob(content.encode()), pygit2.enums.FileMode.BLOB)
        ids.append(
            repository.create_commit("refs/heads/main", who, who, f"Change {number}", files.write(), ids[-1:] or [])
        )
    return path, str(ids[0]), str(ids[-1])


@pytest.fixture(scope="module")
def repositories(recorded: Recorded, long_history: tuple[Path, str, str]) -> dict[str, str]:
    return {recorded.alert.repository: str(recorded.repository), "long": str(long_history[0])}


async def test_a_claimed_count_and_long_windows_do_not_starve_the_others(
    service: Served, recorded: Recorded, long_history: tuple[Path, str, str]
) -> None:
    _, first, last = long_history
    noisy = [await _sent(service, _noisy(number, first, last)) for number in range(NOISY)]
    alert = recorded.alert.model_dump(mode="json")
    quiet = await asyncio.gather(*(_sent(service, alert | {"service": f"quiet-{each}"}) for each in range(QUIET)))
    await until(lambda: _all_done(service, quiet), 600, pause=0.1)
    begun = [status for each in noisy if (status := await _status(service, each)) != "open"]
    assert begun, "it has a share of the work, too"
    assert len(begun) <= NOISY // 2, "most of the loud service's incidents were begun before those of the quiet ones"


def _noisy(number: int, first: str, last: str) -> dict[str, object]:
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
        "base": first,
        "deployed": last,
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
