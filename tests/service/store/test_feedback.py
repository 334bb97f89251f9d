"""What people say about verdicts, and what becomes of incidents that ended long ago; on both databases."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select

from service.store.store import Store
from service.store.tables import AlertRow
from tests.service.stand_ins import Bell, found
from tests.service.store.sending import aged, sent, shown


async def test_feedback_labels_the_incident_and_is_audited(client: httpx.AsyncClient) -> None:
    first = await sent(client)
    place = f"/incidents/{first['id']}/feedback"
    wrong = {"label": "wrong", "commit": "c" * 40, "note": "it was the other one, password=hunter2hunter2"}
    assert (await client.post(place, json=wrong)).status_code == 201
    said = (await shown(client, first))["feedback"]
    assert (said["label"], said["commit"]) == ("wrong", "c" * 40)
    assert "hunter2" not in said["note"]
    assert (await client.post(place, json={"label": "not_a_deploy"})).status_code == 201
    said = (await shown(client, first))["feedback"]
    assert (said["label"], said["commit"], said["note"], said["version"]) == ("not_a_deploy", None, "", None)
    assert said["actor"] == "operator"
    assert said["at"]
    records = (await client.get(f"/incidents/{first['id']}/audits")).json()["records"]
    assert [(each["actor"], each["action"]) for each in records] == [("operator", "feedback")] * 2


async def test_what_sends_messages_is_woken_by_feedback(client: httpx.AsyncClient, bell: Bell) -> None:
    first = await sent(client)
    rung = bell.rung
    await client.post(f"/incidents/{first['id']}/feedback", json={"label": "maybe"})
    assert bell.rung == rung
    await client.post(f"/incidents/{first['id']}/feedback", json={"label": "not_a_deploy"})
    assert bell.rung == rung + 1


async def test_feedback_may_name_the_verdict_it_was_said_about(client: httpx.AsyncClient, store: Store) -> None:
    first = await sent(client)
    place = f"/incidents/{first['id']}/feedback"
    claim = await store.leases.claim("me")
    assert claim
    await store.outcomes.finish(claim, found(first["id"]))
    assert (await client.post(place, json={"label": "right", "version": 1})).status_code == 201
    assert (await shown(client, first))["feedback"]["version"] == 1
    refused = await client.post(place, json={"label": "right", "version": 2})
    assert refused.status_code == 404
    assert "has no verdict 2" in refused.text
    assert (await client.post(place, json={"label": "right", "version": 0})).status_code == 422


@pytest.mark.parametrize(
    "body", [{}, {"label": "maybe"}, {"label": "right", "commit": "c" * 40}, {"label": "wrong", "commit": "; rm"}]
)
async def test_feedback_that_says_nothing_clear_is_refused(client: httpx.AsyncClient, body: dict[str, str]) -> None:
    first = await sent(client)
    assert (await client.post(f"/incidents/{first['id']}/feedback", json=body)).status_code == 422


async def test_what_ended_long_ago_is_deleted_with_all_that_belongs_to_it(
    client: httpx.AsyncClient, store: Store
) -> None:
    old, running, fresh = [await sent(client, service=name) for name in ("a", "b", "c")]
    await sent(client, service="a")
    await sent(client, state="test")
    claim = await store.leases.claim("me")
    assert claim
    await store.outcomes.finish(claim, found(old["id"]))
    await client.post(f"/incidents/{claim.incident.id}/feedback", json={"label": "right"})
    long_ago = datetime.now(UTC) - timedelta(days=400)
    await aged(store, claim.incident.id, last_seen_at=long_ago)
    others = {each["id"] for each in (old, running, fresh)} - {claim.incident.id}
    await aged(store, next(iter(others)), last_seen_at=long_ago)
    assert await store.retention.delete_older(180) == [claim.in_round]
    assert {each.id for each in await store.queries.incidents()} == others
    assert (await store.queries.audits(claim.incident.id)).records
    async with store.database.read() as session:
        left = await session.scalar(
            select(func.count()).select_from(AlertRow).where(AlertRow.incident_id == claim.incident.id)
        )
    assert left == 0
