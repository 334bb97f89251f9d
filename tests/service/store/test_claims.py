"""What each step of a claim writes into the incident's row, and which incidents it leaves alone."""

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Self

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidents.alert import Alert
from incidents.incident import Status
from service.settings import Settings
from service.store import leases
from service.store.leases import LEASE_SECONDS, audit, claim_valid, database_time
from service.store.rounds import Round
from service.store.schemas import Claim
from service.store.store import Store
from service.store.tables import AlertRow, AuditRow, IncidentRow
from tests.service.stand_ins import NOON, alert, found
from tests.service.store.channels import MAIL, Stores, rows
from tests.service.store.test_store import deploy
from tools.traces import parse

PYTHON = 'Traceback (most recent call last):\n  File "/app/shop/cart.py", line 9, in total\nValueError: none given\n'


class Stopped(datetime):
    """A clock of this machine that stands at noon."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """Noon."""
        return cls.fromtimestamp(NOON.timestamp(), tz)


async def row(store: Store, incident: str) -> IncidentRow:
    async with store.database.read() as session:
        return await session.get_one(IncidentRow, incident)


async def write(store: Store, incident: str, **values: object) -> None:
    async with store.database.write() as session:
        await session.execute(update(IncidentRow).where(IncidentRow.id == incident).values(**values))


async def claimed(store: Store, owner: str = "me", seconds: float = LEASE_SECONDS, *, agents: bool = True) -> Claim:
    claim = await store.leases.claim(owner, seconds, agents=agents)
    assert claim is not None
    return claim


def since(began: datetime, moment: datetime | None) -> bool:
    """Whether it lies between then and now."""
    return moment is not None and began <= moment <= datetime.now(UTC)


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


async def test_a_lease_is_renewed_from_now_on(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    await claimed(store, "me", 0)
    before = datetime.now(UTC)
    assert await store.leases.renew("me", [incident], 3_600) == {incident}
    hour = (await row(store, incident)).lease_until
    assert await store.leases.renew("me", [incident]) == {incident}
    usual = (await row(store, incident)).lease_until
    after = datetime.now(UTC)
    assert hour is not None
    assert before + timedelta(hours=1) <= hour <= after + timedelta(hours=1)
    assert usual is not None
    assert before + timedelta(minutes=1) <= usual <= after + timedelta(minutes=1)


async def test_only_what_is_named_and_still_worked_on_is_renewed(store: Store) -> None:
    accepted = [await store.intake.accept(alert(service=f"s{number}"), "{}") for number in range(3)]
    for _ in accepted:
        await claimed(store)
    await write(store, accepted[2], status=Status.DONE)
    until = (await row(store, accepted[1])).lease_until
    assert await store.leases.renew("me", [accepted[0], accepted[2]], 900) == {accepted[0]}
    assert (await row(store, accepted[1])).lease_until == until


async def test_what_is_released_is_as_if_it_had_not_been_claimed(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    await write(store, incident, attempts=4, tries=2)
    await store.leases.release(await claimed(store))
    kept = await row(store, incident)
    assert (kept.status, kept.attempts, kept.tries) == (Status.OPEN, 4, 2)
    assert (kept.claimed_by, kept.lease_until, kept.agents_due) == (None, None, False)


async def test_an_incident_with_a_verdict_from_the_evidence_goes_back_to_waiting_for_its_agents(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    assert await store.outcomes.finish(await claimed(store, agents=False), found(incident), agents_due=True)
    await store.leases.release(await claimed(store))
    kept = await row(store, incident)
    assert (kept.status, kept.agents_due, kept.claimed_by) == (Status.DONE, True, None)


async def test_a_verdict_of_an_earlier_round_or_of_another_incident_is_none_of_this_one(store: Store) -> None:
    other = await store.intake.accept(alert(service="other"), "{}")
    assert await store.outcomes.finish(await claimed(store), found(other))
    incident = await store.intake.accept(alert(), "{}")
    assert await store.outcomes.finish(await claimed(store), found(incident))
    await write(store, incident, status=Status.OPEN, round=2)
    await store.leases.release(await claimed(store))
    kept = await row(store, incident)
    assert (kept.status, kept.agents_due) == (Status.OPEN, False)


@pytest.mark.parametrize(
    "changes",
    [{"status": Status.DONE}, {"claimed_by": "somebody else"}, {"attempts": 2}],
)
async def test_a_claim_that_has_been_lost_changes_nothing(store: Store, changes: dict[str, Any]) -> None:
    incident = await store.intake.accept(alert(), "{}")
    claim = await claimed(store)
    await write(store, incident, **changes)
    before = await row(store, incident)
    await store.leases.release(claim)
    await store.leases.retry(claim, 5.0)
    after = await row(store, incident)
    names = ("status", "claimed_by", "attempts", "tries", "lease_until", "not_before")
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]


async def test_a_claim_is_valid_for_its_own_incident_alone(store: Store) -> None:
    for name in ("first", "second"):
        await store.intake.accept(alert(service=name), "{}")
    first, second = await claimed(store), await claimed(store)
    async with store.database.read() as session:
        valid = set(await session.scalars(select(IncidentRow.id).where(*claim_valid(first))))
    assert valid == {first.incident.id}
    assert second.incident.id not in valid


@pytest.mark.parametrize(("counted", "tries"), [(True, 3), (False, 2)])
async def test_a_new_try_waits_and_counts_unless_the_incident_is_not_to_blame(
    store: Store, counted: bool, tries: int
) -> None:
    incident = await store.intake.accept(alert(), "{}")
    await write(store, incident, attempts=4, tries=2)
    claim = await claimed(store)
    before = datetime.now(UTC)
    await store.leases.retry(claim, 3_600, counted=counted)
    kept, after = await row(store, incident), datetime.now(UTC)
    assert kept.not_before is not None
    assert before + timedelta(hours=1) <= kept.not_before <= after + timedelta(hours=1)
    assert (kept.status, kept.attempts, kept.tries) == (Status.OPEN, 5, tries)
    assert (kept.claimed_by, kept.lease_until) == (None, None)


async def test_a_new_try_counts_unless_somebody_says_otherwise(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    await store.leases.retry(await claimed(store), 1)
    assert (await row(store, incident)).tries == 1


async def test_what_was_started_too_often_is_given_up_and_said_to_be(stores: Stores) -> None:
    store = stores(mail=MAIL)
    incident = await store.intake.accept(alert(), "{}")
    await write(store, incident, tries=1, round=2)
    await claimed(store, "me", 0)
    began = datetime.now(UTC)
    recovered = await store.leases.recover(attempts=2)
    kept = await row(store, incident)
    reason = "given up: its investigation was started 2 times and never came to an end"
    assert recovered == (0, (Round(incident, 2),))
    assert (kept.status, kept.failure, kept.agents_due) == (Status.FAILED, reason, False)
    assert (kept.claimed_by, kept.lease_until) == (None, None)
    assert since(began, kept.finished_at)
    records = (await store.queries.audits(incident)).records
    assert [(each.actor, each.action, each.detail) for each in records] == [("triage", "failed", {"reason": reason})]
    assert since(began, records[0].at)
    assert [each.state for each in await rows(store)] == ["failed"]


async def test_agents_that_are_given_up_leave_the_verdict_from_the_evidence(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    assert await store.outcomes.finish(await claimed(store, agents=False), found(incident), agents_due=True)
    await claimed(store, "me", 0)
    await store.leases.recover(attempts=1)
    kept = await row(store, incident)
    assert (kept.status, kept.agents_due) == (Status.DONE, False)


async def test_a_recovery_takes_what_was_lost_and_nothing_else(store: Store) -> None:
    accepted = [await store.intake.accept(alert(service=f"s{number}"), "{}") for number in range(5)]
    for _ in accepted:
        await claimed(store)
    past = datetime.now(UTC) - timedelta(seconds=1)
    await write(store, accepted[0], lease_until=past, tries=3)
    await write(store, accepted[1], lease_until=past, tries=2)
    await write(store, accepted[2], lease_until=past, tries=2)
    await write(store, accepted[3], lease_until=past, status=Status.DONE, tries=3)
    recovered = await store.leases.recover(attempts=3)
    kept = [await row(store, each) for each in accepted]
    assert recovered == (2, (Round(accepted[0], 1),))
    assert [each.status for each in kept] == [
        Status.FAILED,
        Status.OPEN,
        Status.OPEN,
        Status.DONE,
        Status.INVESTIGATING,
    ]
    assert [each.claimed_by for each in kept] == [None, None, None, "me", "me"]


async def test_an_action_of_triage_is_recorded_with_when_and_why() -> None:
    began = datetime.now(UTC)
    record = audit("INC-aaaaaaaaaa", "retried", {"reason": "the clone failed"})
    assert isinstance(record, AuditRow)
    assert (record.incident_id, record.actor, record.action) == ("INC-aaaaaaaaaa", "triage", "retried")
    assert record.detail == {"reason": "the clone failed"}
    assert since(began, record.at)


async def test_a_lease_holds_until_its_last_moment_and_what_waits_until_then_may_start_at_it(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not settings.store_url.startswith("sqlite"):
        pytest.skip("the clock is the database's")

    incident = await store.intake.accept(alert(), "{}")
    await write(store, incident, not_before=NOON)
    monkeypatch.setattr(leases, "datetime", Stopped)
    await claimed(store, "me", 0)
    assert (await store.leases.recover(attempts=3)).reopened == 0


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
