"""What is to be sent is written with the change of the incident: one row for each incident and channel."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from incidents.errors import StoreUnavailable
from service.store.schemas import Feedback
from service.store.store import Store
from service.store.tables import IncidentRow, NotificationRow
from tests.service.stand_ins import alert, found
from tests.service.store.channels import MAIL, SLACK, Stores, culprit_found, latest, notice, rows
from tests.service.store.claimed import claimed_and_finished


async def claimed(store: Store) -> str:
    claim = await store.leases.claim("worker")
    assert claim is not None
    return claim.incident.id


async def test_nothing_is_written_without_a_channel(store: Store) -> None:
    await store.intake.accept(alert(), "{}")
    assert await rows(store) == []


async def test_an_incident_that_opens_is_to_be_shown_at_once_and_its_verdict_takes_that_place(stores: Stores) -> None:
    store = stores(oncall=SLACK)
    await store.intake.accept(alert(), "{}")
    assert await latest(store) == [("oncall", "investigating", "waiting")]
    claim = await store.leases.claim("worker")
    assert claim is not None
    await store.outcomes.finish(claim, found(claim.incident.id))
    (row,) = await rows(store)
    assert (row.state, row.wanted, row.sent) == ("none", 2, 0)


async def test_a_channel_that_cannot_edit_hears_of_nothing_before_there_is_an_answer(stores: Stores) -> None:
    store = stores(mail=MAIL)
    await store.intake.accept(alert(), "{}")
    assert await rows(store) == []
    claim = await store.leases.claim("worker")
    assert claim is not None
    await store.outcomes.fail(claim, "no such repository")
    assert await latest(store) == [("mail", "failed", "waiting")]


@pytest.mark.parametrize(
    ("filters", "gets"),
    [
        ({"services": ("checkout",)}, True),
        ({"services": ("billing",)}, False),
        ({"environments": ("production",), "repositories": ("shop",)}, True),
        ({"environments": ("staging",), "repositories": ("shop",)}, False),
        ({"repositories": ("other",)}, False),
        ({"tiers": (1,)}, False),
        ({"tiers": (1, 3)}, True),
    ],
)
async def test_a_channel_gets_what_its_filters_match(stores: Stores, filters: dict[str, Any], gets: bool) -> None:
    store = stores(oncall=SLACK.model_copy(update=filters))
    await store.intake.accept(alert(), "{}")
    assert len(await rows(store)) == gets


async def test_a_quiet_channel_hears_only_of_likely_causes_and_of_what_becomes_of_them(stores: Stores) -> None:
    store = stores(oncall=SLACK.model_copy(update={"quiet": True}))
    for service, outcome in (("checkout", found), ("billing", culprit_found)):
        await store.intake.register([notice(service)])
        incident = await claimed_and_finished(store, outcome)
    assert await latest(store) == [("oncall", "culprit", "waiting")]
    await store.feedback.add(incident, Feedback(label="wrong"), "ana")
    assert await latest(store) == [("oncall", "wrong", "waiting")]


async def test_feedback_that_a_verdict_is_wrong_is_shown_until_somebody_says_that_it_is_right(stores: Stores) -> None:
    store = stores(oncall=SLACK)
    await store.intake.accept(alert(), "{}")
    claim = await store.leases.claim("worker")
    assert claim is not None
    await store.outcomes.finish(claim, culprit_found(claim.incident.id))
    await store.feedback.add(claim.incident.id, Feedback(label="not_a_deploy"), "ana")
    assert (await latest(store))[0][1] == "wrong"
    await store.feedback.add(claim.incident.id, Feedback(label="right"), "ben")
    assert (await latest(store))[0][1] == "culprit"
    await store.reruns.rerun(claim.incident.id, "ben")
    assert (await latest(store))[0][1] == "investigating"


async def test_an_incident_that_is_given_up_is_to_be_shown_as_failed(stores: Stores) -> None:
    store = stores(oncall=SLACK)
    await store.intake.accept(alert(), "{}")
    await claimed(store)
    async with store.database.write() as session:
        await session.execute(update(IncidentRow).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
    await store.leases.recover(attempts=1)
    assert await latest(store) == [("oncall", "failed", "waiting")]


async def test_a_failure_of_the_agents_leaves_the_verdict_of_the_evidence_shown(stores: Stores) -> None:
    store = stores(oncall=SLACK)
    await store.intake.accept(alert(), "{}")
    first = await store.leases.claim("worker", agents=False)
    assert first is not None
    await store.outcomes.finish(first, found(first.incident.id), agents_due=True)
    second = await store.leases.claim("worker")
    assert second is not None
    await store.outcomes.fail(second, "not finished")
    assert await latest(store) == [("oncall", "none", "waiting")]


@pytest.mark.parametrize("part", ["intake", "outcomes"])
async def test_what_cannot_be_written_takes_the_change_of_the_incident_with_it(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    store = stores(oncall=SLACK)
    incident = await store.intake.accept(alert(), "{}")
    claim = await store.leases.claim("worker")
    assert claim is not None

    async def breaks(*_: object) -> None:
        raise StoreUnavailable("cut")

    monkeypatch.setattr(getattr(store, part)._outbox, "changed", breaks)
    opens = store.intake.accept(alert(service="billing", message="else"), "{}")
    ends = store.outcomes.finish(claim, found(incident))
    change, other = (opens, ends) if part == "intake" else (ends, opens)
    other.close()
    with pytest.raises(StoreUnavailable):
        await change
    assert [each.id for each in await store.queries.incidents()] == [incident]
    assert (await store.queries.incident(incident)).version == 0


async def test_of_a_storm_a_few_get_a_message_and_the_first_one_counts_the_others(stores: Stores) -> None:
    store = stores(oncall=SLACK, mail=MAIL)
    for first in range(0, 300, 100):
        await store.intake.register([notice(f"service-{number}") for number in range(first, first + 100)])
    written = [row for row in await rows(store) if row.channel == "oncall"]
    assert len(written) == 1 + SLACK.related
    (lead,) = [row for row in written if row.lead]
    assert (await store.notifications.group(lead.incident_id)).related == 299
    assert (await store.notifications.group(lead.incident_id)).answers == {"open": 299}


async def test_replicas_that_take_one_group_write_one_first_message(stores: Stores) -> None:
    replicas = [stores(oncall=SLACK) for _ in range(4)]
    first = notice("service-0")
    await replicas[0].intake.register([first])
    async with replicas[0].database.write() as session:
        for row in await session.scalars(select(NotificationRow)):
            await session.delete(row)
    services = ("accounts", "billing", "delivery", "returns")  # words: errors that differ only in numbers are one
    await asyncio.gather(
        *(
            each.intake.register([replace(notice(name), body=name)])
            for name, each in zip(services, replicas, strict=True)
        )
    )
    assert sum(row.lead for row in await rows(replicas[0])) == 1


async def test_what_is_old_is_deleted_with_its_incident(stores: Stores) -> None:
    store = stores(oncall=SLACK)
    await store.intake.accept(alert(), "{}")
    claim = await store.leases.claim("worker")
    assert claim is not None
    await store.outcomes.finish(claim, found(claim.incident.id))
    await store.retention.delete_older(0)
    assert await rows(store) == []
