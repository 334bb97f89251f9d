"""Every number and path of the service, typed, in one place.

A field comes from the `args` of serve_config.yaml, else from the environment (`REDTIDE_` + its name in capitals), else
from its default. No field contains a secret: a field names the environment variable with the secret, which is read on
the replica that needs it, so that no secret is sent through Ray. Tokens and secrets of senders: service/api/auth.
"""

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from agents.limits import Limits
from graph.calibration import load_reliability
from incidents.errors import InputError
from service.routing.channels import Notify
from service.settings.limits import BodyBounds, Intake, Life, Prices, Recovery, Replica, Trials
from service.settings.reverts import RevertSettings
from service.settings.sign_on import SignOn
from service.settings.store_address import StoreAddress, checked_store_url
from tools.deploys.window import WindowLimits
from tools.git.remote import FetchPolicy, checked_name, checked_url
from tools.logs.settings import LogSettings
from tools.ranking.ranker import load_weights
from tools.text.web_address import web_address

Docs = Literal["open", "token", "off"]


class Settings(BaseSettings):
    """The settings of the application (ingress and triage). Relative paths start at the working directory."""

    model_config = SettingsConfigDict(env_prefix="REDTIDE_", extra="forbid", frozen=True, hide_input_in_errors=True)

    store_url: str = Field(
        default="sqlite:///redtide.sqlite3",
        description="SQLAlchemy URL of the incident store, without a password (see `store_password_variable`).",
    )
    store_password_variable: str = Field(
        default="REDTIDE_STORE_PASSWORD", description="Environment variable that holds the store's password, if any."
    )
    repositories: dict[str, Path] = Field(
        default_factory=dict,
        description="Name used in alerts and deploys -> local path of the git repository (bare or work tree).",
    )
    confirm_commands: dict[str, str] = Field(
        default_factory=dict,
        description="Repository -> shell command that fails when the error is there: what `redtide confirm` runs, and "
        "the policy where only its word is missing.",
    )
    trials: Trials = Field(default=Trials(), description="How the policy runs `confirm_commands`.")
    remotes: dict[str, str] = Field(
        default_factory=dict,
        description="Name of a repository -> address it is fetched from; without one it is never fetched.",
    )
    git_token_variable: str = Field(
        default="REDTIDE_GIT_TOKEN", description="Environment variable that holds the token for https remotes, if any."
    )
    fetch: FetchPolicy = Field(default=FetchPolicy(), description="Limits for fetching from remotes.")
    refresh_seconds: float = Field(default=60.0, ge=0, description="A clone older than this is fetched before use.")
    logs: LogSettings | None = Field(
        default=None, description="The Elasticsearch cluster with the logs (docs/elasticsearch.md). None: alerts only."
    )
    window: WindowLimits = Field(default=WindowLimits(), description="How far back to search for a cause.")
    weights: Path | None = Field(
        default=None, description="The ranker's weights, as `redtide train` writes them. None: the shipped ones."
    )
    calibration: Path | None = Field(
        default=None,
        description="What the model's word was worth on labelled incidents, as `redtide calibrate` writes it "
        "(docs/command-line.md). Of another model or of other prompts it is not used. None: a cautious guess.",
    )
    policy: Path | None = Field(
        default=None,
        description="The policy for automatic reverts, a TOML or JSON file (docs/policy.md). None: nothing is decided. "
        "One that cannot be read stops automatic reverts, and nothing else.",
    )
    recovery: Recovery = Field(default=Recovery(), description="How the errors are watched after a revert.")
    services: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Service -> the repositories it is built from, its own first. Senders need not name the repository "
        "then; needless with only one.",
    )
    intake: Intake = Field(default=Intake(), description="Limits of the intake.")
    max_body_bytes: int = Field(default=8 * 2**20, ge=1_024, description="A larger request is refused with 413.")
    docs: Docs = Field(
        default="token", description="Whether /docs and /openapi.json are `open`, ask for a `token`, or are `off`."
    )
    public_url: str | None = Field(
        default=None, description="Where senders reach the service, for links in answers. None: links are relative."
    )
    oidc: SignOn | None = Field(
        default=None,
        description="Single sign-on for the pages (docs/console.md); needs `public_url`. None: people log in with API tokens.",
    )
    bodies: BodyBounds = Field(default=BodyBounds(), description="Limits for the bodies in progress.")

    model_url: str | None = Field(
        default=None, description="OpenAI-compatible server, e.g. http://127.0.0.1:8000/llm/v1. None: evidence only."
    )
    model_name: str | None = Field(default=None, description="The model to ask for at `model_url`.")
    model_key_variable: str = Field(
        default="REDTIDE_MODEL_API_KEY", description="Environment variable that holds the model server's key, if any."
    )
    model_timeout_seconds: float = Field(default=120.0, gt=0, description="Limit of one request to the model server.")
    limits: Limits = Field(default=Limits(), description="Limits for the agents of one incident (agents/limits.py).")

    model_prices: Prices | None = Field(
        default=None, description="What the model's tokens cost; reports of rescorings then say it."
    )
    investigations_at_once: int = Field(default=2, ge=1, description="Incidents one triage replica works on at once.")
    investigation_seconds: float = Field(
        default=900.0, gt=0, description="Limit of one investigation, agents included; then its incident has failed."
    )
    poll_seconds: float = Field(
        default=2.0, gt=0, description="How often triage searches for open incidents that were not announced."
    )
    evidence_at_once: int = Field(
        default=2, ge=1, description="Evidence-only verdicts one triage replica makes at once while the model is busy."
    )
    lease_seconds: float = Field(
        default=60.0,
        gt=0,
        description="After this time without a sign of life a replica is dead: another takes over its incidents.",
    )
    attempts: int = Field(default=5, ge=1, description="Starts of an investigation before its incident has failed.")
    retry_seconds: float = Field(
        default=5.0, ge=0, description="Pause before an investigation that broke is tried again; doubled every time."
    )
    agent_retries: int = Field(
        default=12,
        ge=0,
        description="How often agents are asked again that could not be asked because the model was unavailable.",
    )
    agent_retry_seconds: float = Field(
        default=60.0,
        gt=0,
        description="Pause before they are asked again; doubled every time up to an hour: with 12 retries, 7 hours.",
    )
    life: Life = Field(default=Life(), description="How long repeated alerts belong to the same incident.")
    tiers: dict[str, Annotated[int, Field(ge=1, le=9)]] = Field(
        default_factory=dict,
        description="Service -> importance, 1 is highest; others have 3. Decides the order of waiting incidents.",
    )
    notify: Notify = Field(default=Notify(), description="Who gets messages about incidents.")
    reverts: RevertSettings = Field(
        default=RevertSettings(), description="Where and how reverts are executed (docs/forges.md)."
    )
    retention_days: float = Field(
        default=180.0, gt=0, description="Incidents that ended longer ago are deleted with all their data."
    )
    ingress: Replica = Field(default=Replica(), description="The HTTP replica.")
    triage: Replica = Field(default=Replica(cpus=0.5), description="The replica that investigates.")
    drain_seconds: float = Field(
        default=20.0,
        ge=0,
        description="How long a stop waits for running investigations; the others are continued later.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """No file is looked for: pydantic would take half of the time for those that nobody named."""
        return init_settings, env_settings

    @field_validator("store_url")
    @classmethod
    def _store_without_password(cls, value: str) -> str:
        return checked_store_url(value)

    @field_validator("model_url", "public_url")
    @classmethod
    def _address_without_password(cls, value: str | None, info: ValidationInfo) -> str | None:
        model = "put the key into the variable named by model_key_variable"
        return (
            value if value is None else web_address(value, model if info.field_name == "model_url" else "it is shown")
        )

    @field_validator("repositories")
    @classmethod
    def _absolute_repositories(cls, value: dict[str, Path]) -> dict[str, Path]:
        return {checked_name(name): path.expanduser().resolve() for name, path in value.items()}

    @field_validator("weights")
    @classmethod
    def _readable_weights(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        file = value.expanduser().resolve()
        try:
            load_weights(file)
        except (OSError, ValueError) as error:
            raise ValueError(f"{str(file)!r} is no file of weights; `redtide train` writes one") from error
        return file

    @field_validator("calibration")
    @classmethod
    def _readable_calibration(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        file = value.expanduser().resolve()
        try:
            load_reliability(file)
        except (OSError, ValueError) as error:
            raise ValueError(f"{str(file)!r} is no calibration; `redtide calibrate` writes one") from error
        return file

    @field_validator("policy")
    @classmethod
    def _absolute_policy(cls, value: Path | None) -> Path | None:
        """It is read where it is used: a policy that is wrong stops automatic reverts, and nothing else."""
        return value if value is None else value.expanduser().resolve()

    @model_validator(mode="after")
    def _fetchable(self) -> Self:
        for name, url in self.remotes.items():
            try:
                checked_url(url, self.fetch.schemes)
            except ValueError as error:
                raise ValueError(f"remotes: {name!r}: {error}") from error
        return self

    @model_validator(mode="after")
    def _place_to_come_back_to(self) -> Self:
        if self.oidc is not None and self.public_url is None:
            raise ValueError("oidc needs public_url: the provider sends people back there")
        return self

    @model_validator(mode="after")
    def _known_repositories(self) -> Self:
        named = {
            "services": {name for names in self.services.values() for name in names},
            "remotes": self.remotes.keys(),
            "confirm_commands": self.confirm_commands.keys(),
            "reverts.repositories": self.reverts.repositories.keys(),
        }
        for setting, names in named.items():
            if unknown := sorted(names - self.repositories.keys()):
                raise ValueError(f"{setting} names what repositories does not hold: {', '.join(unknown)}; add it there")
        return self

    @model_validator(mode="after")
    def _pushable(self) -> Self:
        for name, reverts in self.reverts.repositories.items():
            if reverts.url is None and name not in self.remotes:
                raise ValueError(f"reverts: {name!r} has neither a url nor an address in remotes: nowhere to push to")
            if problem := reverts.forge_problem(reverts.url or self.remotes[name]):
                raise ValueError(f"reverts.repositories.{name}.{problem}")
        return self

    @property
    def evidence_only(self) -> bool:
        """Whether no language model is configured."""
        return not (self.model_url and self.model_name)

    def sign_on_secret(self) -> SecretStr:
        """Return the client's secret from its file, for single sign-on. Raises InputError."""
        assert self.oidc is not None
        try:
            secret = self.oidc.client_secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"oidc.client_secret_file cannot be read ({type(error).__name__})") from error
        if not secret:
            raise InputError("oidc.client_secret_file is empty")
        return SecretStr(secret)

    def store_address(self) -> StoreAddress:
        """Return the store's address with the password from this process's environment."""
        password = os.environ.get(self.store_password_variable)
        return StoreAddress(self.store_url, SecretStr(password) if password else None)

    def model_key(self) -> SecretStr | None:
        """Return the model server's key from this process's environment."""
        key = os.environ.get(self.model_key_variable)
        return SecretStr(key) if key else None
