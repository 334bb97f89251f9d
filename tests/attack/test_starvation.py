"""One sender claims a thousand million errors over a window of thousands of commits: the others' incidents come first."""

from pathlib import Path

import pygit2
import pytest

from tests.recorded import Recorded
from tests.service.served import Served
from tests.service.stand_ins import until

pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(900)]
COMMITS = 5_000
NOISY = 12
QUIET = 10


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
    quiet = [
        await _sent(service, recorded.alert.model_dump(mode="json") | {"service": f"quiet-{number}"})
        for number in range(QUIET)
    ]
    await until(lambda: _all_done(service, quiet), 600, pause=0.1)
    overtaken = [each for each in noisy if not await _done(service, each)]
    assert overtaken, "every incident of the loud sender was investigated before those of the quiet ones"
    await until(lambda: _all_done(service, noisy), 600, pause=0.5)


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


async def _all_done(service: Served, incidents: list[str]) -> bool:
    for each in incidents:
        if not await _done(service, each):
            return False
    return True


async def _done(service: Served, incident: str) -> bool:
    status: str = (await service.client.get(f"/incidents/{incident}")).raise_for_status().json()["status"]
    return status in ("done", "failed")
