"""Incoming webhooks of Microsoft Teams, Mattermost and Discord: the message as Markdown."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from service.notify.outbound import Outbound
from service.notify.sender import Parcel, Unavailable, secret
from service.render.markdown_message import render
from service.routing.channels import ChatChannel
from tools.text.web_address import web_address


class _Form(NamedTuple):
    """The longest text that a chat takes, and its request body."""

    limit: int
    body: Callable[[str], dict[str, Any]]


def _teams(text: str) -> dict[str, Any]:
    """An Adaptive Card, as the workflow "When a Teams webhook request is received" takes it."""
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": text, "wrap": True}],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


_FORMS = {
    "teams": _Form(10_000, _teams),
    "mattermost": _Form(3_900, lambda text: {"text": text}),
    "discord": _Form(1_950, lambda text: {"content": text, "allowed_mentions": {"parse": []}}),
}


class ChatSender:
    """Posts Markdown to an incoming webhook. What it has posted cannot be changed."""

    pace_seconds = 1.0  # Discord takes 30 a minute and webhook, Teams four a second

    def __init__(self, channel: ChatChannel, outbound: Outbound) -> None:
        self._channel = channel
        self._outbound = outbound

    async def send(self, parcel: Parcel) -> None:
        """Post it. Raises NotSent."""
        await self._post(render(parcel.message, _FORMS[self._channel.kind].limit))

    async def trial(self, text: str) -> str:
        """Post a test message and return what came back. Raises NotSent."""
        return await self._post(text)

    async def _post(self, text: str) -> str:
        body = json.dumps(_FORMS[self._channel.kind].body(text)).encode()
        url = address_in(self._channel.url_variable)
        answer = await self._outbound.post(url, body, {"Content-Type": "application/json"})
        return f"the receiver answers {answer.status}"


def address_in(variable: str) -> str:
    """Return the address in this environment variable. Raises Unavailable, which does not repeat it."""
    try:
        return web_address(secret(variable))
    except ValueError as error:
        raise Unavailable(f"the environment variable {variable} holds no web address", known=True) from error
