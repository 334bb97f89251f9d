"""Bodies of proven senders that would cost too much, or say less than they seem to."""

import json
from typing import Any

import httpx
import pytest

from service.intake.sources import SOURCES
from service.store.store import Store
from tests.service.payloads import ALERTMANAGER, SENTRY, TRACE

ONE_DATABASE = True
pytestmark = pytest.mark.usefixtures("bodies_are_read_in_a_fork")


async def test_a_trace_that_a_group_repeats_for_each_alert_is_refused_and_the_field_named(
    client: httpx.AsyncClient,
) -> None:
    one = ALERTMANAGER["alerts"][0]
    many = [one | {"fingerprint": f"{number:016x}"} for number in range(200)]
    body = ALERTMANAGER | {"alerts": many, "commonAnnotations": {"stack_trace": TRACE + "x" * 200_000}}
    answer = await client.post("/alerts/alertmanager", json=body)
    assert answer.status_code == 422
    assert "put the trace on one alert" in answer.text
    assert "alerts" in answer.text


async def test_the_user_whose_request_failed_neither_ends_the_incident_nor_begins_another(
    client: httpx.AsyncClient, store: Store
) -> None:
    own = {"error": TRACE, "app": "checkout"}
    (opened,) = (await client.post("/alerts/generic", json=own)).json()["alerts"]
    for forged in ({"status": "ok"}, {"service": "victim", "repository": "other", "commit": "deadbee1"}):
        (accepted,) = (await client.post("/alerts/generic", json=own | {"params": forged})).json()["alerts"]
        assert accepted["id"] == opened["id"]
        assert accepted["effect"] not in ("resolved", "opened")
    incident = await store.queries.incident(opened["id"])
    assert (incident.alert.service, incident.alert.deployed) == ("checkout", None)


@pytest.mark.parametrize(
    ("release", "revision"),
    [("checkout@3f9a1c2", "3f9a1c2"), ("checkout@20240115", None), ("checkout@" + "ab" * 32, None)],
    ids=["commit", "date", "image digest"],
)
async def test_a_version_is_a_revision_only_if_it_may_be_a_commit(
    client: httpx.AsyncClient, store: Store, release: str, revision: str | None
) -> None:
    body: dict[str, Any] = json.loads(json.dumps(SENTRY).replace("checkout@3f9a1c2", release))
    (accepted,) = (await client.post("/alerts/sentry", json=body)).json()["alerts"]
    assert (await store.queries.incident(accepted["id"])).alert.deployed == revision


RAW = (
    *(b"", b"disk full", b"a=1&b=2", b"\xff\xfe", b'"text"', b"[[]]", b"[{}, 3]", b'{"a": NaN, "b": 1e999}'),
    *(b'{"data": {"event": ' + b"[" * 150 + b"]" * 150 + b"}}", b'{"a": ' + b"9" * 5_000 + b"}", b'{"id": "\\ud800"}'),
    *(b'{"alerts": 1, "alerts": [[]]}', b'{"event": "x", "incident": [], "alert": null, "rule": 3, "attachments": {}}'),
)


@pytest.mark.parametrize("source", sorted(SOURCES))
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
async def test_what_nobody_sends_is_answered_with_what_is_wrong_and_kept_for_the_operator(
    client: httpx.AsyncClient, store: Store, source: str, kind: str
) -> None:
    for raw in RAW:
        answer = await client.post(f"/alerts/{source}", content=raw, headers={"content-type": kind})
        assert answer.status_code == 422, (raw[:40], answer.text[:200])
        (first, *_) = answer.json()["detail"]
        assert first["loc"][0] == "body"
        assert first["msg"]
    kept = (await client.get(f"/alerts/refused?source={source}")).json()["refused"]
    assert len(kept) >= len(RAW) - 2
    assert await store.queries.incidents() == ()
