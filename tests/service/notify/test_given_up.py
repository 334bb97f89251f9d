"""What is given up, and what waits: a message that Slack does not take, and a receiver that breaks on all."""

import asyncio
import re
from itertools import count
from typing import Any

import pytest
from fastapi.responses import Response
from sqlalchemy import update

from service.notify.deliverer import Deliverer
from service.notify.outbound import Outbound
from service.notify.slack import SlackSender
from service.routing.channels import SlackChannel
from service.settings import Settings
from service.store.store import Store
from service.store.tables import NotificationRow
from tests.service.notify.delivering import states
from tests.service.notify.slack_api import Slack, no
from tests.service.stand_ins import alert, until
from tests.service.store.channels import notice


async def _due_at_once(store: Store) -> None:
    """The pause of a message that steps aside is over."""
    async with store.database.write() as session:
        await session.execute(update(NotificationRow).values(due_at=NotificationRow.changed_at))


@pytest.mark.parametrize("taken", [0, 8], ids=["on every message", "and takes one between"])
async def test_nothing_is_given_up_while_a_receiver_breaks(
    outbox: Store, notifying_settings: Settings, slack: Slack, caplog: pytest.LogCaptureFixture, taken: int
) -> None:
    """Several times as many tries as are asked for, and then it is mended: all messages arrive."""
    tries = count(1)

    def breaks(method: str, fields: dict[str, Any]) -> Response | None:
        first = method == "chat.postMessage" and "Investigating" in fields["text"]
        return Response(status_code=500) if first and (number := next(tries)) < 16 and number != taken else None

    slack.fails = breaks
    services = ["accounts", "billing"]
    for name in services:
        await outbox.intake.register([notice(name, repository=name)])
    async with Outbound(notifying_settings.notify) as outbound:
        channel = notifying_settings.notify.channels["oncall"]
        assert isinstance(channel, SlackChannel)
        deliverer = Deliverer(outbox, {"oncall": SlackSender(channel, outbound)}, notifying_settings)
        while await states(outbox) != {"sent"}:
            delivery = await outbox.notifications.claim("oncall", "a", 60)
            await (deliverer.deliver(delivery) if delivery is not None else _due_at_once(outbox))
            assert not await outbox.notifications.latest(1, state="given_up")
    assert len(slack.top) == len(services)
    told, *_ = [each.getMessage() for each in caplog.records if "took no other" in each.getMessage()]
    assert re.fullmatch(r"channel oncall took no other message since \d\d:\d\d UTC: what it breaks on waits", told)


@pytest.mark.parametrize(("error", "tries"), [("cant_update_message", 1), ("internal_error", 3)])
async def test_what_slack_does_not_take_is_given_up_after_bounded_tries_and_others_pass(
    outbox: Store, notifying_settings: Settings, slack: Slack, error: str, tries: int
) -> None:
    def fails(method: str, fields: dict[str, Any]) -> Response | None:
        return no(error) if "billing" in fields.get("text", "") and "trace" not in fields.get("text", "") else None

    slack.fails = fails
    await outbox.intake.register([notice("billing", repository="other")])
    await outbox.intake.accept(alert(), "{}")
    async with Outbound(notifying_settings.notify) as outbound:
        channel = notifying_settings.notify.channels["oncall"]
        assert isinstance(channel, SlackChannel)
        deliverer = Deliverer(
            outbox, {"oncall": SlackSender(channel, outbound)}, notifying_settings, sleep=lambda s: asyncio.sleep(0.01)
        )
        work = asyncio.create_task(deliverer.run())

        async def done() -> bool:
            if slack.top:
                await _due_at_once(outbox)
            return await states(outbox) == {"sent", "given_up"}

        await until(done)
        await deliverer.stop()
        await work
    (given_up,) = await outbox.notifications.latest(10, state="given_up")
    assert given_up.problem == error
    assert (
        sum("billing" in fields.get("text", "") for method, fields in slack.calls if method == "chat.postMessage")
        == tries
    )
    assert len(slack.top) == 1
