"""Links in answers are ours: no header that a sender writes gets into them."""

import httpx
import pytest

from service.api.routes import create_api
from service.settings import Settings
from service.store.store import Store
from tests.service.stand_ins import ALERT, AUTHORIZED, Bell

ONE_DATABASE = True
EVIL = {"Host": "evil.example.org", "X-Forwarded-Host": "evil.example.org"}


@pytest.mark.parametrize("public", [None, "https://redtide.example.org/tide/"])
async def test_a_link_is_relative_or_below_the_public_address(
    store: Store, settings: Settings, public: str | None
) -> None:
    api = create_api(store, Bell(), settings.model_copy(update={"public_url": public}))
    start = "" if public is None else "https://redtide.example.org/tide"
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api), base_url="http://redtide", headers=AUTHORIZED | EVIL
    ) as client:
        taken = [await client.post("/alerts", json=ALERT | {"service": f"s{number}"}) for number in range(2)]
        listed = await client.get("/incidents", params={"limit": 1, "status": "open"})
        elsewhere = await client.get("/incidents/")
    first, second = (answer.json()["id"] for answer in taken)
    assert [answer.json()["url"] for answer in taken] == [f"{start}/incidents/{each}" for each in (first, second)]
    assert taken[0].headers["location"] == f"{start}/incidents/{first}"
    assert (
        listed.json()["next"] == f"{start}/incidents?limit=1&status=open&before={listed.json()['incidents'][0]['id']}"
    )
    assert "evil" not in f"{taken} {listed.headers} {listed.text} {elsewhere.headers} {elsewhere.text}"
