"""An automatic revert in Slack: its own message with a countdown, the button to object, and what became of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from incidents.confirmation import Confirmation, Trial
from incidents.policy import Policy
from service.notify.clicks import act
from service.notify.deliverer import Deliverer
from service.notify.interaction import Click
from service.notify.outbound import Outbound
from service.notify.slack import SlackSender
from service.routing.channels import SlackChannel
from service.settings import Settings
from service.store.revert_tables import DecisionRow
from service.store.store import Store
from service.store.tables import NotificationRow
from tests.service.notify.clicker import RESPONDER, STRANGER, VIEWER
from tests.service.notify.slack_api import CHANNEL, Slack
from tests.service.notify.slack_shown import Shown
from tests.service.policy.stage import LocalReverts, Stage, judged, shop

ONE_DATABASE = True


@pytest.fixture
def here(outbox: Store, notifying_settings: Settings, tmp_path: Path) -> Stage:
    """A policy that reverts automatically, told in Slack."""
    roles = {RESPONDER: "responder", VIEWER: "viewer"}
    notify = notifying_settings.notify.model_copy(update={"slack_roles": roles})
    settings = notifying_settings.model_copy(update={"notify": notify})
    built = shop(tmp_path, "Shorten it <!channel> @here")
    return Stage(outbox, settings, built, LocalReverts(outbox, built), Policy(mode="auto"))


async def send(here: Stage) -> None:
    """Send everything that waits."""
    channel = here.settings.notify.channels["oncall"]
    assert isinstance(channel, SlackChannel)
    async with Outbound(here.settings.notify) as outbound:
        deliverer = Deliverer(here.store, {"oncall": SlackSender(channel, outbound)}, here.settings)
        while (delivery := await here.store.notifications.claim("oncall", "a", 60)) is not None:
            await deliverer.deliver(delivery)


async def moved(here: Stage, span: timedelta) -> None:
    """Let this time pass."""
    async with here.store.database.write() as session:
        for row in await session.scalars(select(DecisionRow)):
            row.due_at, row.lease_until, row.shown_at = row.due_at - span, None, row.shown_at - span
            row.objection_until = row.objection_until - span if row.objection_until else None


def announced(slack: Slack) -> Shown:
    (found,) = [each for each in slack.top if "utomatic" in each.header]
    return found


async def click(here: Stage, action: str, user: str = RESPONDER, chosen: str = "") -> bool:
    async with here.store.database.read() as session:
        token = (await session.scalars(select(NotificationRow.token))).one()
    given = Click(user=user, channel=CHANNEL, action=action, value=f"{token}.1.{chosen}", trigger="")
    return await act(here.store, here.settings, given, here.reverts)


async def test_the_countdown_is_a_message_of_its_own_that_is_edited_in_place(here: Stage, slack: Slack) -> None:
    incident = await judged(here.store, here.built)
    await here.step()
    await send(here)
    message = announced(slack)
    assert message.header == "Automatic revert in 10 minutes"
    assert message.thread is None
    assert incident in message.words()
    await moved(here, timedelta(minutes=4))
    await here.step()
    await send(here)
    await moved(here, timedelta(minutes=6, seconds=30))
    await here.step()
    await send(here)
    assert [*message.states][:2] == ["Automatic revert in 10 minutes", "Automatic revert in 6 minutes"]
    assert message.header == "Reverted automatically"
    assert len(here.reverts.executed) == 1
    assert len([each for each in slack.top if "utomatic" in each.header]) == 1


async def test_the_message_says_what_the_command_of_the_owner_showed(here: Stage, slack: Slack) -> None:
    incident = await judged(here.store, here.built)
    await send(here)
    base, blamed, _ = here.built.shas
    trials = (Trial(commit=base, outcome="passed"), Trial(commit=blamed, outcome="failed"))
    named = {"suspected": blamed, "culprit": blamed, "proven": blamed}
    found = Confirmation(command="./check", **named, confirmed=True, trials=trials)
    await here.store.confirmations.add(incident, found, "ana")
    await send(here)
    (message,) = slack.top
    assert f"Confirmed: fails with {blamed[:9]}, passes without" in message.words()


async def test_nobody_is_called_by_the_subject_of_a_commit(here: Stage, slack: Slack) -> None:
    await judged(here.store, here.built)
    await here.step()
    await send(here)
    assert "<!channel>" not in announced(slack).words()
    assert "@here" not in announced(slack).words()


async def test_who_objects_stops_it_and_is_named(here: Stage, slack: Slack) -> None:
    await judged(here.store, here.built)
    await here.step()
    await send(here)
    assert await click(here, "object")
    await here.step()
    await send(here)
    assert announced(slack).header == "Automatic revert stopped"
    assert f"<@{RESPONDER}> objected" in announced(slack).words()
    await moved(here, timedelta(minutes=10, seconds=30))
    await here.step()
    assert here.reverts.executed == []


@pytest.mark.parametrize("user", [VIEWER, STRANGER])
async def test_who_has_not_the_role_cannot_object(here: Stage, slack: Slack, user: str) -> None:
    await judged(here.store, here.built)
    await here.step()
    await send(here)
    assert not await click(here, "object", user)
    found = await here.store.queries.incidents()
    decision = await here.store.decisions.of(found[0].id)
    assert decision is not None
    assert decision.state == "window"


async def test_the_modal_of_a_revert_shows_its_plan_and_executes_it(here: Stage, slack: Slack) -> None:
    here.policy = Policy()
    incident = await judged(here.store, here.built)
    await send(here)
    opened = Click(user=RESPONDER, channel=CHANNEL, action="revert", value="", trigger=slack.trigger())
    async with here.store.database.read() as session:
        token = (await session.scalars(select(NotificationRow.token))).one()
    forge = here.reverts.plan

    async def with_forge(*given: Any, **named: Any) -> Any:  # noqa: ANN401
        return (await forge(*given, **named)).model_copy(update={"forge": "gitea"})

    here.reverts.plan = with_forge  # type: ignore[method-assign]
    value = f"{token}.1."
    await act(here.store, here.settings, Click(**{**_fields(opened), "value": value}), here.reverts)
    modal = slack.modals[-1]
    assert "It applies cleanly to" in modal.words()
    assert modal.view["callback_id"] == "execute"
    assert modal.view["submit"]["text"] == "Revert"
    sent = Click(user=RESPONDER, channel=CHANNEL, action="execute", value=modal.view["private_metadata"].split(" ")[1])
    assert await act(here.store, here.settings, sent, here.reverts)
    assert "is open" in slack.whispers[-1][1]
    shown = (await here.store.queries.incident(incident)).revert
    assert shown is not None
    assert (shown.stage, shown.actor) == ("open", f"slack:{RESPONDER}")


async def test_a_viewer_can_look_and_not_execute(here: Stage, slack: Slack) -> None:
    await judged(here.store, here.built)
    await send(here)
    assert not await click(here, "execute", VIEWER)
    assert here.reverts.executed == []


def _fields(click: Click) -> dict[str, Any]:
    return {name: getattr(click, name) for name in ("user", "channel", "action", "trigger")}
