"""What a click in a Slack message or modal does. What it is about is looked up here, never taken from the click."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from incidents.errors import IncidentNotFound, RevertNotFound, RevertStateConflict, StoreUnavailable
from incidents.revert import RevertStep
from incidents.revert_record import UNDONE, Revert
from service.notify.interaction import Click
from service.notify.modals import chosen_commit, commit_modal, not_this_modal, revert_plan
from service.notify.outbound import Outbound
from service.notify.sender import NotSent
from service.notify.slack import SlackSender
from service.render import slack_buttons as buttons
from service.render.slack_buttons import Choice, choice_of
from service.render.slack_text import Block, text
from service.render.wording import short
from service.reverts.carry_out import Acting
from service.reverts.execution import OUTSIDE_ERRORS
from service.reverts.reverts import Reverts
from service.routing.channels import Notify, Role, SlackChannel
from service.settings import Settings
from service.store.feedback_meaning import meaning_of
from service.store.schemas import Feedback, StoredIncident
from service.store.store import Store
from tools.text.redaction import redact

_log = logging.getLogger(__name__)
_MUTED = timedelta(hours=1)
_HEAD = 20
"""Letters of the head in a modal: a value has room for 75 in all."""
_AT_ANY_TIME = {(buttons.MORE, buttons.RERUN), (buttons.MORE, buttons.MUTE), (buttons.OBJECT, "")}
_STALE = "The verdict has changed since: look at the message again."
_UNKNOWN = "This button is no longer known."
_NOTHING = "There is nothing to revert."
_MOVED = "The head has moved: look again. Nothing is reverted."
_TOO_LATE = "It is too late to object, or it was stopped already: look at the message. What was opened can be closed."


@dataclass(frozen=True, slots=True)
class _Done:
    """The reply to the person, escaped, or a modal and the reply for when it cannot be opened; what has changed."""

    reply: str
    changed: bool = False
    view: Block | None = None
    later: Callable[[], Awaitable[Block | None]] | None = None
    """The modal again, with what takes longer than the three seconds in which it has to open."""


async def act(store: Store, settings: Settings, click: Click, reverts: Acting | None = None) -> bool:
    """Do what was clicked and say so to the person who did it. Returns whether an incident has changed."""
    channel = _channel_of(settings.notify, click)
    if channel is None or click.action == buttons.OPEN:
        return False
    try:
        done = await _done(store, settings, click, reverts or Reverts(store, settings))
    except IncidentNotFound:
        done = _Done(_UNKNOWN)
    except (*OUTSIDE_ERRORS, RevertNotFound, RevertStateConflict) as error:
        done = _Done(text(str(error), 300))
    except StoreUnavailable:
        done = _Done("It could not be stored: try again in a moment.")
    async with Outbound(settings.notify) as outbound:
        await _answer(SlackSender(channel, outbound), click, done)
    return done.changed


async def _answer(sender: SlackSender, click: Click, done: _Done) -> None:
    """Open or change the modal; else, or where that fails, reply in words that only this person sees."""
    try:
        opened = await _opened(sender, click, done.view) if done.view is not None else None
        if opened is None:
            await sender.whisper(click.user, done.reply)
        elif done.later is not None and (view := await done.later()) is not None:
            await sender.update_view(*opened, view)
    except NotSent as error:
        _log.warning("who clicked could not be answered: %s", error)


async def _opened(sender: SlackSender, click: Click, view: Block) -> tuple[str, str] | None:
    """Id and hash of the modal; None where it could not be opened."""
    try:
        if click.view:
            return await sender.update_view(click.view, click.hash, view)
        return await sender.open_view(click.trigger, view)
    except NotSent as error:
        _log.warning("a modal could not be opened: %s", error)
        return None


def _channel_of(notify: Notify, click: Click) -> SlackChannel | None:
    known = (each for each in notify.channels.values() if isinstance(each, SlackChannel))
    return next((each for each in known if each.channel == click.channel), None)


def _role(notify: Notify, user: str) -> Role | None:
    return notify.slack_roles.get(user) or notify.slack_roles.get("*")


async def _done(store: Store, settings: Settings, click: Click, reverts: Acting) -> _Done:
    """Raises IncidentNotFound, InputError, RevertStateConflict and StoreUnavailable."""
    role, choice = _role(settings.notify, click.user), choice_of(click.value)
    done = (click.action, choice.chosen if choice else "")
    looks = click.action in (buttons.REVERT, buttons.PICK) or done == (buttons.MORE, buttons.LOOK)
    if role is None or (role == "viewer" and not looks):
        needed = "viewer" if looks else "responder"
        return _Done(f"You need the role {needed}: an operator adds {text(click.user)} to notify.slack_roles.")
    if choice is None:
        return _Done(_UNKNOWN)
    name, channel = await store.notifications.named(choice.token)
    configured = settings.notify.channels.get(channel)
    if not isinstance(configured, SlackChannel) or configured.channel != click.channel:
        return _Done(_UNKNOWN)
    incident = await store.queries.incident(name)
    if done not in _AT_ANY_TIME and choice.version != incident.version:
        return _Done(_STALE)
    if click.action in (buttons.OBJECT, buttons.EXECUTE):
        return await _reverted(store, reverts, click, choice, incident)
    return await _chosen(store, settings, click, choice, incident, reverts)


async def _reverted(store: Store, reverts: Acting, click: Click, choice: Choice, incident: StoredIncident) -> _Done:
    """Object to an automatic revert, or execute one that a person has looked at."""
    actor = f"slack:{click.user}"
    if click.action == buttons.OBJECT:
        stopped = await store.decisions.object(incident.id, actor)
        return _Done("Stopped: nothing is reverted." if stopped else _TOO_LATE, changed=stopped is not None)
    sha = chosen_commit(incident, choice.chosen)
    if sha is None or sha in incident.disproved:
        return _Done(_NOTHING)
    if why := await _not_as_shown(store, reverts, click, incident, sha):
        return _Done(why)
    revert = await reverts.plan(incident.id, actor, commit=sha, again=False)
    if revert.state == "objected":
        return _Done(_objected(revert))
    if revert.state in UNDONE:
        revert = await reverts.plan(incident.id, actor, commit=sha)
    if not _shown(click, revert):
        return _Done(_MOVED)
    if actor not in revert.approved_by:
        revert = await reverts.approve(revert.id, actor)
    done = await reverts.execute(revert.id, actor)
    if done.problem:
        return _Done(f"{text(done.id)} is {done.state}: {text(done.problem, 200)}", changed=True)
    return _Done(f"The revert of {text(short(sha))} is {done.state}: the message follows it.", changed=True)


async def _not_as_shown(store: Store, reverts: Acting, click: Click, incident: StoredIncident, sha: str) -> str:
    """Why the person may not execute it: somebody has objected to it, or it is no longer what the modal showed."""
    latest = await store.planned_reverts.latest(incident=incident.id)
    last = next((each for each in latest if each.plan.commit == sha), None)
    if last is not None and last.state == "objected":
        return _objected(last)
    decision = await store.decisions.of(incident.id)
    if decision is not None and decision.state == "objecting":
        return "Somebody has just objected to this revert."
    planned = await reverts.plan(incident.id, f"slack:{click.user}", commit=sha, dry_run=True)
    return "" if _shown(click, planned) else _MOVED


def _objected(revert: Revert) -> str:
    who = text(revert.ended_by, 80) or "Somebody"
    return f"{who} objected to this revert. To plan it anew all the same, use the command line or the API."


def _shown(click: Click, revert: Revert) -> bool:
    """Whether the modal that was sent showed the plan on this head."""
    head = (*click.value.split("."), "", "", "", "")[3]
    return len(head) == _HEAD and revert.plan.head.startswith(head)


def _with_head(view: Block | None, planned: Revert) -> Block | None:
    """The modal, which says when it is sent which head its plan is for."""
    return view and view | {"private_metadata": f"{view['private_metadata']}.{planned.plan.head[:_HEAD]}"}


async def _chosen(
    store: Store, settings: Settings, click: Click, choice: Choice, incident: StoredIncident, reverts: Acting
) -> _Done:
    actor = f"slack:{click.user}"
    match click.action, choice.chosen:
        case (buttons.REVERT | buttons.PICK, _) | (buttons.MORE, buttons.LOOK):
            return _looked_at(settings, click, choice, incident, reverts)
        case buttons.NOT_THIS, "":
            return _Done("The form could not be opened: try again.", view=not_this_modal(click, choice, incident))
        case buttons.PROPOSE, _:
            return await _proposed(store, settings, choice, incident, actor)
        case buttons.MORE, buttons.RERUN:
            await store.reruns.rerun(incident.id, actor)
            return _Done(f"{text(incident.id)} is investigated again.", changed=True)
        case buttons.MORE, buttons.MUTE:
            until = datetime.now(UTC) + _MUTED
            await store.notifications.mute(choice.token, until)
            return _Done(f"Muted until {until:%H:%M} UTC: nothing about this group is said in this channel.")
    feedback = _feedback(click, choice, incident)
    if feedback is None:
        return _Done(_UNKNOWN)
    await store.feedback.add(incident.id, feedback, actor)
    return _Done(f"Noted about {text(incident.id)}: {feedback.label.replace('_', ' ')}.", changed=True)


def _feedback(click: Click, choice: Choice, incident: StoredIncident) -> Feedback | None:
    note = redact(click.note).replace("\x00", "")[:2_000]
    match click.action, choice.chosen:
        case buttons.RIGHT, _:
            return Feedback(label="right", version=choice.version)
        case ((buttons.NOT_THIS | buttons.JUDGE), buttons.NO_DEPLOY):
            return Feedback(label="not_a_deploy", note=note, version=choice.version)
        case ((buttons.NOT_THIS | buttons.JUDGE), buttons.UNKNOWN):
            return Feedback(label="wrong", note=note, version=choice.version)
        case ((buttons.NOT_THIS | buttons.JUDGE), chosen) if chosen:
            sha = chosen_commit(incident, chosen)
            return Feedback(label="wrong", commit=sha, note=note, version=choice.version) if sha else None
    return None


def _looked_at(settings: Settings, click: Click, choice: Choice, incident: StoredIncident, reverts: Acting) -> _Done:
    """The modal of a commit, and again with its plan; in words where it cannot be opened."""
    if click.action == buttons.REVERT and not _offered(incident):
        return _Done(_NOTHING)
    looked = choice._replace(chosen=_first_other(incident)) if choice.chosen == buttons.LOOK else choice
    view, sha = commit_modal(settings, click, looked, incident), chosen_commit(incident, looked.chosen)
    if view is None or sha is None:
        return _Done(_NOTHING)
    plan, command = revert_plan(settings, incident, sha)
    lines = (text(plan, 300), f"```{text(command, 500)}```" if command else "", "Nothing is carried out from here.")

    async def with_plan() -> Block | None:
        try:
            planned = await reverts.plan(incident.id, f"slack:{click.user}", commit=sha, dry_run=True)
        except (*OUTSIDE_ERRORS, StoreUnavailable) as error:
            _log.info("no plan for the modal: %s", error)
            return None
        return _with_head(commit_modal(settings, click, looked, incident, planned), planned)

    return _Done("\n".join(line for line in lines if line), view=view, later=with_plan)


def _offered(incident: StoredIncident) -> bool:
    """Whether the report offers a revert, and nobody has said that the verdict is wrong."""
    wrong = incident.feedback is not None and meaning_of(incident.feedback).corrects
    culprit = incident.verdict.culprit if incident.verdict else None
    return culprit is not None and incident.report is not None and bool(incident.report.command) and not wrong


def _first_other(incident: StoredIncident) -> str:
    """The place of the likeliest commit that is neither the culprit nor disproved."""
    verdict = incident.verdict
    suspects = enumerate(verdict.suspects) if verdict else ()
    shas = ((number, each.commit.sha) for number, each in suspects)
    innocent = {verdict.culprit if verdict else None, *incident.disproved}
    return next((f"c{number}" for number, sha in shas if sha not in innocent), "none")


async def _proposed(store: Store, settings: Settings, choice: Choice, incident: StoredIncident, actor: str) -> _Done:
    """Show in the channel that this person proposes the revert."""
    sha = chosen_commit(incident, choice.chosen)
    if sha is None or sha in incident.disproved:
        return _Done(_NOTHING)
    step = RevertStep(commit=sha, stage="proposed", actor=actor, at=datetime.now(UTC))
    if not await store.reverts.note(incident.id, step):
        return _Done(f"The revert of {text(short(sha))} is proposed already, or further.")
    command = revert_plan(settings, incident, sha)[1]
    return _Done(f"Proposed. Carry it out with\n```{text(command, 500)}```", changed=True)
