"""What a click on a button of a Slack message does. What it is about is looked up here, never taken from the click."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from incidents.errors import IncidentNotFound, InputError, StoreUnavailable
from service.notify.outbound import Outbound
from service.notify.sender import NotSent
from service.notify.slack import SlackSender
from service.render import slack_buttons as buttons
from service.render.slack_buttons import Choice, choice_of
from service.render.slack_text import text
from service.routing.channels import Notify, Role, SlackChannel
from service.settings import Settings
from service.store.schemas import Feedback, StoredIncident
from service.store.store import Store

_log = logging.getLogger(__name__)
_MUTED = timedelta(hours=1)
_OF_A_VERDICT = {buttons.RIGHT, buttons.NOT_THIS, buttons.REVERT}
_STALE = "The verdict has changed since: look at the message again."
_UNKNOWN = "This button is no longer known."


@dataclass(frozen=True, slots=True)
class Click:
    """Who clicked what, and where: ids of Slack, and the value that our message had put there."""

    user: str
    channel: str
    action: str
    value: str


@dataclass(frozen=True, slots=True)
class _Done:
    """What the person is told, escaped; whether an incident has changed."""

    told: str
    changed: bool = False


async def act(store: Store, settings: Settings, click: Click) -> bool:
    """Do what was clicked and tell the person who did it. Returns whether an incident has changed."""
    channel = _channel_of(settings.notify, click)
    if channel is None or click.action == buttons.OPEN:
        return False
    try:
        done = await _done(store, settings, click)
    except IncidentNotFound:
        done = _Done(_UNKNOWN)
    except InputError as error:
        done = _Done(text(str(error), 300))
    except StoreUnavailable:
        done = _Done("It could not be stored: try again in a moment.")
    try:
        async with Outbound(settings.notify) as outbound:
            await SlackSender(channel, outbound).whisper(click.user, done.told)
    except NotSent as error:
        _log.warning("who clicked could not be answered: %s", error)
    return done.changed


def _channel_of(notify: Notify, click: Click) -> SlackChannel | None:
    known = (each for each in notify.channels.values() if isinstance(each, SlackChannel))
    return next((each for each in known if each.channel == click.channel), None)


def _role(notify: Notify, user: str) -> Role | None:
    return notify.slack_roles.get(user) or notify.slack_roles.get("*")


async def _done(store: Store, settings: Settings, click: Click) -> _Done:
    """Raises IncidentNotFound, InputError and StoreUnavailable."""
    role, choice = _role(settings.notify, click.user), choice_of(click.value)
    if role is None or (role == "viewer" and click.action != buttons.REVERT):
        needed = "viewer" if click.action == buttons.REVERT else "responder"
        return _Done(f"You need the role {needed}: an operator adds {text(click.user)} to notify.slack_roles.")
    if choice is None:
        return _Done(_UNKNOWN)
    name, channel = await store.notifications.named(choice.token)
    configured = settings.notify.channels.get(channel)
    if not isinstance(configured, SlackChannel) or configured.channel != click.channel:
        return _Done(_UNKNOWN)
    incident = await store.queries.incident(name)
    if click.action in _OF_A_VERDICT and choice.version != incident.version:
        return _Done(_STALE)
    return await _chosen(store, click, choice, incident)


async def _chosen(store: Store, click: Click, choice: Choice, incident: StoredIncident) -> _Done:
    actor = f"slack:{click.user}"
    match click.action, choice.chosen:
        case buttons.REVERT, _:
            return _Done(_plan(incident))
        case buttons.RIGHT, _:
            feedback = Feedback(label="right", version=choice.version)
        case buttons.NOT_THIS, buttons.NO_DEPLOY:
            feedback = Feedback(label="not_a_deploy", version=choice.version)
        case buttons.NOT_THIS, buttons.UNKNOWN:
            feedback = Feedback(label="wrong", version=choice.version)
        case buttons.NOT_THIS, chosen:
            sha = _candidate(incident, chosen)
            if sha is None:
                return _Done(_UNKNOWN)
            feedback = Feedback(label="wrong", commit=sha, version=choice.version)
        case buttons.MORE, buttons.RERUN:
            await store.reruns.rerun(incident.id, actor)
            return _Done(f"{text(incident.id)} is investigated again.", changed=True)
        case buttons.MORE, buttons.MUTE:
            until = datetime.now(UTC) + _MUTED
            await store.notifications.mute(choice.token, until)
            return _Done(f"Muted until {until:%H:%M} UTC: nothing about this group is said in this channel.")
        case _:
            return _Done(_UNKNOWN)
    await store.feedback.add(incident.id, feedback, actor)
    return _Done(f"Noted about {text(incident.id)}: {feedback.label.replace('_', ' ')}.", changed=True)


def _candidate(incident: StoredIncident, chosen: str) -> str | None:
    """Return the commit at this place among the suspects of the verdict that was shown."""
    number = chosen.removeprefix("c")
    suspects = incident.verdict.suspects if incident.verdict else ()
    if not (number.isascii() and number.isdecimal() and len(number) < 5 and int(number) < len(suspects)):
        return None
    return suspects[int(number)].commit.sha


def _plan(incident: StoredIncident) -> str:
    """The plan of the revert and its command: nothing is carried out from here."""
    report, verdict = incident.report, incident.verdict
    wrong = incident.feedback is not None and incident.feedback.label != "right"
    if report is None or verdict is None or verdict.culprit is None or not report.command or wrong:
        return "There is nothing to revert."
    lines = (text(report.revert, 300), f"```{text(report.command, 500)}```", "Nothing is carried out from here.")
    return "\n".join(lines)
