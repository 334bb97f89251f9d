"""Which incident the end of an alert ends, also one that an older build opened."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from incidents.errors import InputError
from service.intake.alert_event import Notice, Receipt
from service.store.store import Store
from tests.service.intake.cases import Case


async def test_at_an_address_of_many_senders_a_key_ends_only_what_is_of_the_same_service(
    client: httpx.AsyncClient,
) -> None:
    async def told(**body: object) -> dict[str, Any]:
        answer = await client.post("/alerts/generic", json={"monitor_id": 7, "repository": "shop"} | body)
        found: dict[str, Any] = answer.json()["alerts"][0]
        return found

    opened = await told(title="Checkout is down", service="checkout", status="down")
    other = await told(title="Mail is up", service="mail", status="up")
    nobody = await told(title="It is up", status="up")
    own = await told(title="Checkout is up", service="checkout", status="up")
    assert (other["id"], other["effect"]) == (nobody["id"], nobody["effect"]) == (None, "kept")
    assert (own["id"], own["effect"]) == (opened["id"], "resolved")


async def test_the_id_of_what_is_named_finds_its_end_and_makes_no_incident_of_its_own(
    client: httpx.AsyncClient,
) -> None:
    async def told(**body: object) -> dict[str, Any]:
        answer = await client.post("/alerts/generic", json={"name": "latency", "repository": "shop"} | body)
        found: dict[str, Any] = answer.json()["alerts"][0]
        return found

    opened = await told(id="t1", alert={"summary": "p99 above 2 s", "status": "TRIGGERED"})
    again = await told(id="t2", alert={"summary": "p99 above 2 s", "status": "TRIGGERED"})
    ended = await told(id="t1", alert={"summary": "p99 is normal", "status": "OK"})
    assert (again["id"], again["effect"]) == (opened["id"], "counted")
    assert (ended["id"], ended["effect"]) == (opened["id"], "resolved")


@pytest.mark.parametrize(
    ("fired", "over", "effect"),
    [
        ({}, {"service": "store"}, "resolved"),
        ({"service": "Store"}, {"service": "store"}, "resolved"),
        ({"service": "store"}, {}, "kept"),
    ],
)
async def test_an_end_that_names_a_service_ends_what_named_none(
    client: httpx.AsyncClient, fired: dict[str, str], over: dict[str, str], effect: str
) -> None:
    common = {"dedup_key": "z1", "repository": "shop"}
    await client.post("/alerts/generic", json={"title": "Disk full"} | common | fired)
    ended = await client.post("/alerts/generic", json={"title": "Disk ok", "status": "resolved"} | common | over)
    assert ended.json()["alerts"][0]["effect"] == effect


def _recovering(state: str, service: str) -> Notice:
    body = {"title": f"[{state}] CPU", "alert_transition": state, "alert_id": "456", "tags": f"service:{service}"}
    (notice,) = Case("datadog", "upgrade", body).notices()
    return notice


async def test_an_incident_of_an_older_build_is_counted_on_and_ended_by_its_own_service_alone(store: Store) -> None:
    firing = _recovering("Triggered", "billing")
    before = replace(firing, key="456", bare=firing.former_bare, identity=firing.former_bare, former_key="")
    (opened,) = await store.intake.register([replace(before, former_bare="")])
    again, other, own = [
        (await store.intake.register([notice]))[0]
        for notice in (firing, _recovering("Recovered", "search"), _recovering("Recovered", "billing"))
    ]
    assert not isinstance(opened, InputError)
    assert again == replace(opened, effect="counted")
    assert (other, own) == (Receipt(None, "kept"), replace(opened, effect="resolved"))


async def test_an_older_incident_of_a_trace_is_ended_by_its_former_key(store: Store) -> None:
    """Its identity is that of the trace, which its end does not repeat."""
    over = _recovering("Recovered", "billing")
    (opened,) = await store.intake.register(
        [replace(over, state="firing", key="456", bare="a" * 16, identity="b" * 16)]
    )
    (ended,) = await store.intake.register([over])
    assert not isinstance(opened, InputError)
    assert ended == replace(opened, effect="resolved")


def _of_rule(state: str, **more: str) -> Notice:
    (notice,) = Case("grafana", "site", {"ruleName": "CPU", "ruleId": 4, "state": state, **more}).notices()
    return notice


@pytest.mark.parametrize(("sites", "effect"), [(["one"], "resolved"), (["one", "two"], "kept")])
async def test_an_end_without_the_address_of_its_grafana_ends_the_only_incident_of_its_rule(
    store: Store, sites: list[str], effect: str
) -> None:
    await store.intake.register([_of_rule("alerting", ruleUrl=f"https://{site}.acme.org/d/x") for site in sites])
    (ended,) = await store.intake.register([_of_rule("ok")])
    assert isinstance(ended, Receipt)
    assert ended.effect == effect
