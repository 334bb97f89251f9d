"""What fired."""

from datetime import datetime

from pydantic import Field

from incidents.frozen import Frozen


class Alert(Frozen):
    """One notification of an error wave, in Red Tide's own words. Text fields are hostile data."""

    service: str = Field(min_length=1, max_length=200, description="The failing service, as its deploys name it.")
    environment: str = Field(default="production", min_length=1, max_length=100)
    message: str = Field(default="", max_length=20_000, description="The error message, when there is one.")
    stack_trace: str = Field(
        default="", max_length=1_000_000, description="The log text with the stack trace, any language."
    )
    first_seen: datetime | None = Field(default=None, description="When the error was first seen (RFC 3339).")
    last_seen: datetime | None = None
    count: int = Field(default=1, ge=1, description="How many errors this alert stands for.")
    repository: str = Field(
        min_length=1, max_length=300, description="The repository, as the service's settings name it."
    )
    base: str | None = Field(
        default=None, max_length=200, description="Last good revision; from the deploys when left out."
    )
    deployed: str | None = Field(
        default=None, max_length=200, description="Failing revision; from the deploys when left out."
    )
    url: str | None = Field(default=None, max_length=2_000, description="Where a person can look at the alert.")


class Deploy(Frozen):
    """A revision of a repository that went live."""

    repository: str = Field(min_length=1, max_length=300)
    revision: str = Field(min_length=1, max_length=200)
    at: datetime = Field(description="When it went live (RFC 3339, with offset).")
    service: str | None = Field(default=None, max_length=200)
    environment: str = Field(default="production", min_length=1, max_length=100)
    actor: str | None = Field(default=None, max_length=200)
    url: str | None = Field(default=None, max_length=2_000)
