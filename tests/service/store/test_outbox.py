"""What is to be sent is written with the change of the incident: one row for each incident and channel."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from incidents.errors import StoreUnavailable
from incidents.report import Report
from incidents.verdict import Confidence, Verdict
from service.intake.alert_event import Notice
from service.intake.fingerprint import keys_of
from service.routing.channels import Channel, EmailChannel, SlackChannel
from service.settings import Settings
from service.store.schemas import Feedback, Notification
from service.store.store import Store
from service.store.tables import IncidentRow, NotificationRow
from tests.service.stand_ins import Found, alert, found
from tools.traces import parse

SLACK = SlackChannel(kind="slack", channel="C0123ABCD")
MAIL = EmailChannel(kind="email", host="mail.example.org", sender="redtide@example.org", to=("oncall@example.org",))


def culprit_found(incident: str) -> Found:
    """The same finding with a likely cause."""
    nothing = found(incident)
    sure = Confidence(probability=0.9, word="high", basis=("line in trace",))
    return replace(
        nothing,
        verdict=Verdict(outcome="culprit", culprit="c" * 40, confidence=sure),
        report=Report.model_validate(
            {**nothing.report.model_dump(), "outcome": "culprit", "headline": "Likely cause found"}
        ),
    )


def notice(service: str, **changes: Any) -> Notice:  # noqa: ANN401 (any field of an alert)
    this = alert(service=service, message=f"{service} broke", **changes)
    return Notice(alert=this, body="{}", **keys_of(this, parse(this.text))._asdict())


class Stores:
    """Opens stores over one database, with different channels."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: list[Store] = []

    def __call__(self, **channels: Channel) -> Store:
        self._open.append(Store(self._settings.store_address(), self._settings.life, channels))
        return self._open[-1]

    async def close(self) -> None:
        for store in self._open:
            await store.close()


@pytest_asyncio.fixture
async def stores(settings: Settings) -> AsyncIterator[Stores]:
    opened = Stores(settings)
    yield opened
    await opened.close()


async def rows(store: Store) -> list[NotificationRow]:
    async with store.database.read() as session:
        return list(await session.scalars(select(NotificationRow).order_by(NotificationRow.changed_at)))


async def latest(store: Store) -> list[tuple[str, str, str]]:
    return [(each.channel, each.shows, each.state) for each in await store.notifications.latest(100)]


async def claimed(store: Store) -> str:
    claim = await store.leases.claim("worker")
    assert claim is not None
    return claim.incident.id


async def claimed_and_finished(store: Store, outcome: Callable[[str], Found]) -> str:
    claim = await store.leases.claim("worker")
    assert claim is not None
    await store.outcomes.finish(claim, outcome(claim.incident.id))
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


async def test_one_message_at_a_time_is_claimed_in_a_channel_and_the_oldest_first(stores: Stores) -> None:
    store, other = stores(oncall=SLACK), stores(oncall=SLACK)
    for service in ("one", "two"):
        await store.intake.register([notice(service, repository=service)])
    first = await store.notifications.claim("oncall", "a", 60)
    assert first is not None
    assert await other.notifications.claim("oncall", "b", 60) is None
    assert (await store.queries.incident(first.incident)).alert.service == "one"
    assert await store.notifications.sent(first)
    second = await other.notifications.claim("oncall", "b", 60)
    assert second is not None
    assert second.incident != first.incident
    assert second.unsure_since is None


async def test_a_message_whose_replica_died_is_claimed_again_as_one_that_may_have_been_sent(stores: Stores) -> None:
    store = stores(oncall=SLACK)
    await store.intake.accept(alert(), "{}")
    first = await store.notifications.claim("oncall", "a", -1)
    again = await store.notifications.claim("oncall", "b", 60)
    assert first is not None
    assert again is not None
    assert again.unsure_since is not None
    assert not await store.notifications.sent(first)
    assert await store.notifications.sent(again)


async def test_what_is_given_up_is_visible_and_comes_back_with_the_next_change(stores: Stores) -> None:
    store = stores(oncall=SLACK)
    await store.intake.accept(alert(), "{}")
    delivery = await store.notifications.claim("oncall", "a", 60)
    assert delivery is not None
    await store.notifications.give_up(delivery, "channel_not_found, password=" + "hunter2hunter2")
    (shown,) = await store.notifications.latest(10)
    assert isinstance(shown, Notification)
    assert (shown.state, "hunter2" in (shown.problem or "")) == ("given_up", False)
    assert await store.notifications.claim("oncall", "a", 60) is None
    claim = await store.leases.claim("worker")
    assert claim is not None
    await store.outcomes.finish(claim, found(claim.incident.id))
    assert await store.notifications.claim("oncall", "a", 60) is not None


async def test_a_change_while_a_message_is_under_way_is_sent_after_it(stores: Stores) -> None:
    store = stores(oncall=SLACK)
    await store.intake.accept(alert(), "{}")
    delivery = await store.notifications.claim("oncall", "a", 60)
    claim = await store.leases.claim("worker")
    assert claim is not None
    assert delivery is not None
    await store.outcomes.finish(claim, found(claim.incident.id))
    await store.notifications.sent(delivery)
    again = await store.notifications.claim("oncall", "a", 60)
    assert again is not None
    assert (again.state, again.number) == ("none", 2)


async def test_a_muted_group_is_silent_in_its_channel_until_then(stores: Stores) -> None:
    store = stores(oncall=SLACK)
    await store.intake.accept(alert(), "{}")
    (row,) = await rows(store)
    await store.notifications.mute(row.token, datetime.now(UTC) + timedelta(hours=1))
    await store.intake.register([notice("related")])
    assert await store.notifications.claim("oncall", "a", 60) is None
    await store.notifications.mute(row.token, datetime.now(UTC))
    assert await store.notifications.claim("oncall", "a", 60) is not None


async def test_alerts_that_are_only_counted_are_shown_after_a_while(stores: Stores) -> None:
    store = stores(oncall=SLACK.model_copy(update={"related": 0}))
    for service in ("one", "two"):
        await store.intake.register([notice(service)])
    assert len(await rows(store)) == 1
    first = await store.notifications.claim("oncall", "a", 60)
    assert first is not None
    await store.notifications.sent(first)
    assert await store.notifications.count_again("oncall", 0) == 0
    await store.intake.register([replace(notice("two"), body="once more")])
    assert await store.notifications.count_again("oncall", 60) == 0
    assert await store.notifications.count_again("other", 0) == 0
    assert await store.notifications.count_again("oncall", 0) == 1
    again = await store.notifications.claim("oncall", "a", 60)
    assert again is not None
    assert (await store.notifications.group(again.incident)).errors == 2
    await store.notifications.sent(again)
    assert await store.notifications.count_again("oncall", 0) == 0
