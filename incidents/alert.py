"""What fired."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from incidents.frozen import Frozen

Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A name on one line: no control characters, which neither databases nor terminals take well."""


class Alert(Frozen):
    """One notification of an error wave, in Red Tide's own words. Text fields are hostile data."""

    service: Name = Field(min_length=1, max_length=200, description="The failing service, as its deploys name it.")
    environment: Name = Field(default="production", min_length=1, max_length=100)
    message: str = Field(default="", max_length=20_000, description="The error message, when there is one.")
    stack_trace: str = Field(
        default="", max_length=1_000_000, description="The log text with the stack trace, any language."
    )
    first_seen: datetime | None = Field(default=None, description="When the error was first seen (RFC 3339).")
    last_seen: datetime | None = None
    count: int = Field(default=1, ge=1, description="How many errors this alert stands for.")
    repository: Name = Field(
        min_length=1, max_length=300, description="The repository, as the service's settings name it."
    )
    base: Name | None = Field(
        default=None, max_length=200, description="Last good revision; from the deploys when left out."
    )
    deployed: Name | None = Field(
        default=None, max_length=200, description="Failing revision; from the deploys when left out."
    )
    url: Name | None = Field(default=None, max_length=2_000, description="Where a person can look at the alert.")
    severity: Name = Field(default="", max_length=50, description="How bad it is, in the sender's own word.")
    details: dict[Name, str] = Field(
        default_factory=dict,
        max_length=30,
        description="What else the sender says, by its own names: the rule, description, values, scope, links.",
    )

    @property
    def text(self) -> str:
        """All it says of the error: the stack trace, below the message where it does not repeat that."""
        parts = (self.message, self.stack_trace)
        return self.stack_trace if self.message in self.stack_trace else "\n".join(filter(None, parts))


class Deploy(Frozen):
    """A revision of a repository that went live."""

    repository: Name = Field(min_length=1, max_length=300)
    revision: Name = Field(min_length=1, max_length=200)
    old_revision: Name | None = Field(default=None, max_length=200, description="What it replaced, when known.")
    at: datetime = Field(description="When it went live (RFC 3339, with offset).")
    service: Name | None = Field(default=None, max_length=200)
    environment: Name = Field(default="production", min_length=1, max_length=100)
    actor: Name | None = Field(default=None, max_length=200)
    url: Name | None = Field(default=None, max_length=2_000)
