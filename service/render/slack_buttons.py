"""The buttons of a Slack message. A value is an opaque token and a number: what it stands for is looked up here."""

from typing import Any, NamedTuple

from service.render import sanitize
from service.render.message import Message, shown_report
from service.render.slack_text import Block

RIGHT, NOT_THIS, REVERT, OPEN, MORE = "right", "not_this", "revert", "open", "more"
"""Buttons of a message."""
OBJECT = "object"
"""The button of the message about an automatic revert."""
PICK, PROPOSE, EXECUTE, JUDGE = "pick", "propose", "execute", "judge"
"""In a modal: another commit is chosen to look at; its form is sent."""
NO_DEPLOY, UNKNOWN, RERUN, MUTE, LOOK = "no_deploy", "unknown", "rerun", "mute", "look"
"""What is chosen, besides a commit: `c` and its place among the verdict's suspects."""
_LABEL = 75


class Choice(NamedTuple):
    """What a click stands for: the message's token, the version of the verdict, and what was chosen."""

    token: str
    version: int
    chosen: str


def value_of(choice: Choice) -> str:
    """The value of a button, at most 75 characters (the limit of an option)."""
    return f"{choice.token}.{choice.version}.{choice.chosen}"


def choice_of(value: str) -> Choice | None:
    """What a value stands for; None when it is not one of ours."""
    token, version, chosen = (*value.split("."), "", "")[:3]
    if not token or not (version.isascii() and version.isdecimal() and len(version) < 8) or len(value) > _LABEL:
        return None
    return Choice(token, int(version), chosen)


def buttons(message: Message, token: str) -> Block:
    """The row of buttons."""
    report = shown_report(message) if message.state != "wrong" else None
    elements = list[Block]()
    this = Choice(token, message.version, "")
    if report is not None and report.command:
        elements.append(button(REVERT, "Revert…", this, style="danger"))
    if report is not None:
        elements.append(button(RIGHT, "👍 Right", this))
        elements.append(button(NOT_THIS, "👎 Not this…", this))
    if message.page:
        elements.append(button(OPEN, "Open", this, url=message.page))
    more = [option("Run again", this._replace(chosen=RERUN)), option("Mute 1 h", this._replace(chosen=MUTE))]
    if report is not None and message.candidates:
        more.append(option("Look at another commit", this._replace(chosen=LOOK)))
    elements.append({"type": "overflow", "action_id": MORE, "options": more})
    return {"type": "actions", "elements": elements}


def button(action: str, label: str, choice: Choice, **more: Any) -> Block:  # noqa: ANN401 (fields of a button)
    return {"type": "button", "action_id": action, "text": plain(label), "value": value_of(choice), **more}


def option(label: str, choice: Choice) -> Block:
    """One of a menu."""
    return {"text": plain(label), "value": value_of(choice)}


def plain(label: str) -> Block:
    """A label, which is plain text of at most 75 characters."""
    return {"type": "plain_text", "text": sanitize.line(label, _LABEL), "emoji": True}
