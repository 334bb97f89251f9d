"""Whatever happens between two steps: one message an incident, in the right state, and all arrive in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi.responses import JSONResponse, Response
from sqlalchemy import update

from service.notify.deliverer import Deliverer
from service.notify.outbound import Outbound
from service.notify.running import notifying
from service.notify.slack import SlackSender
from service.routing.channels import SlackChannel
from service.settings import Settings
from service.store.notifications import Notifications
from service.store.store import Store
from service.store.tables import NotificationRow
from service.worker.triage import Triage
from tests.service.notify.delivering import all_sent, finished
from tests.service.notify.slack_api import Slack
from tests.service.stand_ins import alert, found, until
from tests.service.store.channels import notice

PACE = SlackSender.pace_seconds


class Killed(BaseException):
    """The process ends here."""


@asynccontextmanager
async def delivering(store: Store, settings: Settings) -> AsyncIterator[Deliverer]:
    async with notifying(store, settings, lambda channel, result: None) as deliverer:
        yield deliverer


async def test_one_message_is_posted_and_edited_to_the_verdict(
    outbox: Store, notifying_settings: Settings, slack: Slack
) -> None:
    async with delivering(outbox, notifying_settings) as deliverer:
        incident = await outbox.intake.accept(alert(), "{}")
        await deliverer.wake()
        await slack.until(lambda: len(slack.top) == 1)
        assert slack.top[0].header.startswith("Investigating · checkout")
        await finished(outbox)
        await deliverer.wake()
        await until(all_sent(outbox))
    (message,) = slack.top
    assert message.states == ["Investigating · checkout · null given", "Likely cause found"]
    assert incident in message.words()
    assert "null given" in message.words()


async def test_the_detail_goes_into_the_thread(outbox: Store, notifying_settings: Settings, slack: Slack) -> None:
    await outbox.intake.accept(alert(), "{}")
    await finished(outbox)
    async with delivering(outbox, notifying_settings):
        await until(all_sent(outbox))
    (reply,) = slack.replies(slack.top[0])
    assert "src/Cart.php(41)" in reply.text


SEAMS = ("claimed", "posted", "recorded", "detail posted", "detail recorded", "detail marked", "marked")


def kill_at(seam: str, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise Killed once, at this seam."""
    left = [seam]

    def now(here: str) -> None:
        if left == [here]:
            left.clear()
            raise Killed

    record, sent, send = Notifications.record, Notifications.sent, SlackSender.send

    async def recording(self: Notifications, delivery: Any, name: str, message: str) -> None:  # noqa: ANN401
        now({"main": "posted", "detail": "detail posted"}.get(name, "detail marked"))
        await record(self, delivery, name, message)
        now({"main": "recorded", "detail": "detail recorded"}.get(name, ""))

    async def marking(self: Notifications, delivery: Any, enough: int) -> bool:  # noqa: ANN401
        now("marked before")
        done = await sent(self, delivery, enough)
        now("marked")
        return done

    async def sending(self: SlackSender, parcel: Any) -> None:  # noqa: ANN401
        now("claimed")
        await send(self, parcel)

    monkeypatch.setattr(Notifications, "record", recording)
    monkeypatch.setattr(Notifications, "sent", marking)
    monkeypatch.setattr(SlackSender, "send", sending)


@pytest.mark.parametrize("seam", [*SEAMS, "marked before"])
@pytest.mark.parametrize("later", [False, True], ids=["first state", "verdict meanwhile"])
async def test_killed_between_any_two_steps_there_is_one_message_with_the_right_state(
    outbox: Store, notifying_settings: Settings, slack: Slack, monkeypatch: pytest.MonkeyPatch, seam: str, later: bool
) -> None:
    kill_at(seam, slack, monkeypatch)
    await outbox.intake.accept(alert(), "{}")
    async with Outbound(notifying_settings.notify) as outbound:
        channel = notifying_settings.notify.channels["oncall"]
        assert isinstance(channel, SlackChannel)
        senders = {"oncall": SlackSender(channel, outbound)}
        killed = Deliverer(outbox, senders, notifying_settings)
        delivery = await outbox.notifications.claim("oncall", "first", 60)
        assert delivery is not None
        with pytest.raises(Killed):
            await killed.deliver(delivery)
    async with outbox.database.write() as session:  # its lease ends
        await session.execute(update(NotificationRow).values(lease_until=None))
    if later:
        await finished(outbox)
    async with delivering(outbox, notifying_settings):
        await until(all_sent(outbox))
    assert len(slack.top) == 1
    assert len(slack.replies(slack.top[0])) == 1
    assert slack.top[0].header == ("Likely cause found" if later else "Investigating · checkout · null given")


