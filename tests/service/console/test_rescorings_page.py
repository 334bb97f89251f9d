import httpx

from service.api.routes import create_api
from service.console.routers import ROUTERS
from service.rescoring.configuration import Configuration
from service.rescoring.running import carry_out
from service.rescoring.waiting import keep_result
from service.settings import Settings
from service.store.rescoring_schemas import Selection
from service.store.store import Store
from tests.service.rescoring.investigated import InProcess, investigated
from tests.service.stand_ins import AUTHORIZED, Bell
from tests.shop import build_shop

BROWSER = AUTHORIZED | {"Accept": "text/html"}


async def test_a_browser_sees_the_runs_and_the_report(store: Store, settings: Settings) -> None:
    shop = build_shop(settings.repositories["shop"])
    (incident,) = await investigated(store, settings, shop)
    dumped = Configuration().model_dump(mode="json")
    await store.rescorings.create("again", dumped, Selection(), "<b>ana</b>")
    transport = httpx.ASGITransport(create_api(store, Bell(), settings, pages_first=ROUTERS))
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=BROWSER) as browser:
        listed = (await browser.get("/rescorings")).text
        assert "0 of 1" in listed
        assert "<b>ana" not in listed
        assert "waiting" in (await browser.get("/rescorings/again")).text
        await carry_out(store, "again", lambda: InProcess(settings))
        await keep_result(store, settings, "again")
        report = await browser.get("/rescorings/again")
    assert "No answer changed." in report.text
    assert "script-src" not in report.headers["content-security-policy"]
    assert incident not in report.text  # nothing flipped
