"""A message is claimed, sent, given up, muted: one at a time in a channel, in order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from service.store.schemas import Notification
from tests.service.stand_ins import alert, found
from tests.service.store.channels import SLACK, Stores, notice, rows


async def test_one_message_at_a_time_is_claimed_in_a_channel_and_the_oldest_first(stores: Stores) -> None:
    store, other = stores(oncall=SLACK), stores(oncall=SLACK)
    for service in ("one", "two"):
        await store.intake.register([notice(service, repository=service)])
    first = await store.notifications.claim("oncall", "a", 60)
    assert first is not None
    assert await other.notifications.claim("oncall", "b", 60) is None
    assert (await store.queries.incident(first.incident)).alert.service == "one"
    assert await store.notifications.sent(first, 3)
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
    assert not await store.notifications.sent(first, 3)
    assert await store.notifications.sent(again, 3)


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
    await store.notifications.sent(delivery, 3)
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
    await store.notifications.sent(first, 3)
    assert await store.notifications.count_again("oncall", 0) == 0
    await store.intake.register([replace(notice("two"), body="once more")])
    assert await store.notifications.count_again("oncall", 60) == 0
    assert await store.notifications.count_again("other", 0) == 0
    assert await store.notifications.count_again("oncall", 0) == 1
    again = await store.notifications.claim("oncall", "a", 60)
    assert again is not None
    assert (await store.notifications.group(again.incident)).errors == 2
    await store.notifications.sent(again, 3)
    assert await store.notifications.count_again("oncall", 0) == 0
