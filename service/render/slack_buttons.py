"""The buttons of a Slack message. A value is an opaque token and a number: what it stands for is looked up here."""

from typing import Any, NamedTuple

from service.render import sanitize
from service.render.message import Message
from service.render.slack_text import Block
from service.render.wording import short

RIGHT, NOT_THIS, REVERT, OPEN, MORE = "right", "not_this", "revert", "open", "more"
NO_DEPLOY, UNKNOWN, RERUN, MUTE = "no_deploy", "unknown", "rerun", "mute"
_CANDIDATES = 20
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


def buttons(message: Message, token: str) -> Block | None:
    """The row of buttons; None where there is nothing to do."""
    report, elements = message.report, list[Block]()
    stands = report is not None and message.state == report.outcome
    if stands and report is not None and report.command:
        elements.append(_button(REVERT, "Revert…", Choice(token, message.version, ""), style="danger"))
    if stands:
        elements.append(_button(RIGHT, "👍 Right", Choice(token, message.version, "")))
        elements.append(_not_this(message, token))
    if message.page:
        elements.append(_button(OPEN, "Open", Choice(token, message.version, ""), url=message.page))
    elements.append(
        {
            "type": "overflow",
            "action_id": MORE,
            "options": [
                _option("Run again", Choice(token, message.version, RERUN)),
                _option("Mute 1 h", Choice(token, message.version, MUTE)),
            ],
        }
    )
    return {"type": "actions", "elements": elements}


def _not_this(message: Message, token: str) -> Block:
    """Choose another commit, or say that it is none or not known."""
    others = [
        _option(f"It was {short(each.sha)} {each.subject}", Choice(token, message.version, f"c{each.number}"))
        for each in message.candidates[:_CANDIDATES]
    ]
    return {
        "type": "static_select",
        "action_id": NOT_THIS,
        "placeholder": _plain("👎 Not this…"),
        "options": [
            *others,
            _option("Not a deploy", Choice(token, message.version, NO_DEPLOY)),
            _option("Wrong, the cause is not known", Choice(token, message.version, UNKNOWN)),
        ],
    }


def _button(action: str, label: str, choice: Choice, **more: Any) -> Block:  # noqa: ANN401 (fields of a button)
    return {"type": "button", "action_id": action, "text": _plain(label), "value": value_of(choice), **more}


def _option(label: str, choice: Choice) -> Block:
    return {"text": _plain(label), "value": value_of(choice)}


def _plain(label: str) -> Block:
    return {"type": "plain_text", "text": sanitize.line(label, _LABEL), "emoji": True}
