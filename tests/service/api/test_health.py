"""Health, and what the OpenAPI document shows."""

from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import text

from incidents.alert import Alert, Deploy
from service.api import openapi_examples as examples
from service.api.routes import create_api
from service.api.store_health import StoreProbe
from service.settings import Settings
from service.store.store import Store
from tests.service.stand_ins import ALERT, AUTHORIZED, Bell

ONE_DATABASE = True
pytestmark = pytest.mark.usefixtures("bodies_are_read_in_a_fork")


async def test_health_tells_the_mode_and_counts(client: httpx.AsyncClient) -> None:
    await client.post("/alerts", json=ALERT)
    answer = await client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["mode"] == "evidence-only"
    assert answer.json()["incidents"] == {"open": 1}


async def test_a_model_that_cannot_be_reached_leaves_the_service_healthy(store: Store, settings: Settings) -> None:
    model = {"model_url": "http://127.0.0.1:9/v1", "model_name": "tiny"}
    api = create_api(store, Bell(), settings.model_copy(update=model))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api), base_url="http://redtide", headers=AUTHORIZED
    ) as client:
        answer = await client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["model"] == {"configured": True, "name": "tiny", "reachable": False, "detail": "ConnectError"}


async def test_health_is_503_while_draining(store: Store, settings: Settings) -> None:
    api = create_api(store, Bell(), settings)
    api.state.parts.draining = True
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api), base_url="http://redtide", headers=AUTHORIZED
    ) as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "draining")


async def test_a_store_that_fails_is_a_503_to_try_again(client: httpx.AsyncClient, store: Store) -> None:
    async with store.database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE incidents RENAME TO stolen"))
    answers = [await client.post("/alerts", json=ALERT), await client.get("/incidents")]
    health = await client.get("/healthz")
    assert [answer.status_code for answer in answers] == [503, 503]
    assert answers[0].headers["retry-after"]
    assert (health.status_code, health.json()["status"]) == (503, "store unavailable")


async def test_a_store_that_cannot_be_written_is_not_ready_until_it_can(store: Store, settings: Settings) -> None:
    if "postgresql" in settings.store_url:
        pytest.skip("its server writes to the disk of all tests")
    api = create_api(store, Bell(), settings)
    now = 0.0
    api.state.parts.writes = StoreProbe(store.spent, lambda: now)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://redtide") as client:

        async def asked() -> tuple[int, str, str]:
            answer = await client.get("/healthz")
            health = answer.json()
            return answer.status_code, health["status"], health["store"]

        async with store.database.engine.connect() as connection:
            await connection.execute(text("PRAGMA query_only = ON"))
        status, word, reason = await asked()
        assert (status, word) == (503, "store unavailable")
        assert reason.startswith("the database cannot be used (it is read-only")
        await store.database.engine.dispose()
        assert (await asked())[0] == 503  # remembered
        now = 11.0
        assert await asked() == (200, "ok", "")


@pytest.mark.parametrize("example", examples.ALERTS.values(), ids=lambda example: str(example["summary"]))
def test_the_examples_of_alerts_are_valid(example: dict[str, Any]) -> None:
    assert Alert.model_validate(example["value"]).service == "checkout"


def test_the_examples_of_deploys_are_valid() -> None:
    assert [Deploy.model_validate(each["value"]).service for each in examples.DEPLOYS.values()] == ["checkout"]


def test_an_alert_refuses_control_characters_in_names() -> None:
    with pytest.raises(ValidationError):
        Alert.model_validate(ALERT | {"repository": "shop\x7f"})


async def test_openapi_shows_every_endpoint_with_examples(client: httpx.AsyncClient) -> None:
    told = (await client.get("/openapi.json")).json()
    paths = {"/alerts", "/deploys", "/incidents", "/incidents/{incident_id}", "/incidents/{incident_id}/trace"}
    more = {"/alerts/{source}", "/incidents/{incident_id}/audits", "/incidents/{incident_id}/feedback", "/healthz"}
    more |= {"/alerts/refused", "/incidents/{incident_id}/rerun", "/notifications"}
    reverts = {
        "/incidents/{incident_id}/confirmations",
        "/incidents/{incident_id}/revert",
        "/reverts",
        "/reverts/{revert_id}",
    }
    reverts |= {f"/reverts/{{revert_id}}/{verb}" for verb in ("approve", "execute", "cancel", "object", "refresh")}
    rescorings = {"/rescorings", "/rescorings/{name}", "/rescorings/{name}/result", "/rescorings/{name}/stop"}
    assert set(told["paths"]) == paths | more | reverts | rescorings
    assert told["paths"]["/alerts"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert (await client.get("/docs")).status_code == 200
