"""What becomes of a claim: it is renewed, released, tried again or recovered, and others are left alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from incidents.incident import Status
from service.settings import Settings
from service.store import leases
from service.store.leases import audit, claim_valid
from service.store.rounds import Round
from service.store.store import Store
from service.store.tables import AuditRow, IncidentRow
from tests.service.stand_ins import NOON, alert, found
from tests.service.store.channels import MAIL, Stores, rows
from tests.service.store.claims import Stopped, claimed, row, since, write


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
