"""POST /incidents/{id}/revert and /reverts/...: who may do what, and how refusals are answered."""

import httpx
import pytest

from service.api.auth.tokens import Scope
from tests.service.api.caller import caller as client_of
from tests.service.reverts.conftest import at_github, forge_token, github
from tests.service.reverts.scene import Scene

ONE_DATABASE = True
__all__ = ["at_github", "forge_token", "github"]  # fixtures
ACTS = ("approve", "execute", "cancel", "object", "refresh")


def caller(scene: Scene, *scopes: Scope) -> httpx.AsyncClient:
    return client_of(scene.store, scene.settings, *scopes)


async def test_a_revert_goes_from_the_plan_to_the_pull_request_and_is_listed(at_github: Scene) -> None:
    async with caller(at_github) as http:
        planned = (await http.post(f"/incidents/{at_github.incident}/revert")).json()
        assert (planned["state"], planned["planned_by"]) == ("planned", "ana")
        assert (await http.post(f"/reverts/{planned['id']}/approve")).json()["approved_by"] == ["ana"]
        opened = (await http.post(f"/reverts/{planned['id']}/execute")).json()
        assert (opened["state"], opened["number"]) == ("open", 1)
        listed = (await http.get("/reverts", params={"incident": at_github.incident, "state": ["open"]})).json()
        assert [each["id"] for each in listed["reverts"]] == [planned["id"]]
        assert (await http.get("/reverts", params={"state": ["merged"]})).json() == {"reverts": []}
        assert (await http.get(f"/reverts/{planned['id']}")).json() == opened
        assert (await http.post(f"/reverts/{planned['id']}/object")).json()["state"] == "objected"
    assert at_github.remote.pushed() == {}


@pytest.mark.parametrize("scope", ["alerts:write", "incidents:read", "feedback:write"])
async def test_without_the_scope_nothing_is_planned_or_executed(at_github: Scene, scope: Scope) -> None:
    revert = await at_github.approved()
    async with caller(at_github, scope) as http:
        assert (await http.post(f"/incidents/{at_github.incident}/revert")).status_code == 403
        refused = {act for act in ACTS if (await http.post(f"/reverts/{revert}/{act}")).status_code == 403}
        seen = (await http.get(f"/reverts/{revert}")).status_code
    assert refused == set(ACTS) - ({"object"} if scope == "feedback:write" else set())
    assert seen == (200 if scope == "incidents:read" else 403)
    assert at_github.remote.pushed() == {}


async def test_refusals_say_what_is_wrong(at_github: Scene) -> None:
    async with caller(at_github) as http:
        unknown = await http.post("/incidents/INC-nobody/revert")
        assert (unknown.status_code, unknown.json()["detail"]) == (404, "no incident has the id INC-nobody")
        assert (await http.post("/reverts/REV-nobody/approve")).status_code == 404
        other = await http.post(f"/incidents/{at_github.incident}/revert", json={"commit": "f" * 40})
        assert other.status_code == 422
        assert "no commit that the verdict" in other.json()["detail"][0]["msg"]
        planned = (await http.post(f"/incidents/{at_github.incident}/revert")).json()["id"]
        early = await http.post(f"/reverts/{planned}/execute")
        assert (early.status_code, "is planned" in early.json()["detail"]) == (409, True)
        at_github.remote.git.refuse = b"down"
        down = await http.post(f"/incidents/{at_github.incident}/revert", json={"dry_run": True})
        assert down.status_code == 200
        assert "planned on the head as it was last fetched" in down.json()["notes"][0]
