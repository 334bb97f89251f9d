"""The alert that fired, and the deploys around it."""

import re
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from incidents.frozen import Frozen

Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A name on one line, without control characters, which databases and terminals do not handle well."""
_WORD: Final = re.compile(r"\w+")
_COMPARED: Final = 2_000
"""Characters of a message: of a longer one no more stand in a stack trace without its signs."""


class Alert(Frozen):
    """One notification of an error, in Red Tide's own fields. Text fields are untrusted."""

    service: Name = Field(min_length=1, max_length=200, description="The failing service, as its deploys name it.")
    environment: Name = Field(default="production", min_length=1, max_length=100)
    message: str = Field(default="", max_length=20_000, description="The error message, when there is one.")
    stack_trace: str = Field(
        default="", max_length=1_000_000, description="The log text with the stack trace, any language."
    )
    first_seen: datetime | None = Field(default=None, description="When the error was first seen (RFC 3339).")
    last_seen: datetime | None = None
    count: int = Field(default=1, ge=1, description="How many errors this alert represents.")
    repository: Name = Field(
        min_length=1, max_length=300, description="The repository, as the service's settings name it."
    )
    base: Name | None = Field(
        default=None, max_length=200, description="Last good revision; from the deploys when left out."
    )
    deployed: Name | None = Field(
        default=None, max_length=200, description="Failing revision; from the deploys when left out."
    )
    url: Name | None = Field(default=None, max_length=2_000, description="Web page of the alert.")
    severity: Name = Field(default="", max_length=50, description="How bad it is, in the sender's own word.")
    details: dict[Name, str] = Field(
        default_factory=dict,
        max_length=30,
        description="What else the sender says, by its own names: the rule, description, values, scope, links.",
    )

    @property
    def text(self) -> str:
        """The alert's whole text: the stack trace, after the message when it does not repeat the message.

        A message that looked like rows stands in the stack trace without its signs: then its words are compared.
        """
        if self.message in self.stack_trace or _repeats(self.stack_trace, self.message):
            return self.stack_trace
        return "\n".join(filter(None, (self.message, self.stack_trace)))


def _repeats(stack: str, message: str) -> bool:
    said = " ".join(_WORD.findall(message[:_COMPARED]))
    return bool(said and stack) and said in " ".join(_WORD.findall(stack))


class Deploy(Frozen):
    """A revision of a repository that went live."""

    repository: Name = Field(min_length=1, max_length=300)
    revision: Name = Field(min_length=1, max_length=200)
    old_revision: Name | None = Field(default=None, max_length=200, description="The revision it replaced, if known.")
    at: datetime = Field(description="When it went live (RFC 3339, with offset).")
    service: Name | None = Field(default=None, max_length=200)
    environment: Name = Field(default="production", min_length=1, max_length=100)
    actor: Name | None = Field(default=None, max_length=200)
    url: Name | None = Field(default=None, max_length=2_000)
