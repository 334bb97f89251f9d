"""What a channel has to be able to do, and how it says that it could not."""

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from service.render.message import Message

Record = Callable[[str, str], Awaitable[None]]
"""Store the channel's id of a part (name, id) before anything else is done."""


class NotSent(Exception):
    """A message was not sent. The text is shown to operators; it contains no secret."""


class Unavailable(NotSent):
    """The whole channel cannot be used now: its other messages wait too, in their order.

    `retry_after`: seconds that the receiver asks for. `known`: it is certain that nothing was sent.
    """

    def __init__(self, problem: str, *, retry_after: float | None = None, known: bool = False) -> None:
        super().__init__(problem)
        self.retry_after = retry_after
        self.known = known


class Failed(NotSent):
    """The receiver broke on this message: tried again a limited number of times, while others pass."""


class Refused(NotSent):
    """The receiver will never take this message."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to send. `key` names it and `number` its change: the same two are the same message.

    `messages` are the ids of parts that the channel shows already; `thread` is that of the first message of its group,
    None when this is the first. `unsure_since`: an earlier try began then and may have been sent.
    """

    message: Message
    key: str
    number: int
    token: str
    record: Record
    messages: Mapping[str, str] = field(default_factory=dict)
    thread: str | None = None
    unsure_since: datetime | None = None


class Sender(Protocol):
    """Sends to one channel. `pace_seconds` is the least time between two messages."""

    pace_seconds: float

    async def send(self, parcel: Parcel) -> None:
        """Show this message, in place of an earlier one where the channel can do that. Raises NotSent."""


def secret(variable: str) -> str:
    """Return a secret from this process's environment. Raises Unavailable."""
    value = os.environ.get(variable, "").strip()
    if not value:
        raise Unavailable(f"the environment variable {variable} is not set", known=True)
    return value
