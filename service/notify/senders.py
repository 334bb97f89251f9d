"""The sender of each configured channel."""

from typing import Protocol

from service.notify.chat import ChatSender
from service.notify.email import EmailSender
from service.notify.outbound import Outbound
from service.notify.sender import Sender
from service.notify.slack import SlackSender
from service.notify.webhook import WebhookSender
from service.routing.channels import Channel, EmailChannel, Notify, SlackChannel, WebhookChannel


class Tried(Sender, Protocol):
    """A sender that can also send a test message."""

    async def trial(self, text: str) -> str:
        """Send a test message and return what came back. Raises NotSent."""


def sender_of(channel: Channel, settings: Notify, outbound: Outbound) -> Tried:
    """Return the sender of a channel."""
    match channel:
        case SlackChannel():
            return SlackSender(channel, outbound)
        case WebhookChannel():
            return WebhookSender(channel, outbound)
        case EmailChannel():
            return EmailSender(channel, settings)
        case _:
            return ChatSender(channel, outbound)
