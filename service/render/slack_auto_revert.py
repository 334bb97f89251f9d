"""The message about an automatic revert: until when people can object, and then what became of it."""

import re
from datetime import UTC
from typing import Any

from service.render.message import AutoRevert, Message, commit_address
from service.render.slack_buttons import OBJECT, OPEN, Choice, button
from service.render.slack_text import Block, context, header, link, section, text
from service.render.wording import short

_PERSON = re.compile(r"slack:([UW][A-Z0-9]{2,40}) objected")
_HEADS = {
    "objecting": "Automatic revert stopped",
    "objected": "Automatic revert stopped",
    "executed": "Reverted automatically",
    "stopped": "Automatic revert stopped",
}


def auto_revert_blocks(message: Message, auto: AutoRevert, token: str) -> dict[str, Any]:
    """`{"text": fallback, "blocks": [...]}` for `chat.postMessage` and `chat.update`."""
    named = f"{link(commit_address(message, auto.commit), f'`{text(short(auto.commit))}`')} {text(auto.subject, 100)}"
    of = f"{text(message.service, 60)} · {text(message.environment, 40)} · {text(message.incident, 40)}"
    found = [
        header(_head(auto)),
        section(f"*{named}*\n{of}\n`{text(message.error, 200)}`"),
        section(_standing(auto)),
        context(text("The policy of this service decided it: each rule and its fact are on the page of the incident.")),
        _actions(message, auto, token),
    ]
    return {"text": auto_revert_text(message, auto), "blocks": [block for block in found if block is not None]}


def auto_revert_text(message: Message, auto: AutoRevert) -> str:
    """The same in one line of mrkdwn."""
    return f"{text(_head(auto))}: {text(short(auto.commit))} {text(auto.subject, 100)}, {text(message.service, 60)}"


def shown_state(auto: AutoRevert) -> str:
    """What changes when the message has to be edited: its state, and the minutes of the countdown."""
    return f"{auto.state}/{auto.minutes_left if auto.state == 'window' else ''}"


def _head(auto: AutoRevert) -> str:
    if auto.state != "window":
        return _HEADS[auto.state]
    left = auto.minutes_left
    return f"Automatic revert in {left} minute{'' if left == 1 else 's'}" if left else "Automatic revert is due"


def _standing(auto: AutoRevert) -> str:
    if auto.state == "window":
        at = f"{auto.until.astimezone(UTC):%H:%M} UTC"
        waits = f" It {text(auto.note, 120)}." if auto.note else ""
        return f"This commit is reverted at {at} unless somebody objects.{waits}"
    if auto.state == "executed":
        return "Nobody objected: the revert is on its way. The message of the incident follows it."
    person = _PERSON.fullmatch(auto.note)
    if person:
        return f"<@{person[1]}> objected: nothing is reverted."
    return f"Nothing is reverted. {text(auto.note, 300)}".strip()


def _actions(message: Message, auto: AutoRevert, token: str) -> Block | None:
    elements: list[Block] = []
    choice = Choice(token, message.version, "")
    if auto.state == "window":
        elements.append(button(OBJECT, "Object: do not revert", choice, style="danger"))
    if message.page:
        elements.append(button(OPEN, "Open", choice, url=message.page))
    return {"type": "actions", "elements": elements} if elements else None
