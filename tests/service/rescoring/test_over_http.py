import asyncio

import httpx
import pytest

from incidents.errors import StoreUnavailable
from service.rescoring.configuration import Configuration
from service.rescoring.running import carry_out
from service.rescoring.waiting import rescoring
from service.settings import Settings
from service.store.rescoring_schemas import COMMAND_LINE, Selection
from service.store.store import Store
from tests.service.rescoring.investigated import InProcess, investigated
from tests.service.stand_ins import until
from tests.shop import Shop, build_shop


@pytest.fixture
def shop(settings: Settings) -> Shop:
    return build_shop(settings.repositories["shop"])


async def test_a_run_that_was_asked_for_is_carried_out_and_its_result_stays(
    store: Store, settings: Settings, shop: Shop, client: httpx.AsyncClient
) -> None:
    await investigated(store, settings, shop, services=2)
    asked = await client.post(
        "/rescorings", json={"name": "again", "agents": False, "changed": {"limits.samples": "3"}}
    )
    assert (asked.status_code, asked.json()["state"], asked.json()["total"]) == (202, "waiting", 2)
    assert (await client.get("/rescorings/again/result")).status_code == 204
    quick = settings.model_copy(update={"poll_seconds": 0.05})
    made: list[Configuration] = []

    def make(name: str, configuration: Configuration) -> InProcess:
        made.append(configuration)
        return InProcess(settings, configuration)

    async def done() -> bool:
        return (await client.get("/rescorings/again/result")).status_code == 200

    async with rescoring(store, quick, make):
        await until(done)
    assert made == [Configuration(agents=False, changed={"limits.samples": "3"}).begun_with(quick)]
    assert (await client.get("/rescorings/again")).json()["state"] == "done"
    result = (await client.get("/rescorings/again/result")).json()
    assert (result["incidents"], result["flips"], result["failures"]) == (2, [], {})
    listed = (await client.get("/rescorings")).json()["rescorings"]
    assert [each["name"] for each in listed] == ["again"]


async def test_a_browser_gets_the_report(
    store: Store, settings: Settings, shop: Shop, client: httpx.AsyncClient
) -> None:
    await investigated(store, settings, shop)
    await client.post("/rescorings", json={"name": "again"})
    api_only = {"Accept": "application/json"}
    assert (await client.get("/rescorings/again", headers=api_only)).json()["state"] == "waiting"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"changed": {"model_url": "http://169.254.169.254/"}}, "changed"),
        ({"changed": {"limits.never": "1"}}, "changed"),
        ({"prompts": {"zero_shot.md": "{{ 7 * 7 }}"}}, "prompts"),
        ({"name": "../../etc"}, "name"),
        ({"selection": {"limit": 0}}, "limit"),
        ({"selection": {"since": "2026-01-01T00:00:00"}}, "since"),
        ({"selection": {"until": "0001-01-01T00:00:00+14:00"}}, "until"),
        ({"selection": {"service": "\x00"}}, "service"),
    ],
)
async def test_what_could_reach_elsewhere_or_is_wrong_is_refused(
    client: httpx.AsyncClient, body: dict[str, object], field: str
) -> None:
    refused = await client.post("/rescorings", json=body)
    assert refused.status_code == 422
    assert field in refused.text


async def test_a_run_that_cannot_be_begun_is_stopped_with_its_reason(
    store: Store, settings: Settings, shop: Shop, client: httpx.AsyncClient
) -> None:
    await investigated(store, settings, shop)
    await client.post("/rescorings", json={"name": "bad", "changed": {"limits.samples": "many"}})

    async def stopped() -> bool:
        return bool((await client.get("/rescorings/bad")).json()["state"] == "stopped")

    quick = settings.model_copy(update={"poll_seconds": 0.05})
    async with rescoring(store, quick, lambda name, configuration: InProcess(settings, configuration)):
        await until(stopped)
    assert "limits.samples" in (await client.get("/rescorings/bad")).json()["problem"]


async def test_a_run_is_stopped_and_continued_by_name(
    store: Store, settings: Settings, shop: Shop, client: httpx.AsyncClient
) -> None:
    await investigated(store, settings, shop)
    await client.post("/rescorings", json={"name": "again"})
    assert (await client.post("/rescorings/again/stop")).json()["state"] == "stopped"
    assert await store.rescorings.waiting() is None
    assert await store.rescorings.claim("me", 60, "again")
    assert (await client.get("/rescorings/again")).json()["state"] == "running"
    await asyncio.sleep(0)


async def test_a_bug_in_one_run_stops_that_run_and_no_other(
    store: Store, settings: Settings, shop: Shop, client: httpx.AsyncClient
) -> None:
    await investigated(store, settings, shop)
    for name in ("broken", "fine"):
        await client.post("/rescorings", json={"name": name})

    def make(name: str, configuration: Configuration) -> InProcess:
        if name == "broken":
            raise ValueError("an actor of that name exists")
        return InProcess(settings, configuration)

    async def done() -> bool:
        return (await client.get("/rescorings/fine/result")).status_code == 200

    async with rescoring(store, settings.model_copy(update={"poll_seconds": 0.05}), make):
        await until(done)
    assert (await client.get("/rescorings/broken")).json()["state"] == "stopped"


async def test_a_run_of_the_command_line_is_left_to_the_command_line(
    store: Store, settings: Settings, shop: Shop
) -> None:
    await investigated(store, settings, shop)
    await store.rescorings.create("mine", {"prompts": {"zero_shot.md": "Did it?"}}, Selection(), COMMAND_LINE)
    assert await store.rescorings.waiting() is None


async def test_the_comparison_is_made_also_when_its_maker_died_before(
    store: Store, settings: Settings, shop: Shop, client: httpx.AsyncClient
) -> None:
    await investigated(store, settings, shop)
    await store.rescorings.create("mine", {}, Selection(), COMMAND_LINE)
    await carry_out(store, "mine", lambda: InProcess(settings))

    async def done() -> bool:
        return (await client.get("/rescorings/mine/result")).status_code == 200

    quick = settings.model_copy(update={"poll_seconds": 0.05})
    async with rescoring(store, quick, lambda name, configuration: InProcess(settings, configuration)):
        await until(done)


async def test_a_store_that_is_away_interrupts_no_rescoring_that_nobody_asked_for(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = 0

    async def waiting() -> str:
        nonlocal asked
        asked += 1
        raise StoreUnavailable("gone")

    async def often() -> bool:
        return asked > 2

    def never(name: str, configuration: Configuration) -> InProcess:
        pytest.fail("nothing was asked for")

    monkeypatch.setattr(store.rescorings, "waiting", waiting)
    async with rescoring(store, settings.model_copy(update={"poll_seconds": 0.01}), never):
        await until(often)
    assert "interrupted" not in caplog.text
