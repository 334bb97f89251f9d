"""The modals: plan and command of a revert, another commit, "not this" as a form, and what the channel then shows."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.responses import Response
from sqlalchemy import select

from incidents.policy import Policy
from incidents.revert_record import Revert
from service.notify.clicks import act
from service.notify.interaction import Click
from service.settings import Settings
from service.store.store import Store
from service.store.tables import NotificationRow
from tests.repositories import extend
from tests.service.notify.clicker import BLAMED, OTHER, RESPONDER, STRANGER, VIEWER, Clicker, blames
from tests.service.notify.slack_api import CHANNEL, Slack, no
from tests.service.notify.slack_shown import Modal
from tests.service.policy.stage import LocalReverts, Stage, judged, shop

ONE_DATABASE = True


async def opened(clicker: Clicker, action: str, value: str = "", user: str = RESPONDER) -> Modal:
    assert (await clicker.click(action, user=user, value=clicker.values[value or action])).status_code == 200
    return clicker.slack.modals[-1]


async def test_revert_shows_plan_command_and_references_and_does_nothing(clicker: Clicker) -> None:
    before = (await clicker.store.queries.audits(clicker.incident)).records
    modal = await opened(clicker, "revert", user=VIEWER)
    assert f"```redtide revert {clicker.incident}```" in modal.words()
    assert "Reverts cleanly" in modal.words()
    assert "<https://git.example.org/shop/pull/12|#12>" in modal.words()
    assert (await clicker.store.queries.audits(clicker.incident)).records == before
    assert clicker.slack.whispers == []


async def test_another_commit_is_looked_at_in_the_same_modal(clicker: Clicker) -> None:
    modal = await opened(clicker, "revert")
    await clicker.pick(modal, 1)
    assert "change d" in modal.words()
    assert f"--commit {OTHER[:9]}```" in modal.words()
    assert "was not tried" in modal.words()
    assert modal.menu("pick")["initial_option"]["text"]["text"].startswith(OTHER[:9])
    await clicker.pick(modal, 0)
    assert "Reverts cleanly" in modal.words()


async def test_look_at_another_commit_begins_with_the_one_after_the_culprit(clicker: Clicker) -> None:
    modal = await opened(clicker, "more", "look")
    assert modal.menu("pick")["initial_option"]["text"]["text"].startswith(OTHER[:9])


async def test_who_proposes_the_revert_is_shown_in_the_channel(clicker: Clicker) -> None:
    modal = await opened(clicker, "revert")
    await clicker.submit(modal)
    incident = await clicker.store.queries.incident(clicker.incident)
    assert incident.revert is not None
    assert (incident.revert.commit, incident.revert.stage, incident.revert.actor) == (
        BLAMED,
        "proposed",
        f"slack:{RESPONDER}",
    )
    assert (await clicker.store.notifications.latest(1))[0].shows == "revert_proposed"
    assert f"redtide revert {clicker.incident}" in clicker.slack.whispers[-1][1]
    assert clicker.bell.rung == 1
    await clicker.submit(modal)
    assert "proposed already" in clicker.slack.whispers[-1][1]


async def test_the_form_of_not_this_offers_every_other_commit_and_the_two_answers_without_one(
    clicker: Clicker,
) -> None:
    modal = await opened(clicker, "not_this")
    labels = [each["text"]["text"] for each in modal.menu("commit")["options"]]
    assert labels == [f"{OTHER[:9]} change d", "Not a deploy", "Wrong, the cause is not known"]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [(OTHER[:9], ("wrong", OTHER)), ("Not a deploy", ("not_a_deploy", None)), ("Wrong", ("wrong", None))],
)
async def test_what_is_sent_with_the_form_is_feedback_with_its_note(
    clicker: Clicker, chosen: str, said: tuple[str, str | None]
) -> None:
    modal = await opened(clicker, "not_this")
    await clicker.submit(modal, chosen, note="seen in the log, password=" + "hunter2hunter2")
    assert await clicker.feedback() == said
    feedback = (await clicker.store.queries.incident(clicker.incident)).feedback
    assert feedback is not None
    assert feedback.note.startswith("seen in the log")
    assert "hunter2" not in feedback.note
    assert (await clicker.store.notifications.latest(1))[0].shows == "wrong"


async def test_a_commit_that_a_person_called_wrong_is_offered_in_no_modal(clicker: Clicker) -> None:
    revert = await opened(clicker, "revert")
    await clicker.submit(await opened(clicker, "not_this"), "Wrong")
    for _ in ("revert", "look at another"):
        await clicker.submit(revert)
        assert clicker.slack.whispers[-1][1] == "There is nothing to revert."
    await clicker.pick(revert, 0)
    assert clicker.slack.whispers[-1][1] == "There is nothing to revert."
    look = await opened(clicker, "more", "look")
    assert BLAMED[:9] not in look.words()
    assert (await clicker.store.queries.incident(clicker.incident)).revert is None


@pytest.mark.parametrize("user", [VIEWER, STRANGER])
async def test_who_has_not_the_role_can_send_no_form(clicker: Clicker, user: str) -> None:
    revert, form = await opened(clicker, "revert"), await opened(clicker, "not_this")
    await clicker.submit(revert, user=user)
    await clicker.submit(form, "Not a deploy", user=user)
    incident = await clicker.store.queries.incident(clicker.incident)
    assert (incident.revert, incident.feedback) == (None, None)
    assert "slack_roles" in clicker.slack.whispers[-1][1]


async def test_a_form_about_an_earlier_verdict_changes_nothing(clicker: Clicker) -> None:
    revert, form = await opened(clicker, "revert"), await opened(clicker, "not_this")
    await clicker.store.reruns.rerun(clicker.incident, "ana")
    claim = await clicker.store.leases.claim("worker")
    assert claim is not None
    await clicker.store.outcomes.finish(claim, blames(clicker.incident))
    await clicker.submit(revert)
    await clicker.submit(form, "Not a deploy")
    incident = await clicker.store.queries.incident(clicker.incident)
    assert (incident.revert, incident.feedback) == (None, None)
    assert "changed since" in clicker.slack.whispers[-1][1]


async def test_a_modal_that_names_another_channel_changes_nothing(clicker: Clicker) -> None:
    modal = await opened(clicker, "revert")
    modal.view["private_metadata"] = modal.view["private_metadata"].replace("C0123ABCD", "C0OTHER")
    await clicker.submit(modal)
    assert (await clicker.store.queries.incident(clicker.incident)).revert is None


async def test_where_no_modal_can_be_opened_the_plan_is_said_in_words(clicker: Clicker) -> None:
    def late(method: str, fields: object) -> Response | None:
        return no("expired_trigger_id") if method == "views.open" else None

    clicker.slack.fails = late
    await clicker.click("revert")
    assert clicker.slack.modals == []
    assert f"redtide revert {clicker.incident}" in clicker.slack.whispers[-1][1]


async def test_a_choice_in_a_modal_that_has_changed_meanwhile_is_answered_in_words(clicker: Clicker) -> None:
    modal = await opened(clicker, "revert")
    old = Modal(modal.id, modal.view, modal.hash)
    await clicker.pick(modal, 1)
    await clicker.pick(old, 0)
    assert "change d" in modal.words()
    assert f"redtide revert {clicker.incident}" in clicker.slack.whispers[-1][1]


class _AtForge(LocalReverts):
    """Plans that can be executed."""

    async def plan(self, *given: Any, **named: Any) -> Revert:  # noqa: ANN401 (those of plan)
        return (await super().plan(*given, **named)).model_copy(update={"forge": "gitea"})


@pytest.fixture
def here(outbox: Store, notifying_settings: Settings, tmp_path: Path) -> Stage:
    notify = notifying_settings.notify.model_copy(update={"slack_roles": {RESPONDER: "responder"}})
    settings = notifying_settings.model_copy(update={"notify": notify})
    built = shop(tmp_path)
    return Stage(outbox, settings, built, _AtForge(outbox, built), Policy())


async def clicked(here: Stage, action: str, value: str, trigger: str = "") -> bool:
    click = Click(user=RESPONDER, channel=CHANNEL, action=action, value=value, trigger=trigger)
    return await act(here.store, here.settings, click, here.reverts)


async def looked_at(here: Stage, slack: Slack) -> str:
    """The value of the modal with the plan."""
    await judged(here.store, here.built)
    async with here.store.database.read() as session:
        token = (await session.scalars(select(NotificationRow.token))).one()
    await clicked(here, "revert", f"{token}.1.", slack.trigger())
    assert slack.modals[-1].view["callback_id"] == "execute"
    return str(slack.modals[-1].view["private_metadata"].split(" ")[1])


async def test_what_is_executed_is_the_plan_that_the_modal_showed(here: Stage, slack: Slack) -> None:
    value = await looked_at(here, slack)
    await clicked(here, "execute", value.rpartition(".")[0])  # a modal that does not say what it showed
    assert "has moved" in slack.whispers[-1][1]
    extend(here.built.path, [{"files": {"notes": "c\n"}}])
    assert not await clicked(here, "execute", value)
    assert slack.whispers[-1][1].startswith("The head has moved: look again")
    assert (here.reverts.executed, await here.store.planned_reverts.latest()) == ([], ())
    await clicked(here, "revert", value.rpartition(".")[0], slack.trigger())
    assert await clicked(here, "execute", slack.modals[-1].view["private_metadata"].split(" ")[1])
    assert len(here.reverts.executed) == 1


async def test_what_somebody_objected_to_is_not_revived_by_a_click(here: Stage, slack: Slack) -> None:
    value = await looked_at(here, slack)
    incident = (await here.store.queries.incidents())[0].id
    planned = await here.reverts.plan(incident, "ana")
    await here.reverts.object(planned.id, "cleo")
    assert not await clicked(here, "execute", value)
    assert "objected to this revert" in slack.whispers[-1][1]
    assert (await here.store.planned_reverts.get(planned.id)).state == "objected"
    await here.reverts.plan(incident, "ana")  # somebody plans it anew on purpose
    assert await clicked(here, "execute", value)
    assert len(here.reverts.executed) == 1
