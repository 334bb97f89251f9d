"""A replica that has just started: what it does before everything is imported, and what it says about itself."""

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import Iterator

import httpx
import pytest

from service.replicas.ingress import HttpReplica
from service.replicas.triage import WorkingReplica
from service.routing.channels import Notify, SlackChannel
from service.settings import Settings
from service.store.store import Store
from tests.service.notify import slack_server
from tests.service.notify.slack_api import CHANNEL, TOKEN, Slack
from tests.service.stand_ins import ALERT, AUTHORIZED, alert, until

# Ray's own modules warn when they are imported.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(autouse=True)
def unfrozen() -> Iterator[None]:
    """A replica takes what is imported out of the garbage collector's way."""
    yield
    gc.unfreeze()


class Late:
    """A triage that starts when it is told to."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()

    async def wake(self) -> None:
        """Nothing is there to be woken."""

    async def started(self) -> None:
        """Wait for it."""
        await self.ready.wait()


async def test_healthz_waits_until_messages_are_sent_and_alerts_are_taken_meanwhile(settings: Settings) -> None:
    triage = Late()
    replica = HttpReplica(settings, triage)
    async with (
        replica.api.router.lifespan_context(replica.api),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(replica.api), base_url="http://redtide", headers=AUTHORIZED
        ) as client,
    ):
        before = await client.get("/healthz")
        taken = await client.post("/alerts", json=ALERT)
        triage.ready.set()

        async def healthy() -> bool:
            return (await client.get("/healthz")).is_success

        await until(healthy)
        replica.drain()
        after = await client.get("/healthz")
    assert (before.status_code, before.json()["status"]) == (503, "starting")
    assert taken.status_code == 202
    assert (after.status_code, after.json()["status"]) == (503, "draining")


async def test_the_first_message_waits_for_no_import(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = threading.Event()
    monkeypatch.setattr("service.replicas.triage.load", imported.wait)
    monkeypatch.setenv("REDTIDE_SLACK_TOKEN", TOKEN)
    async with slack_server.running(Slack()) as slack:
        channel = SlackChannel(kind="slack", channel=CHANNEL, api_url=slack.url)
        notify = Notify.model_validate({"networks": ["127.0.0.0/8"], "channels": {"oncall": channel}})
        told = settings.model_copy(update={"notify": notify})
        replica = WorkingReplica(told, lambda channel, result: None)
        await asyncio.wait_for(replica.started(), 60)
        store = Store(told.store_address(), told.life, told.notify.channels)
        await store.intake.accept(alert(), "{}")
        await replica.wake()
        await slack.until(lambda: len(slack.top) == 1)
        first = slack.top[0].header
        imported.set()
        await slack.until(lambda: slack.top[0].header != first)
        await replica.stop()
        await store.close()
    assert first.startswith("Investigating")
    assert len(slack.top) == 1


@pytest.mark.parametrize(
    ("imported", "not_needed"),
    [
        ("service.app", "service.api.routes service.store.store service.notify.deliverer graph.workflow"),
        ("service.replicas.triage", "service.api.routes service.console.routers langgraph"),
        ("service.replicas.ingress", "service.worker.triage service.rescoring.actors langgraph"),
    ],
)
def test_no_process_imports_what_only_another_one_needs(imported: str, not_needed: str) -> None:
    script = f"import sys, {imported}; print([each for each in {not_needed.split()!r} if each in sys.modules])"
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
