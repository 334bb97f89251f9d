"""One `redtide serve` for all tests that leave it able to serve the next one: starting it costs 20 seconds of a processor.

A pytest plugin (named in tests/conftest.py). A test that takes `shared` says `asyncio(loop_scope="session")`. It has a repository for
each recorded incident of `KNOWN`, one of 2,000 commits, and a Slack channel that gets the incidents of one service only.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pygit2
import pytest
import pytest_asyncio

from tests.recorded import FOLDERS, Recorded, load
from tests.service.notify import slack_server
from tests.service.notify.slack_api import CHANNEL, TOKEN, Slack
from tests.service.served import Served, served

KNOWN = ("python-callee-in-another-file", "php-removed-method")
COMMITS = 2_000


@dataclass(frozen=True)
class History:
    """A long history: its bare repository, its first and its last commit."""

    path: Path
    first: str
    last: str


@dataclass(frozen=True)
class Shared:
    """The service, and what it knows. `told` are the messages about incidents of the service that `php` is about."""

    service: Served
    python: Recorded
    php: Recorded
    long: History
    told: Slack


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shared]:
    """The running service; it ends with the run of tests."""
    folder = tmp_path_factory.mktemp("shared")
    python, php = (load(_folder(name), folder / name) for name in KNOWN)
    long = _long_history(folder / "long")
    known = {each.alert.repository: str(each.repository) for each in (python, php)} | {"long": str(long.path)}
    assert len(known) == 3
    async with slack_server.running(Slack()) as slack:
        variables = {
            "REDTIDE_NOTIFY": _only(php.alert.service, slack),
            "REDTIDE_SLACK_TOKEN": TOKEN,
            "REDTIDE_DRAIN_SECONDS": "1",  # nobody waits for what it works on when it is stopped
        }
        async with served(folder, known, **variables) as service:
            yield Shared(service, python, php, long, slack)


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
