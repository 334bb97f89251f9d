import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from service.api.routes import create_api
from service.settings import Settings
from service.store.store import Store
from service.store.table import Table
from tests.service.stand_ins import ALERT, AUTHORIZED, NOON, Bell, alert, found

ONE_DATABASE = True
pytestmark = pytest.mark.usefixtures("bodies_are_read_in_a_fork")


def fields(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [str(problem["loc"][-1]) for problem in answer.json()["detail"]]


async def test_an_alert_is_durable_when_it_is_acknowledged_and_triage_is_woken(
    client: httpx.AsyncClient, settings: Settings, bell: Bell
) -> None:
    answer = await client.post("/alerts", json=ALERT)
    accepted = answer.json()
    other = Store(settings.store_address())
    seen = await other.queries.incident(accepted["id"])
    await other.close()
    assert answer.status_code == 202
    assert answer.headers["location"] == accepted["url"] == f"/incidents/{accepted['id']}"
    assert (accepted["status"], seen.alert.service, bell.rung) == ("open", "checkout", 1)


async def test_no_secret_of_a_log_reaches_the_store(client: httpx.AsyncClient, store: Store) -> None:
    secret = "ghp_" + "a1B2" * 9
    log = f"connect(password='hunter2hunter2')\nAuthorization: Bearer {secret}"
    link = f"https://alerts.example.org/?token={secret}"
    await client.post("/alerts", json=ALERT | {"message": log, "stack_trace": log, "url": link})
    async with store.database.engine.connect() as connection:
        kept = [str(row) for table in Table.metadata.sorted_tables for row in await connection.execute(select(table))]
    assert "connect" in str(kept)
    assert secret not in str(kept)
    assert "hunter2" not in str(kept)


async def test_an_alert_full_of_short_addresses_is_still_readable_after_redaction(client: httpx.AsyncClient) -> None:
    answer = await client.post("/alerts", json=ALERT | {"message": "a@b.co " * 2_800})
    assert (await client.get(answer.json()["url"])).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"service": ""}, "service"),
        ({"service": "x\u0000y"}, "service"),
        ({"deployed": "a\nb"}, "deployed"),
        ({"count": 0}, "count"),
        ({"first_seen": "yesterday"}, "first_seen"),
        ({"first_seen": "0001-01-01T00:00:00+14:00"}, "first_seen"),
        ({"repository": "unheard-of"}, "repository"),
    ],
)
async def test_the_field_that_is_wrong_is_named(
    client: httpx.AsyncClient, store: Store, change: dict[str, Any], field: str
) -> None:
    assert fields(await client.post("/alerts", json=ALERT | change)) == [field]
    assert await store.queries.incidents() == ()


async def test_an_unknown_repository_is_told_which_are_known(client: httpx.AsyncClient) -> None:
    answer = await client.post("/alerts", json=ALERT | {"repository": "unheard-of"})
    assert answer.json()["detail"][0]["msg"] == "not known here; known are shop"


async def test_an_alert_without_a_repository_is_told_that_it_names_none(store: Store, settings: Settings) -> None:
    two = settings.model_copy(update={"repositories": {"shop": Path("shop"), "mail": Path("mail")}})
    api = create_api(store, Bell(), two)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api), base_url="http://redtide", headers=AUTHORIZED
    ) as client:
        answer = await client.post("/alerts", json={"service": "checkout", "message": "boom"})
    said = "missing, and `services` in the settings names none for this service; known are mail, shop"
    assert answer.json()["detail"][0]["msg"] == said


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"\\ud800": 1}',
        b'{"count": 1' + b"0" * 5_000 + b"}",
        b'{"count": NaN}',
        json.dumps(ALERT).replace("checkout", "\x1b]0;title\x07").encode(),
    ],
)
async def test_a_hostile_body_is_refused_without_an_error_of_ours(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/alerts", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


async def test_half_a_character_is_stored_as_a_sign_that_something_was_there(client: httpx.AsyncClient) -> None:
    body = json.dumps(ALERT).replace("checkout", "cut here \\ud83d").encode()
    accepted = await client.post("/alerts", content=body, headers={"content-type": "application/json"})
    shown = await client.get(accepted.json()["url"])
    assert accepted.status_code == 202
    assert shown.json()["alert"]["service"] == "cut here \ufffd"


async def test_what_was_sent_is_not_repeated_in_the_refusal(client: httpx.AsyncClient) -> None:
    answer = await client.post("/alerts", json=ALERT | {"count": "<script>hunter2</script>"})
    assert "hunter2" not in answer.text


async def test_text_with_odd_characters_is_taken(client: httpx.AsyncClient) -> None:
    answer = await client.post("/alerts", json=ALERT | {"message": "a\u0000b\u202e\U0001f4a5\r\n"})
    assert answer.status_code == 202
    assert "\u0000" not in (await client.get(answer.json()["url"])).json()["alert"]["message"]


async def test_a_body_that_is_too_large_is_refused_whether_announced_or_not(store: Store, settings: Settings) -> None:
    api = create_api(store, Bell(), settings.model_copy(update={"max_body_bytes": 2_000}))

    async def pieces() -> Any:  # noqa: ANN401 (an asynchronous iterator of bytes)
        for _ in range(30):
            yield b" " * 100

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api), base_url="http://redtide", headers=AUTHORIZED
    ) as client:
        announced = await client.post("/alerts", json=ALERT | {"stack_trace": "x" * 3_000})
        streamed = await client.post("/alerts", content=pieces(), headers={"content-type": "application/json"})
        small = await client.post("/alerts", json=ALERT)
    assert [answer.status_code for answer in (announced, streamed, small)] == [413, 413, 202]
    assert "2000 bytes" in announced.json()["detail"]
    assert announced.json() == streamed.json()


