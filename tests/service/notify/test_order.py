"""In which order messages arrive: while Slack is down, while it asks for patience, and when two replicas send at once."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

import pytest
from fastapi.responses import JSONResponse, Response
from sqlalchemy import select, text, update

from service.notify.deliverer import Deliverer
from service.notify.outbound import Outbound
from service.notify.slack import SlackSender
from service.routing.channels import SlackChannel
from service.settings import Settings
from service.store.schemas import Feedback
from service.store.store import Store
from service.store.tables import NotificationRow
from tests.service.notify.delivering import all_sent, finished, states
from tests.service.notify.slack_api import Slack, no
from tests.service.stand_ins import alert, found, until
from tests.service.store.channels import notice


class Clock:
    """Time that only passes when somebody sleeps, and not at all while it stands."""

    def __init__(self) -> None:
        self.now = 0.0
        self.runs = asyncio.Event()
        self.runs.set()

    async def sleep(self, seconds: float) -> None:
        await self.runs.wait()
        self.now += seconds
        await asyncio.sleep(0.001)  # somebody else's turn


@asynccontextmanager
async def deliverer(store: Store, settings: Settings, clock: Clock) -> AsyncIterator[Deliverer]:
    """One that is not running yet."""
    async with Outbound(settings.notify) as outbound:
        channel = settings.notify.channels["oncall"]
        assert isinstance(channel, SlackChannel)
        sender = SlackSender(channel, outbound)
        sender.pace_seconds = 0.0
        yield Deliverer(store, {"oncall": sender}, settings, sleep=clock.sleep)


@asynccontextmanager
async def running(store: Store, settings: Settings, clock: Clock) -> AsyncIterator[Deliverer]:
    async with deliverer(store, settings, clock) as this:
        work = asyncio.create_task(this.run())
        yield this
        await this.stop()
        await work


async def test_slack_is_down_for_ten_minutes_and_everything_arrives_in_order(
    outbox: Store, notifying_settings: Settings, slack: Slack
) -> None:
    clock, tries = Clock(), list[float]()

    def down(method: str, fields: dict[str, Any]) -> Response | None:
        if clock.now >= 600:
            return None
        tries.append(clock.now)
        return JSONResponse({"ok": False, "error": "service_unavailable"}, 503)

    slack.fails = down
    services = [f"service-{letter}" for letter in "abcdefghijkl"]
    for name in services:
        await outbox.intake.register([notice(name, repository=name)])
    async with running(outbox, notifying_settings, clock):
        clock.runs.clear()
        for _ in services[:3]:  # meanwhile there are answers
            await finished(outbox)
        clock.runs.set()
        await until(all_sent(outbox), 60)
    assert [outbox_name(each.words(), services) for each in slack.top] == services
    assert all(each.states == [each.header] for each in slack.top)
    assert [each.header.startswith("Likely cause found") for each in slack.top] == [True] * 3 + [False] * 9
    assert len(tries) <= 20
    assert all(later - earlier >= 1 for earlier, later in pairwise(tries))


def outbox_name(words: str, services: list[str]) -> str:
    return next(each for each in services if each in words)


async def test_nothing_is_asked_of_slack_before_its_retry_after_is_over(
    outbox: Store, notifying_settings: Settings, slack: Slack
) -> None:
    clock, asked = Clock(), list[float]()
    limits = [JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers={"Retry-After": "37"}) for _ in range(2)]

    def limited(method: str, fields: dict[str, Any]) -> Response | None:
        asked.append(clock.now)
        return limits.pop() if limits else None

    slack.fails = limited
    for name in ("accounts", "billing"):
        await outbox.intake.register([notice(name, repository=name)])
    async with running(outbox, notifying_settings, clock):
        await until(all_sent(outbox), 60)
    assert asked[1] - asked[0] >= 37
    assert asked[2] - asked[1] >= 37
    assert [each.header.split(" · ")[1] for each in slack.top] == ["accounts", "billing"]


@pytest.mark.parametrize("seed", range(2))
async def test_the_states_of_one_incident_are_shown_in_their_order_whatever_slack_answers(
    outbox: Store, notifying_settings: Settings, slack: Slack, seed: int
) -> None:
    dice = random.Random(seed)

    def moody(method: str, fields: dict[str, Any]) -> Response | None:
        answers = (None, None, None, None, None, no("internal_error"), JSONResponse({}, 503), JSONResponse({}, 502))
        return dice.choice(answers)

    slack.fails = moody
    patient = notifying_settings.model_copy(
        update={"notify": notifying_settings.notify.model_copy(update={"attempts": 1_000})}
    )
    incident = await outbox.intake.accept(alert(), "{}")
    changes = [
        "Investigating · ",
        "Likely cause found",
        "Said to be wrong",
        "Likely cause found",
        "Investigating again",
        "No commit",
    ]
    async with running(outbox, patient, Clock()) as this:
        await finished(outbox)
        for label in ("wrong", "right"):
            await _some_calls(slack, dice.randrange(4))
            await outbox.feedback.add(incident, Feedback.model_validate({"label": label}), "ana")
            await this.wake()
        await outbox.reruns.rerun(incident, "ana")
        await finished(outbox, found)

        async def done() -> bool:
            async with outbox.database.write() as session:  # the pause of a message that steps aside is over
                await session.execute(update(NotificationRow).values(due_at=NotificationRow.changed_at))
            return await states(outbox) == {"sent"}

        await until(done, 60)
    (message,) = slack.top
    left = iter(changes)
    for shown, _ in groupby(message.states):
        assert any(shown.startswith(each) for each in left), (message.states, shown)
    assert message.header.startswith(changes[-1])


async def _some_calls(slack: Slack, number: int) -> None:
    before = len(slack.calls)
    try:
        await slack.until(lambda: len(slack.calls) >= before + number, 1.0)
    except TimeoutError:
        return  # there was nothing more to say


async def test_a_replica_that_comes_late_with_an_old_state_does_not_have_the_last_word(
    outbox: Store, notifying_settings: Settings, slack: Slack
) -> None:
    await outbox.intake.accept(alert(), "{}")
    async with deliverer(outbox, notifying_settings, Clock()) as this:
        first = await outbox.notifications.claim("oncall", "first", 60)
        assert first is not None
        await this.deliver(first)
        await outbox.reruns.rerun(first.incident, "ana")
        late = await outbox.notifications.claim("oncall", "late", -1)
        assert late is not None
        await finished(outbox)
        second = await outbox.notifications.claim("oncall", "second", 60)
        assert second is not None
        await this.deliver(second)
        await this.deliver(late)
    async with running(outbox, notifying_settings, Clock()):
        await until(all_sent(outbox), 60)
    (message,) = slack.top
    assert message.states[-2].startswith("Investigating again")
    assert message.header == "Likely cause found"


async def test_two_replicas_that_look_at_the_same_moment_send_one_message(
    outbox: Store, notifying_settings: Settings, slack: Slack
) -> None:
    """On PostgreSQL both wait for the row, then go on: what the first has changed must keep the second from it."""
    channels = notifying_settings.notify.channels
    replicas = [Store(notifying_settings.store_address(), notifying_settings.life, channels) for _ in range(2)]
    await outbox.intake.accept(alert(), "{}")
    async with outbox.database.write() as session:
        await session.scalar(select(NotificationRow).with_for_update())
        looking = [
            asyncio.create_task(each.notifications.claim("oncall", f"replica {number}", 60))
            for number, each in enumerate(replicas)
        ]
        if "postgresql" in notifying_settings.store_url:
            await until(lambda: _wait(outbox, 2))
    claims = await asyncio.gather(*looking)
    async with deliverer(outbox, notifying_settings, Clock()) as this:
        for claim in claims:
            if claim is not None:
                await this.deliver(claim)
    for each in replicas:
        await each.close()
    assert sum(claim is not None for claim in claims) == 1
    assert len(slack.top) == 1


async def _wait(store: Store, number: int) -> bool:
    """Whether so many connections wait for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with store.database.read() as session:
        return bool(await session.scalar(text(waiting)) == number)


async def test_what_waited_longer_than_is_set_is_given_up(
    outbox: Store, notifying_settings: Settings, slack: Slack
) -> None:
    slack.fails = lambda method, fields: JSONResponse({}, 503)
    await outbox.intake.accept(alert(), "{}")
    async with outbox.database.write() as session:
        long_ago = datetime.now(UTC) - timedelta(hours=25)
        await session.execute(update(NotificationRow).values(changed_at=long_ago))
    async with running(outbox, notifying_settings, Clock()):

        async def given_up() -> bool:
            return (await outbox.notifications.latest(1))[0].state == "given_up"

        await until(given_up)
