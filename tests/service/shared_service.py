"""One `redtide serve` for all tests that leave it able to serve the next one: starting it costs 20 seconds of a processor.

A pytest plugin (named in tests/conftest.py). A test that takes `shared` or `second_life` says `asyncio(loop_scope="session")`.
The service has a repository for each recorded incident of `KNOWN`, one of 2,000 commits, and a Slack channel that gets the
incidents of one service only. When no test needs `shared` any more it is stopped and started again over the same store, as the
service of the tests that would disturb the others: tests/conftest.py puts them last.
"""

import json
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pygit2
import pytest
import pytest_asyncio

from tests.recorded import FOLDERS, Recorded, load
from tests.serve_llm import OneCluster
from tests.service.notify import slack_server
from tests.service.notify.slack_api import CHANNEL, TOKEN, Slack
from tests.service.served import Served, served
from tests.service.stand_ins import until

KNOWN = ("python-callee-in-another-file", "php-removed-method", "python-config-key-renamed")
COMMITS = 2_000
SECRET = "the-secret-of-the-sender"
FOR_EVER = {"seconds": 600.0, "unproven_seconds": 600.0}
"""No deadline ends an attack: what is answered is answered while it goes on."""


@dataclass(frozen=True)
class History:
    """A long history: its bare repository, its first and its last commit."""

    path: Path
    first: str
    last: str


@dataclass(frozen=True)
class Shared:
    """The service, and what it knows. `told` are the messages about incidents of the service that `php` is about.

    `first` is an incident that `restarted` is about, which nobody else uses.
    """

    folder: Path
    service: Served
    python: Recorded
    php: Recorded
    restarted: Recorded
    first: str
    long: History
    told: Slack


@dataclass(frozen=True)
class SecondLife:
    """The service after SIGTERM and a new start, which has done what was left to do, and what was seen on the way.

    `seen`, `trace` and `docs` are from before, `status`, `left` (processes that still ran) and `lines` (of its
    log) from the stop, and `after` is the same incident as the new one shows it; `last` is the incident that was left.
    """

    service: Served
    first: Served
    seen: dict[str, Any]
    trace: dict[str, Any]
    docs: int
    last: str
    status: int
    left: list[str]
    lines: list[str]
    after: dict[str, Any]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared(tmp_path_factory: pytest.TempPathFactory, one_cluster: OneCluster) -> AsyncIterator[Shared]:
    """The running service; it ends with the run of tests. The tests that share a cluster are over (tests/conftest.py)."""
    one_cluster.end()
    folder = tmp_path_factory.mktemp("shared")
    recorded = [load(_folder(name), folder / name) for name in KNOWN]
    python, php, restarted = recorded
    long = _long_history(folder / "long")
    known = {each.alert.repository: str(each.repository) for each in recorded} | {"long": str(long.path)}
    assert len(known) == 4
    async with slack_server.running(Slack()) as slack:
        variables = {
            "REDTIDE_NOTIFY": _only(php.alert.service, slack),
            "REDTIDE_SLACK_TOKEN": TOKEN,
            "REDTIDE_DRAIN_SECONDS": "1",  # nobody waits for what it works on when it is stopped
        }
        async with served(folder, known, **variables) as service:
            first = await sent(service, restarted.alert.model_dump(mode="json"))
            yield Shared(folder, service, python, php, restarted, first, long, slack)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def second_life(shared: Shared) -> AsyncIterator[SecondLife]:
    """Stopped while it has work, and started again without a dashboard; in the end stopped as from a keyboard.

    The long history is not known to it, so that it does not go on with what other tests left.
    """
    first, alert = shared.service, shared.restarted.alert.model_dump(mode="json")
    await until(lambda: done(first, shared.first), 240, pause=0.2)
    seen = (await first.client.get(f"/incidents/{shared.first}")).json()
    trace = (await first.client.get(f"/incidents/{shared.first}/trace")).json()
    docs = (await first.client.get("/docs")).status_code
    last = await sent(first, alert | {"service": "another"})
    status = await first.stop(signal.SIGTERM)
    left = processes_naming(str(first.ray_folder))
    lines = (shared.folder / "log").read_text(encoding="utf-8").splitlines()
    settings = {"REDTIDE_SECRETS_SENTRY": SECRET, "REDTIDE_BODIES": json.dumps(FOR_EVER)}
    settings |= {"REDTIDE_DASHBOARD": "false", "REDTIDE_DRAIN_SECONDS": "1"}
    known = {shared.restarted.alert.repository: str(shared.restarted.repository), "shop": str(shared.folder / "shop")}
    async with served(shared.folder, known, **settings) as service:
        await until(lambda: done(service, last), 240, pause=0.2)
        after = (await service.client.get(f"/incidents/{shared.first}")).json()
        yield SecondLife(service, first, seen, trace, docs, last, status, left, lines, after)
        assert await service.stop(signal.SIGINT) == 0


async def sent(service: Served, alert: dict[str, Any]) -> str:
    """Send an alert; the id of its incident."""
    return str((await service.client.post("/alerts", json=alert)).raise_for_status().json()["id"])


async def done(service: Served, incident: str) -> bool:
    """Whether its verdict is there."""
    status: str = (await service.client.get(f"/incidents/{incident}")).raise_for_status().json()["status"]
    return status == "done"


def processes_naming(text: str) -> list[str]:
    """Command lines of running processes that contain `text`."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return [line for line in lines if text in line]


def _folder(name: str) -> Path:
    return next(folder for folder in FOLDERS if folder.name == name)


def _only(service: str, slack: Slack) -> str:
    """Settings of one Slack channel for the incidents of one service."""
    channel = {"kind": "slack", "channel": CHANNEL, "api_url": slack.url, "services": [service]}
    return json.dumps({"channels": {"oncall": channel}, "networks": ["127.0.0.0/8"]})


def _long_history(path: Path) -> History:
    repository = pygit2.init_repository(str(path), bare=True)
    who = pygit2.Signature("a", "a@example.org", 1_700_000_000)
    ids: list[pygit2.Oid] = []
    files = repository.TreeBuilder()
    for number in range(COMMITS):
        content = "".join(f"def step_{line}(cart):\n    return cart.total({number + line})\n" for line in range(20))
        files.insert(f"module_{number % 40}.py", repository.create_blob(content.encode()), pygit2.enums.FileMode.BLOB)
        ids.append(repository.create_commit("refs/heads/main", who, who, f"Change {number}", files.write(), ids[-1:]))
    return History(path, str(ids[0]), str(ids[-1]))
