"""What an alert source is: a name, a proof of who sends, and how its body is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.intake.lenient import Draft
from service.intake.webhook_signature import Signed

Read = Callable[[Mapping[str, Any]], Sequence[Draft]]
"""The alerts of a body, which is a JSON object. Raises pydantic's ValidationError, or NotUnderstood."""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of sender. `signed` is how it signs; None: it cannot, and shows a bearer token.

    `takes` says in a few words what it sends, for the answer to a body that it does not.
    `delivery_header` holds the id of a delivery, by which a repeated one is known.
    `signed_by_topic`: the body is signed with a key of Amazon SNS instead (service/intake/sns_message.py).
    `templated`: whoever sets it up may write the body, so what is not understood is read as any sender's.
    `shared`: all senders without an address of their own use it.
    `strict`: what it says is our own format, so a field that cannot be used is refused instead of done without.
    """

    name: str
    read: Read
    signed: Signed | None = field(default=None)
    delivery_header: str | None = None
    strict: bool = False
    shared: bool = False
    templated: bool = False
    takes: str = ""
    signed_by_topic: bool = False
