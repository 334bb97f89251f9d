"""Parsing a trace takes up to a second, so it is done when the alert comes in, and what was read is carried along."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import update

from incidents.incident import Status
from models.scripted import ScriptedModel
from service.api.routes import create_api
from service.settings import Settings
from service.store.store import Store
from service.store.tables import AlertRow
from service.worker.investigator import Investigator
from service.worker.triage import Triage
from tests.elastic.fixtures import LogStore
from tests.repositories import build
from tests.service.days import Day, investigated, shop_with_a_hotfix
from tests.service.stand_ins import AUTHORIZED, Bell, until
from tests.shop import TRACE, Shop, build_shop, script
from tools.traces.unwrap.lines import Log, read_log

ONE_DATABASE = True


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is parsed, in order: the parser splits each into lines first."""
    texts: list[str] = []

    def counted(text: str) -> Log:
        texts.append(text)
        return read_log(text)

    monkeypatch.setattr("tools.traces.read_log", counted)
    return texts


@pytest.fixture
def shop(settings: Settings) -> Shop:
    return build_shop(settings.repositories["shop"])


@pytest.fixture
def agents(settings: Settings) -> Settings:
    return settings.model_copy(update={"model_url": "http://x/v1", "model_name": "tiny", "poll_seconds": 0.05})


@asynccontextmanager
async def at_work(store: Store, settings: Settings, shop: Shop) -> AsyncIterator[None]:
    """Triage with the real investigator; only the model's words are scripted."""
    investigator = Investigator(settings, store.deploys)
    model = ScriptedModel(script(shop))
    investigator._model = model  # type: ignore[assignment]
    triage = Triage(store, investigator, settings)
    work = asyncio.create_task(triage.run())
    try:
        yield
    finally:
        await triage.stop()
        await work


async def sent(store: Store, settings: Settings, shop: Shop) -> str:
    """The alert over HTTP; its incident."""
    transport = httpx.ASGITransport(create_api(store, Bell(), settings))
    revisions = {"base": shop.shas["import"], "deployed": shop.shas["readme"]}
    body = {"service": "checkout", "repository": "shop", "message": "carts fail", "stack_trace": TRACE, **revisions}
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=AUTHORIZED) as client:
        answer = await client.post("/alerts", json=body)
    return str(answer.raise_for_status().json()["id"])


async def brought_to_its_end(store: Store, settings: Settings, shop: Shop, incident: str) -> None:
    async def ended() -> bool:
        return (await store.queries.incident(incident)).status in (Status.DONE, Status.FAILED)

    async with at_work(store, settings, shop):
        await until(ended)
    seen = await store.queries.incident(incident)
    assert seen.verdict, seen.failure
    assert (seen.verdict.culprit, seen.verdict.mode) == (shop.culprit, "agents")


async def test_one_incident_is_one_parse_from_the_alert_to_the_report(
    store: Store, agents: Settings, shop: Shop, parsed: list[str]
) -> None:
    incident = await sent(store, agents, shop)
    await brought_to_its_end(store, agents, shop, incident)
    assert parsed == [f"carts fail\n{TRACE}"]


async def test_a_service_of_several_repositories_needs_no_more(
    store: Store, agents: Settings, shop: Shop, parsed: list[str]
) -> None:
    other = build(shop.path.parent, [{"files": {"a.txt": f"{n}\n"}} for n in range(3)], name="pages")
    changed = {
        "repositories": {**agents.repositories, "pages": other.path},
        "services": {"checkout": ("shop", "pages")},
    }
    several = agents.model_copy(update=changed)
    incident = await sent(store, several, shop)
    await brought_to_its_end(store, several, shop, incident)
    assert len(parsed) == 1


async def test_an_alert_from_before_the_upgrade_is_parsed_when_it_is_investigated(
    store: Store, agents: Settings, shop: Shop, parsed: list[str]
) -> None:
    incident = await sent(store, agents, shop)
    async with store.database.write() as session:
        await session.execute(update(AlertRow).values(trace=None))
    await brought_to_its_end(store, agents, shop, incident)
    assert len(parsed) == 2


async def test_what_another_version_wrote_is_parsed_again(
    store: Store, agents: Settings, shop: Shop, parsed: list[str]
) -> None:
    incident = await sent(store, agents, shop)
    async with store.database.write() as session:
        await session.execute(update(AlertRow).values(trace={"failures": [], "of_tomorrow": 1}))
    await brought_to_its_end(store, agents, shop, incident)
    assert len(parsed) == 2


async def test_the_log_brings_its_documents_and_each_is_parsed_once(
    store: Store, settings: Settings, log_store: LogStore, parsed: list[str]
) -> None:
    day = Day(shop_with_a_hotfix(settings.repositories["shop"]))
    day.deploy("import", 60 * 20)
    day.deploy("guard", 4)
    day.errors(lambda at: 6.0, since=0)
    for row in day.rows[::2]:  # a secret: what is carried is the redacted text
        row["error"]["stack_trace"] += "\npassword = 'hunter2-and-more'"
    knowing = settings.model_copy(update={"logs": log_store.settings()})
    seen = await investigated(store, knowing, day, log_store)
    assert seen.report is not None
    assert seen.report.error.startswith("TypeError: unsupported operand")
    assert "errors above threshold" in parsed
    assert max(Counter(parsed).values()) == 1
