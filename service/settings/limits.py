"""Groups of settings: what one replica may use and take, and how long repeated alerts are one incident."""

from typing import Literal

from pydantic import Field

from incidents.frozen import Frozen


class Replica(Frozen):
    """The resources of one replica of a deployment, unless serve_config.yaml sets others."""

    cpus: float = Field(default=0.1, ge=0, description="CPUs it reserves on its node, as Ray counts them.")
    max_ongoing_requests: int = Field(default=256, ge=1, description="Requests it works on at the same time.")
    max_queued_requests: int = Field(
        default=2_000, ge=-1, description="Requests that may wait; others get 503 at once. -1: no limit."
    )
    replicas: int = Field(default=1, ge=1, description="How many of them are started.")


class Life(Frozen):
    """How long repeated alerts belong to the same incident."""

    seconds: float = Field(
        default=86_400.0, gt=0, description="After this time without alerts the next one is a new incident."
    )
    flap_seconds: float = Field(
        default=1_800.0,
        ge=0,
        description="The same after the sender said that the error is over (an earlier alert is flapping).",
    )
    group_seconds: float = Field(
        default=900.0,
        ge=0,
        description="Incidents opened within this time after the first, with the same code or message, are one group.",
    )


class Recovery(Frozen):
    """How the errors are watched after a revert went live."""

    quiet_minutes: int = Field(
        default=10, ge=1, le=360, description="So long the errors must be at their baseline; longer for rare errors."
    )
    settle_minutes: int = Field(
        default=15, ge=0, le=360, description="Errors of this time after the deploy do not count against the revert."
    )
    watch_hours: float = Field(default=3.0, gt=0, le=72, description="After this time the answer is “cannot tell”.")


class Trials(Frozen):
    """How the policy runs the command that the owner configured for a repository."""

    sandbox: Literal["auto", "required", "off"] = Field(
        default="required",
        description="`required`: only in a sandbox (bubblewrap); `auto`: without one where none works; `off`: never in one.",
    )
    network: bool = Field(default=False, description="Let the command use the network in the sandbox.")
    seconds: float = Field(default=300.0, gt=0, le=3_600, description="Time limit of one run.")
    runs: int = Field(default=10, ge=2, le=30, description="Most runs for one commit that is to be confirmed.")


class Intake(Frozen):
    """The limits of one HTTP replica; beyond them it refuses requests."""

    most_waiting: int = Field(default=2_000, ge=1, description="Alerts that wait to be stored; then 503 at once.")
    most_together: int = Field(default=100, ge=1, description="Alerts stored in one transaction.")
    rate_per_second: float = Field(default=500.0, gt=0, description="Requests of one source; then 429.")
    rate_burst: int = Field(default=5_000, ge=1, description="Requests of one source at once.")


class BodyBounds(Frozen):
    """Limits for the bodies in progress, from first byte to answer, in each process that accepts requests."""

    count: int = Field(default=160, ge=2, description="Short bodies of proven senders.")
    long_count: int = Field(
        default=32,
        ge=2,
        description="Long bodies of proven senders; with `count` and `unproven_count` less than the replica's requests.",
    )
    short: int = Field(
        default=256 * 1024, ge=0, description="Up to so many bytes a body is short: it does not wait for long ones."
    )
    size: int = Field(
        default=32 * 2**20,
        ge=2_048,
        description="Bytes of the short bodies, and of the long ones. One sender has half of each limit.",
    )
    waiting: int = Field(
        default=2_000, ge=0, description="How many of them may wait for a free place; then 503 at once."
    )
    seconds: float = Field(default=20.0, gt=0, description="Time limit for waiting and reading; then 503 or 408.")
    unproven_count: int = Field(
        default=32, ge=1, description="Bodies of which only a signature could prove the sender."
    )
    unproven_size: int = Field(default=16 * 2**20, ge=1_024, description="Bytes of those.")
    unproven_seconds: float = Field(default=5.0, gt=0, description="Time limit for reading one of those; then 408.")


class Prices(Frozen):
    """What tokens cost, in any one currency."""

    prompt_per_million: float = Field(ge=0, description="A million prompt tokens.")
    completion_per_million: float = Field(ge=0, description="A million completion tokens.")

    def of(self, prompt: int, completion: int) -> float:
        """Return the price of so many tokens."""
        return (prompt * self.prompt_per_million + completion * self.completion_per_million) / 1_000_000
