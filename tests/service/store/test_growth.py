"""An error that is told again and again takes no more room than one that was told a few times; counts stay exact."""

from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, text

from incidents.alert import Alert
from service.intake.alert_event import Notice
from service.intake.fingerprint import keys_of
from service.intake.normalise import MOST_BODY, stored_body
from service.settings import Settings
from service.store.alert_rows import REPEATS, STRAYS
from service.store.engine import Database
from service.store.migrations import migrate
from service.store.store import Store
from service.store.table import Table
from service.store.tables import AlertRow, BodyRow, DeliveryRow
from tests.service.payloads import ALERTMANAGER, SENTRY, TRACE
from tests.service.stand_ins import ALERT, NOON, alert
from tools.traces import parse

pytestmark = pytest.mark.usefixtures("bodies_are_read_in_a_fork")

LONG = "a line of a log\n" * 6_000


def notice(body: str = "{}", deliveries: tuple[str, ...] = (), **changes: object) -> Notice:
    this: Alert = alert(**changes)
    return Notice(alert=this, body=body, deliveries=deliveries, **keys_of(this, parse(this.text))._asdict())


async def effects(store: Store) -> list[str]:
    async with store.database.read() as session:
        return list(await session.scalars(select(AlertRow.effect).order_by(AlertRow.id)))


async def bodies(store: Store) -> dict[str, int]:
    async with store.database.read() as session:
        return {row.text: row.uses for row in await session.scalars(select(BodyRow))}


async def characters(store: Store) -> int:
    async with store.database.read() as session:
        rows = [str(each) for table in Table.metadata.sorted_tables for each in await session.execute(select(table))]
    return sum(map(len, rows))


async def test_a_long_alert_that_is_repeated_stops_growing_and_is_counted(
    client: httpx.AsyncClient, store: Store
) -> None:
    body = ALERT | {"stack_trace": f"{TRACE}\n{LONG}"}
    sizes = []
    for _ in range(3):
        for _ in range(REPEATS):
            answer = await client.post("/alerts", json=body)
        sizes.append(await characters(store))
    seen = await store.queries.incident(answer.json()["id"])
    assert (seen.alerts, seen.errors) == (3 * REPEATS, 3 * REPEATS)
    assert sizes[2] - sizes[1] < 1_000
    assert list((await bodies(store)).values()) == [REPEATS + 1]


async def test_what_opened_or_restarted_an_incident_stays_and_of_the_rest_the_last(store: Store) -> None:
    for number in range(2 * REPEATS):
        await store.intake.register([notice(f"{number}")])
    await store.intake.register([notice("restart", base=None, deployed="c" * 40)])
    for number in range(2 * REPEATS):
        await store.intake.register([notice(f"again {number}", base=None, deployed="c" * 40)])
    assert await effects(store) == ["opened", "restarted", *["counted"] * REPEATS]
    left = [f"again {number}" for number in range(REPEATS, 2 * REPEATS)]
    assert await bodies(store) == dict.fromkeys(["0", "restart", *left], 1)


async def test_many_of_one_transaction_are_no_exception(store: Store) -> None:
    await store.intake.register([notice("same") for _ in range(50)])
    assert await effects(store) == ["opened", *["counted"] * REPEATS]
    assert await bodies(store) == {"same": REPEATS + 1}


async def test_what_belongs_to_no_incident_is_bounded_too(store: Store) -> None:
    test = Notice(alert=alert(), body="t", state="test", **keys_of(alert(), parse(alert().text))._asdict())
    await store.intake.register([test] * (STRAYS + 30))
    await store.intake.register([test])
    assert len(await effects(store)) == STRAYS


async def test_a_delivery_is_known_after_its_row_is_gone(store: Store) -> None:
    (first,) = await store.intake.register([notice(deliveries=("d-0",))])
    for number in range(1, 3 * REPEATS):
        await store.intake.register([notice(deliveries=(f"d-{number}",))])
    again = await store.intake.register([notice(deliveries=("d-1",)), notice(deliveries=("new", "d-2"))])
    assert [getattr(result, "effect", None) for result in again] == ["repeated"] * 2
    assert getattr(again[0], "incident", None) == getattr(first, "incident", "none")
    assert len(await effects(store)) == 1 + REPEATS


async def test_bodies_of_incidents_that_share_one_go_with_the_last_of_them(store: Store) -> None:
    await store.intake.register([notice("shared", deliveries=("a",)), notice("shared", service="billing")])
    claims: Sequence[object] = [await store.leases.claim("me") for _ in range(2)]
    for claim in claims:
        await store.outcomes.fail(claim, "no")  # type: ignore[arg-type]
    assert await bodies(store) == {"shared": 2}
    await store.retention.delete_older(1)
    assert await bodies(store) == {"shared": 2}
    await store.retention.delete_older(-1)
    async with store.database.read() as session:
        left = [
            await session.scalar(select(func.count()).select_from(each)) for each in (AlertRow, BodyRow, DeliveryRow)
        ]
    assert left == [0, 0, 0]


async def test_all_alerts_of_a_body_name_the_one_copy_of_it(client: httpx.AsyncClient, store: Store) -> None:
    assert (await client.post("/alerts/alertmanager", json=ALERTMANAGER)).status_code == 202
    assert list((await bodies(store)).values()) == [2]


def test_of_a_long_body_the_beginning_is_stored_and_no_secret_is_cut_in_half() -> None:
    secret = "ghp_" + "a1B2" * 9
    event = SENTRY | {"first": "x " * ((MOST_BODY - 60) // 2), "then": f"id {secret}", "rest": ["more"] * 10**5}
    stored = stored_body(event)
    assert len(stored) < 1.2 * MOST_BODY
    assert '"action": "triggered"' in stored
    for room in range(20, 90, 4):  # the cut falls on another letter of the secret each time
        early = stored_body({"a": "x " * ((MOST_BODY - room) // 2), "then": f"id {secret}"})
        assert secret[:8] not in early, early[-80:]
    assert secret[:8] not in stored
    assert "cut" in stored


async def test_the_migration_keeps_bodies_and_deliveries(store_url: str) -> None:
    database = Database(Settings(store_url=store_url).store_address())
    await migrate(database)
    await migrate(database, "0004")
    columns = "id, received_at, source, state, key, delivery, incident_id, body, alert"
    values = ":id, :at, 'redtide', 'firing', '', :delivery, NULL, :body, '{}'"
    async with database.write() as session:
        for number, body in enumerate(("one", "two", "one"), 1):
            row = {"id": number, "at": NOON + timedelta(0), "delivery": f"d-{number}", "body": body}
            await session.execute(text(f"INSERT INTO alerts ({columns}) VALUES ({values})"), row)
    await migrate(database)
    async with database.read() as session:
        stored = {row.text: row.uses for row in await session.scalars(select(BodyRow))}
        told = list(await session.scalars(select(DeliveryRow.delivery).order_by(DeliveryRow.delivery)))
    await migrate(database, "0004")
    async with database.read() as session:
        before = list(await session.scalars(text("SELECT body FROM alerts ORDER BY id")))
    await database.close()
    assert stored == {"one": 2, "two": 1}
    assert told == ["d-1", "d-2", "d-3"]
    assert before == ["one", "two", "one"]
