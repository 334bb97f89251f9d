"""`redtide watch` as a process: its lines come at once, Ctrl-C ends it, and a server may be away for a moment."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from incidents.errors import ServerUnavailable
from service.cli import client
from service.cli.target import Remote
from service.cli.watch import _watched
from service.settings import Settings
from service.store.schemas import IncidentPage
from tests.recorded import Recorded
from tests.service.cli.live_service import ANA, live_service
from tests.service.cli.ran import RedTide
from tests.service.dying import die_with_us

ONE_DATABASE = True
CULPRIT = "04-no-empty-carts"


def _hears_ctrl_c() -> None:
    """A program in the background of a shell ignores Ctrl-C, and so would whatever it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    die_with_us()


@contextmanager
def watching(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """The command, which is ended with the block."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REDTIDE_")}
    command = [sys.executable, "-m", "service.cli", "watch", "--interval", "0.05", *arguments]
    with subprocess.Popen(
        command,
        cwd=Path(__file__).parents[3],
        env=environment | {"REDTIDE_TOKEN": ANA},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hears_ctrl_c,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(stream: object) -> str:
    """The next line; it waits for it."""
    return str(stream.readline())  # type: ignore[attr-defined]


@pytest.fixture
def configured(sample: Recorded, store_url: str) -> Settings:
    """A service that knows the sample's repository."""
    return Settings(store_url=store_url, repositories={"shop": sample.repository})


async def test_ctrl_c_ends_it_when_a_request_takes_it_for_a_lost_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    asking, again = asyncio.Event(), asyncio.Event()

    class Losing:
        """Its second answer never comes."""

        place = "here"

        async def page(self, most: int, **filters: object) -> IncidentPage:
            if not asking.is_set() and most:
                asking.set()
                return IncidentPage(incidents=(), next=None)
            again.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as error:
                raise ServerUnavailable("the connection is lost") from error
            raise AssertionError("nobody pressed Ctrl-C")

    @asynccontextmanager
    async def connected(where: object) -> AsyncIterator[Losing]:
        yield Losing()

    monkeypatch.setattr(client, "connected", connected)
    options = Namespace(service=None, repository=None, environment=None, interval=0.001, json=False)
    task = asyncio.ensure_future(_watched(options, Remote(url="http://127.0.0.1:9")))
    await again.wait()
    task.cancel()
    await asyncio.wait_for(task, 120)


def send(url: str, sample: Recorded) -> str:
    """An alert as a system sends it; the id of its incident."""
    body = sample.alert.model_dump(mode="json", exclude_none=True)
    headers = {"Authorization": f"Bearer {ANA}"}
    return str(httpx.post(f"{url}/alerts", json=body, headers=headers).raise_for_status().json()["id"])


def test_changes_come_as_lines_until_ctrl_c(configured: Settings, sample: Recorded) -> None:
    with live_service(configured) as live, watching("--server", live.url, "--json") as process:
        assert line_of(process.stderr) == f"watching {live.url}; Ctrl-C ends it\n"
        incident = send(live.url, sample)
        states = [json.loads(line_of(process.stdout))]
        while states[-1]["outcome"] is None:
            states.append(json.loads(line_of(process.stdout)))
        assert {each["id"] for each in states} == {incident}
        assert states[-1]["culprit"] == sample.shas[CULPRIT]
        process.send_signal(signal.SIGINT)
        assert (process.wait(30), process.stderr.read() if process.stderr else "") == (0, "")


def test_a_server_may_be_away_for_a_moment(configured: Settings, sample: Recorded) -> None:
    with ExitStack() as first:
        url = first.enter_context(live_service(configured)).url
        with watching("--server", url) as process:
            assert line_of(process.stderr) == f"watching {url}; Ctrl-C ends it\n"
            first.close()
            assert line_of(process.stderr).endswith("; trying again\n")
            with live_service(configured, port=int(url.rpartition(":")[2])):
                assert line_of(process.stderr) == f"{url} answers again\n"
                incident = send(url, sample)
                assert incident in line_of(process.stdout)


def test_who_is_gone_from_the_start_is_an_error(redtide: RedTide) -> None:
    ran = redtide("watch", "--server", "http://127.0.0.1:1")
    assert (ran.status, "cannot be reached" in ran.err) == (2, True)


@pytest.mark.parametrize("seconds", ["0", "nan", "-1", "99999"])
def test_an_interval_is_a_span_of_time(redtide: RedTide, seconds: str) -> None:
    ran = redtide("watch", "--interval", seconds)
    assert (ran.status, "--interval: give seconds from 0.05 to 3600" in ran.err) == (2, True)
