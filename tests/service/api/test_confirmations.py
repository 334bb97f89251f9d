"""POST /incidents/{id}/confirmations: who may say what the command showed, and what is believed."""

from pathlib import Path
from typing import Any

import pytest

from service.settings import Settings
from service.store.store import Store
from tests.repositories import Built
from tests.service.api.caller import caller
from tests.service.policy.stage import judged, shop

ONE_DATABASE = True


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return shop(tmp_path)


def told(built: Built, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (fields of a confirmation)
    base, blamed, _ = built.shas
    trials = [{"commit": base, "outcome": "passed"}, {"commit": blamed, "outcome": "failed", "output": "a\x00b"}]
    named = {"suspected": blamed, "culprit": blamed, "proven": blamed, "confirmed": True, "probability": 0.99}
    return {"command": "./check", **named, "trials": trials, **changes}


async def test_what_was_run_elsewhere_is_stored_under_the_name_of_the_token(
    store: Store, settings: Settings, built: Built
) -> None:
    incident = await judged(store, built)
    async with caller(store, settings) as http:
        assert (await http.post(f"/incidents/{incident}/confirmations", json=told(built))).status_code == 201
        stored = (await http.get(f"/incidents/{incident}")).json()["confirmation"]
    assert (stored["actor"], stored["found"]["confirmed"]) == ("ana", True)


async def test_who_may_not_revert_may_not_say_it(store: Store, settings: Settings, built: Built) -> None:
    incident = await judged(store, built)
    async with caller(store, settings, "feedback:write", "incidents:read") as http:
        assert (await http.post(f"/incidents/{incident}/confirmations", json=told(built))).status_code == 403
    assert await store.confirmations.of(incident) == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"suspected": "f" * 40}, "suspected"),
        ({"proven": "f" * 40}, "proven"),
        ({"trials": []}, "proven"),
        ({"trials": [{"commit": "main", "outcome": "passed"}]}, "trials"),
        ({"proven": None}, "confirmed"),
        ({"proven": None, "confirmed": False, "trials": []}, "confirmed"),
    ],
)
async def test_what_does_not_follow_from_the_trials_is_refused(
    store: Store, settings: Settings, built: Built, changes: dict[str, Any], field: str
) -> None:
    incident = await judged(store, built)
    async with caller(store, settings) as http:
        answer = await http.post(f"/incidents/{incident}/confirmations", json=told(built, **changes))
    assert (answer.status_code, answer.json()["detail"][0]["loc"][-1]) == (422, field)
    assert await store.confirmations.of(incident) == ()


async def test_health_tells_of_a_policy_that_cannot_be_read(store: Store, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("mode = ")
    async with caller(store, settings.model_copy(update={"policy": file})) as http:
        broken = await http.get("/healthz")
        file.write_text('mode = "shadow"')
        mended = await http.get("/healthz")
    assert (broken.status_code, "cannot be read" in broken.json()["policy"]) == (200, True)
    assert mended.json()["policy"] == ""
