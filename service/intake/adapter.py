"""What an alert source is: a name, a proof of who sends, and how its body is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from service.intake.lenient import Draft
from service.intake.webhook_signature import Signed

Read = Callable[[bytes, Mapping[str, str]], Sequence[Draft]]
"""The alerts of a body; the headers have lower-case names. Raises pydantic's ValidationError."""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of sender. `signed` is how it signs; None: it cannot, and shows a bearer token.

    `delivery_header` holds the id of a delivery, by which a repeated one is known.
    `strict`: what it says is our own format, so a field that cannot be used is refused instead of done without.
    """

    name: str
    read: Read
    signed: Signed | None = field(default=None)
    delivery_header: str | None = None
    strict: bool = False