async def test_without_the_scope_for_history_an_unsure_message_is_sent_again(
    outbox: Store, notifying_settings: Settings, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack.allowed.remove("channels:history")
    await outbox.intake.accept(alert(), "{}")
    assert await outbox.notifications.claim("oncall", "died", -1) is not None
    async with delivering(outbox, notifying_settings):
        await until(all_sent(outbox))
    assert len(slack.top) == 1


async def test_slack_down_and_back_everything_arrives_in_order(
    outbox: Store, notifying_settings: Settings, slack: Slack
) -> None:
    tries: list[str] = []

    def down(method: str, fields: dict[str, Any]) -> Response | None:
        tries.append(method)
        return JSONResponse({"ok": False, "error": "service_unavailable"}, 503) if len(tries) < 8 else None

    slack.fails = down
    services = ["accounts", "billing", "checkout", "delivery"]
    for name in services:
        await outbox.intake.register([notice(name, repository=name)])
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0.01)

    async with Outbound(notifying_settings.notify) as outbound:
        channel = notifying_settings.notify.channels["oncall"]
        assert isinstance(channel, SlackChannel)
        deliverer = Deliverer(outbox, {"oncall": SlackSender(channel, outbound)}, notifying_settings, sleep=sleep)
        work = asyncio.create_task(deliverer.run())
        await until(all_sent(outbox))
        await deliverer.stop()
        await work
    order = [each.header.split(" · ")[1] for each in slack.top]
    assert order == services
    waits = [each for each in pauses if each >= 1][:6]
    assert waits == sorted(waits)
    assert 32 <= waits[5] <= 40


async def test_retry_after_is_respected(outbox: Store, notifying_settings: Settings, slack: Slack) -> None:
    answers = iter([JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers={"Retry-After": "37"})])
    slack.fails = lambda method, fields: next(answers, None)
    await outbox.intake.accept(alert(), "{}")
    async with Outbound(notifying_settings.notify) as outbound:
        channel = notifying_settings.notify.channels["oncall"]
        assert isinstance(channel, SlackChannel)
        deliverer = Deliverer(outbox, {"oncall": SlackSender(channel, outbound)}, notifying_settings)
        delivery = await outbox.notifications.claim("oncall", "a", 60)
        assert delivery is not None
        assert await deliverer.deliver(delivery) == 37
        again = await outbox.notifications.claim("oncall", "a", 60)
    assert again is not None
    assert again.unsure_since is None


async def test_blocks_that_slack_refuses_are_sent_as_text(
    outbox: Store, notifying_settings: Settings, slack: Slack
) -> None:
    slack.refuse_blocks = True
    await outbox.intake.accept(alert(), "{}")
    await finished(outbox)
    async with delivering(outbox, notifying_settings):
        await until(all_sent(outbox))
    assert slack.top[0].blocks == []
    assert "null given" in slack.top[0].text


async def test_a_storm_ends_as_one_message_that_counts_within_the_limits(
    outbox: Store, notifying_settings: Settings, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SlackSender, "pace_seconds", PACE)
    slack.seconds_between = 0.9
    async with delivering(outbox, notifying_settings) as deliverer:
        for first in range(0, 300, 100):
            await outbox.intake.register([notice(f"service-{number}") for number in range(first, first + 100)])
            await deliverer.wake()
        await finished(outbox)
        await until(all_sent(outbox))
    (message,) = slack.top
    assert "299 related incidents in 299 services" in message.words()
    assert len(slack.messages) <= 1 + 3 + 1
    assert slack.limited == 0


async def test_triage_tells_at_once_and_goes_on_when_nobody_can_be_told(
    outbox: Store, notifying_settings: Settings, slack: Slack
) -> None:
    slack.fails = lambda method, fields: JSONResponse({}, 503)

    async def investigate(claim: Any) -> Any:  # noqa: ANN401 (a claim, a finding)
        return found(claim.incident.id)

    async with delivering(outbox, notifying_settings) as deliverer:
        triage = Triage(outbox, investigate, notifying_settings, changed=deliverer.wake)
        work = asyncio.create_task(triage.run())
        incident = await outbox.intake.accept(alert(), "{}")
        await triage.wake()

        async def done() -> bool:
            return (await outbox.queries.incident(incident)).version == 1

        await until(done)
        await triage.stop()
        await work
    assert (await outbox.notifications.latest(1))[0].problem == "status 503"
