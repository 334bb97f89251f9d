"""The channels to which messages about incidents go, as the settings name them, and which incidents each of them gets.

A field never contains a secret: it names the environment variable that holds a token, a password or an address that is
itself a secret.
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, IPvAnyNetwork, StringConstraints, model_validator

from incidents.frozen import Frozen
from tools.text.web_address import web_address

Role = Literal["viewer", "responder"]
"""A viewer may look at the plan of a revert; a responder may also give feedback, run again and mute."""
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
Mail = Annotated[str, StringConstraints(pattern=r"^[^@\s<>\",;:]{1,64}@[A-Za-z0-9.-]{1,190}$")]
Address = Annotated[str, AfterValidator(web_address)]


class _Channel(Frozen):
    """Which incidents a channel gets: those that match every filter; an empty filter matches all."""

    edits: ClassVar[bool] = False
    """Whether a message can be changed later. Where it cannot, nothing is sent before there is an answer."""

    services: tuple[str, ...] = Field(default=(), description="Only incidents of these services.")
    environments: tuple[str, ...] = Field(default=(), description="Only incidents in these environments.")
    repositories: tuple[str, ...] = Field(default=(), description="Only incidents of these repositories.")
    tiers: tuple[int, ...] = Field(default=(), description="Only incidents of services of these tiers (see `tiers`).")
    quiet: bool = Field(default=False, description="Only incidents with a likely cause.")
    related: int = Field(
        default=3,
        ge=0,
        le=50,
        description="So many related incidents get a message of their own, below the first one; others are counted.",
    )

    def gets(self, service: str, environment: str, repository: str, tier: int) -> bool:
        """Return whether the channel gets incidents of this service, environment, repository and tier."""
        pairs = (
            (self.services, service),
            (self.environments, environment),
            (self.repositories, repository),
            (self.tiers, tier),
        )
        return all(not wanted or value in wanted for wanted, value in pairs)


class SlackChannel(_Channel):
    """A Slack channel: one message an incident, edited in place."""

    edits: ClassVar[bool] = True

    kind: Literal["slack"]
    channel: str = Field(
        pattern=r"^[CDG][A-Z0-9]{2,40}$", description="Id of the channel, as at the end of its address (C0123ABCD)."
    )
    token_variable: Variable = Field(default="REDTIDE_SLACK_TOKEN", description="Variable with the bot token (xoxb-).")
    app_token_variable: Variable | None = Field(
        default=None,
        description="Variable with the app-level token (xapp-): clicks come over a socket that the service opens.",
    )
    api_url: Address = Field(default="https://slack.com/api/", description="Address of Slack's Web API.")


class WebhookChannel(_Channel):
    """A receiver of signed JSON: docs/notifications.md describes it."""

    kind: Literal["webhook"]
    url: Address = Field(description="Address that gets the POST requests.")
    secret_variable: Variable = Field(description="Variable with the secret that signs the body.")


class EmailChannel(_Channel):
    """Recipients of e-mail, through one SMTP server."""

    kind: Literal["email"]
    host: str = Field(pattern=r"^[A-Za-z0-9.:-]{1,200}$", description="The SMTP server.")
    port: int = Field(default=587, ge=1, le=65_535)
    tls: Literal["starttls", "implicit", "none"] = Field(
        default="starttls", description="`none` only for a server on this machine."
    )
    sender: Mail = Field(description="The address in From.")
    to: tuple[Mail, ...] = Field(min_length=1, max_length=50)
    user: str | None = Field(default=None, max_length=200)
    password_variable: Variable = "REDTIDE_SMTP_PASSWORD"

    @model_validator(mode="after")
    def _password_encrypted(self) -> Self:
        if self.tls == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("tls: `none` is only for a server on this machine")
        return self


class ChatChannel(_Channel):
    """An incoming webhook of Microsoft Teams, Mattermost or Discord. Its address is a secret."""

    kind: Literal["teams", "mattermost", "discord"]
    url_variable: Variable = Field(description="Variable with the address of the incoming webhook.")


Channel = Annotated[SlackChannel | WebhookChannel | EmailChannel | ChatChannel, Field(discriminator="kind")]
ChannelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]{0,59}$")]


class Notify(Frozen):
    """Who is notified, and how. Without channels nothing is sent and nothing is written."""

    channels: dict[ChannelName, Channel] = Field(
        default_factory=dict, description="Name -> channel (docs/notifications.md). Empty: nobody is notified."
    )
    networks: tuple[IPvAnyNetwork, ...] = Field(
        default=(), description="Private networks in which receivers may be; others must have a public address."
    )
    slack_roles: dict[str, Role] = Field(
        default_factory=dict,
        description="Slack user id -> `viewer` or `responder`, `*` for everybody. Decides who may use the buttons.",
    )
    commit_urls: dict[str, str] = Field(
        default_factory=dict,
        description="Repository -> web page of a commit, with `{sha}` in it: https://git.example.org/shop/commit/{sha}.",
    )
    request_seconds: float = Field(default=10.0, gt=0, le=30, description="Time limit for one request to a receiver.")
    attempts: int = Field(
        default=8, ge=1, description="How often a message is tried on which a receiver breaks while it takes others."
    )
    give_up_hours: float = Field(
        default=24.0, gt=0, description="How long a message waits for a receiver that does not answer."
    )