async def test_an_alert_gets_its_revisions_from_the_deploys(client: httpx.AsyncClient) -> None:
    for revision, minutes in (("v1", -90), ("v2", -60)):
        at = (NOON + timedelta(minutes=minutes)).isoformat()
        sent = {"repository": "shop", "revision": revision, "at": at, "service": "checkout"}
        assert (await client.post("/deploys", json=sent)).status_code == 201
    left_out = {"base": None, "deployed": None, "first_seen": NOON.isoformat()}
    accepted = (await client.post("/alerts", json=ALERT | left_out)).json()
    seen = (await client.get(f"/incidents/{accepted['id']}")).json()
    assert (seen["base"], seen["deployed"]) == ("v1", "v2")


async def test_deploys_are_taken_in_bulk_and_all_or_none(client: httpx.AsyncClient, store: Store) -> None:
    sent = [
        {"repository": "shop", "revision": f"v{n}", "old_revision": f"v{n - 1}", "at": f"2026-11-23T1{n}:00:00Z"}
        for n in (1, 2)
    ]
    answer = await client.post("/deploys", json=sent)
    assert answer.status_code == 201
    assert len({each["id"] for each in answer.json()}) == 2
    assert (await client.post("/deploys", json=sent)).json() == answer.json()
    told = await store.deploys.reported(alert(), NOON + timedelta(hours=1))
    assert [each.revision for each in told] == ["v0", "v1", "v2"]
    odd = [{**sent[0], "revision": "v3"}, {**sent[1], "repository": "unheard-of"}]
    assert fields(await client.post("/deploys", json=odd)) == ["repository"]
    assert len(await store.deploys.reported(alert(), NOON + timedelta(hours=1))) == 3


async def test_a_deploy_of_an_unknown_repository_is_refused(client: httpx.AsyncClient) -> None:
    sent = {"repository": "unheard-of", "revision": "v1", "at": NOON.isoformat()}
    assert fields(await client.post("/deploys", json=sent)) == ["repository"]


async def test_incidents_are_listed_page_by_page_and_filtered(client: httpx.AsyncClient) -> None:
    alerts = [ALERT | {"service": name, "message": f"{name}{n}", "stack_trace": ""} for n, name in enumerate("abaca")]
    for n, each in enumerate(alerts):
        each["message"] = "xyzuv"[n]
    ids = [(await client.post("/alerts", json=each)).json()["id"] for each in alerts]
    first = (await client.get("/incidents", params={"limit": 2, "service": "a"})).json()
    second = (await client.get(first["next"])).json()
    shown = [each["id"] for page in (first, second) for each in page["incidents"]]
    assert shown == [ids[4], ids[2], ids[0]]
    assert second["next"] is None
    assert (await client.get("/incidents", params={"status": "failed"})).json()["incidents"] == []
    assert (await client.get("/incidents", params={"status": "lost"})).status_code == 422


@pytest.mark.parametrize("path", ["/incidents/INC-none", "/incidents/INC-none/trace", "/incidents?before=INC-none"])
async def test_an_unknown_incident_is_a_404_in_json(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "INC-none" in answer.json()["detail"]


async def test_a_finished_incident_shows_verdict_report_and_reasoning(client: httpx.AsyncClient, store: Store) -> None:
    accepted = (await client.post("/alerts", json=ALERT)).json()
    claim = await store.leases.claim("me")
    assert claim
    await store.outcomes.finish(claim, found(accepted["id"]))
    seen = (await client.get(accepted["url"])).json()
    trace = (await client.get(accepted["url"] + "/trace")).json()
    page = (await client.get("/incidents")).json()
    assert (seen["status"], seen["verdict"]["outcome"], seen["version"]) == ("done", "none", 1)
    assert seen["report"]["headline"] == "No commit of the window did it"
    assert [step["kind"] for step in trace["steps"]] == ["node", "model"]
    assert trace["totals"]["prompt_tokens"] == 900
    assert page["incidents"][0]["outcome"] == "none"


@pytest.mark.parametrize("kind", ["text/markdown", "text/plain"])
async def test_people_get_the_message_as_text(client: httpx.AsyncClient, store: Store, kind: str) -> None:
    accepted = (await client.post("/alerts", json=ALERT)).json()
    before = await client.get(accepted["url"], headers={"accept": kind})
    claim = await store.leases.claim("me")
    assert claim
    await store.outcomes.finish(claim, found(accepted["id"]))
    after = await client.get(accepted["url"], headers={"accept": kind})
    assert before.text == f"{accepted['id']} is open"
    assert after.headers["content-type"].startswith(kind)
    assert "No commit of the window did it" in after.text
