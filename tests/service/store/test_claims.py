"""What a claim takes, what it writes into the incident's row, and whose clock it goes by."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.alert import Alert
from incidents.incident import Status
from service.settings import Settings
from service.store import leases
from service.store.leases import database_time
from service.store.store import Store
from service.store.tables import AlertRow, IncidentRow
from tests.service.stand_ins import NOON, alert, found
from tests.service.store.claims import Stopped, claimed, row, since, write
from tests.service.store.deploys import deploy
from tools.traces import parse

PYTHON = 'Traceback (most recent call last):\n  File "/app/shop/cart.py", line 9, in total\nValueError: none given\n'


async def test_a_claim_says_what_it_is_for_and_whose_it_is(store: Store) -> None:
    incident = await store.intake.accept(alert(stack_trace=PYTHON, count=7), "{}")
    await write(store, incident, attempts=4, tries=2, round=3, agent_retries=6)
    began = datetime.now(UTC)
    claim = await claimed(store, "me", 90, agents=False)
    kept = await row(store, incident)
    assert (claim.attempt, claim.tries, claim.owner, claim.agents) == (5, 3, "me", False)
    assert (claim.round, claim.agent_retries) == (3, 6)
    assert (claim.incident.id, claim.incident.opened_at) == (incident, kept.opened_at)
    assert (claim.incident.base, claim.incident.deployed) == ("a" * 40, "b" * 40)
    assert claim.incident.alert == alert(stack_trace=PYTHON, count=7)
    assert claim.incident.trace == parse(claim.incident.alert.text)
    assert (kept.status, kept.claimed_by, kept.attempts, kept.tries) == (Status.INVESTIGATING, "me", 5, 3)
    assert kept.started_at is not None
    assert kept.lease_until == kept.started_at + timedelta(seconds=90)
    assert since(began, kept.started_at)


async def test_a_claim_is_for_the_agents_and_a_minute_unless_somebody_says_otherwise(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    claim = await store.leases.claim("me")
    kept = await row(store, incident)
    assert claim is not None
    assert claim.agents
    assert kept.started_at is not None
    assert kept.lease_until == kept.started_at + timedelta(seconds=60)


async def test_the_incident_that_is_claimed_tells_all_errors_so_far(store: Store) -> None:
    for _ in range(3):
        await store.intake.accept(alert(count=4), "{}")
    assert (await claimed(store)).incident.alert.count == 12


async def test_who_asks_for_evidence_alone_gets_nothing_that_waits_for_agents(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    assert await store.outcomes.finish(await claimed(store, agents=False), found(incident), agents_due=True)
    assert await store.leases.claim("me", agents=False) is None
    assert (await claimed(store)).incident.id == incident


async def test_a_verdict_that_no_agents_are_due_for_is_not_claimed_again(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    assert await store.outcomes.finish(await claimed(store), found(incident))
    assert await store.leases.claim("me") is None


@pytest.mark.parametrize("status", [Status.INVESTIGATING, Status.FAILED])
async def test_agents_that_are_due_are_claimed_for_a_verdict_alone(store: Store, status: Status) -> None:
    await write(store, await store.intake.accept(alert(), "{}"), status=status, agents_due=True)
    assert await store.leases.claim("me") is None


async def test_what_is_to_wait_is_not_claimed_before_its_time(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    await write(store, incident, not_before=datetime.now(UTC) + timedelta(hours=1))
    assert await store.leases.claim("me") is None
    await write(store, incident, not_before=datetime.now(UTC) - timedelta(seconds=1))
    assert await store.leases.claim("me") is not None


async def test_each_incident_is_claimed_with_its_own_alert(store: Store) -> None:
    accepted = {await store.intake.accept(alert(service=name), "{}"): name for name in ("first", "second")}
    claims = [await claimed(store) for _ in accepted]
    assert {each.incident.id: each.incident.alert.service for each in claims} == accepted


async def test_a_trace_that_another_version_wrote_is_left_out(store: Store) -> None:
    incident = await store.intake.accept(alert(stack_trace=PYTHON), "{}")
    async with store.database.write() as session:
        await session.execute(update(AlertRow).values(trace={"frames": "of another kind"}))
    claim = await claimed(store)
    assert (claim.incident.id, claim.incident.trace) == (incident, None)


async def test_revisions_that_were_reported_after_the_alert_are_filled_in_and_kept(store: Store) -> None:
    incident = await store.intake.accept(alert(base=None, deployed=None, first_seen=NOON), "{}")
    for revision, minutes in (("v1", -60), ("v2", -30), ("v3", 30)):
        await store.deploys.add(deploy(revision, minutes))
    claim, kept = await claimed(store), await row(store, incident)
    assert (claim.incident.base, claim.incident.deployed) == ("v1", "v2")
    assert (kept.base, kept.deployed) == ("v1", "v2")


async def test_where_the_alert_does_not_say_when_the_deploys_before_it_came_count(store: Store) -> None:
    incident = await store.intake.accept(alert(base=None, deployed=None), "{}")
    for revision, minutes in (("v1", -60), ("v2", -30), ("v3", 30)):
        await store.deploys.add(deploy(revision, minutes))
    await write(store, incident, opened_at=NOON)
    claim = await claimed(store)
    assert (claim.incident.base, claim.incident.deployed) == ("v1", "v2")


@pytest.mark.parametrize("known", [{"base": None}, {"deployed": None}])
async def test_one_revision_that_is_missing_is_filled_in_beside_the_other(store: Store, known: dict[str, Any]) -> None:
    revisions = {"base": "v1", "deployed": "v2", **known}
    await store.intake.accept(alert(**revisions, first_seen=NOON), "{}")
    for revision, minutes in (("v1", -60), ("v2", -30)):
        await store.deploys.add(deploy(revision, minutes))
    claim = await claimed(store)
    assert (claim.incident.base, claim.incident.deployed) == ("v1", "v2")


async def test_revisions_that_the_incident_has_are_not_looked_up_again(store: Store) -> None:
    incident = await store.intake.accept(alert(base=None, deployed=None, first_seen=NOON), "{}")
    for revision, minutes in (("v1", -60), ("v2", -30)):
        await store.deploys.add(deploy(revision, minutes))
    await write(store, incident, base="w1", deployed="w2")
    claim = await claimed(store)
    assert (claim.incident.base, claim.incident.deployed) == ("w1", "w2")


async def test_a_claim_locks_its_own_incident_alone_and_waits_for_no_other_claim(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if settings.store_url.startswith("sqlite"):
        pytest.skip("there one writes at a time")
    accepted = {await store.intake.accept(alert(service=name), "{}") for name in ("first", "second", "third")}
    inside, go_on, fill = asyncio.Event(), asyncio.Event(), leases._fill_revisions

    async def paused(session: AsyncSession, row: IncidentRow, alert: Alert) -> None:
        if not inside.is_set():
            inside.set()
            await go_on.wait()
        await fill(session, row, alert)

    monkeypatch.setattr(leases, "_fill_revisions", paused)
    waiting = asyncio.create_task(claimed(store))
    try:
        async with asyncio.timeout(60):  # only guards against a test that hangs
            await inside.wait()
            others = [await claimed(store), await claimed(store)]
    finally:
        go_on.set()
    assert {each.incident.id for each in (await waiting, *others)} == accepted


async def test_who_shares_a_server_shares_its_clock(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "datetime", Stopped)
    async with store.database.write() as session:
        assert (await database_time(session) == NOON) is settings.store_url.startswith("sqlite")
