"""The policy for automatic reverts: what has to be true of an incident before its commit is reverted without a person."""

from collections.abc import Mapping
from datetime import datetime, time
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from incidents.frozen import Frozen

PolicyMode = Literal["off", "shadow", "propose", "auto"]
"""`off`: nothing is decided. `shadow`: decisions are only recorded. `propose`: the revert is planned and a person is
asked. `auto`: it is executed when nobody objects in time."""
EvidenceKind = Literal["message", "code", "failing_line", "confirmed"]
"""What ties the commit to the failure, the weakest first: only words of the message; a measured relation to code of the
trace; it wrote or removed code at the failing line; the owner's own command fails with it and passes without it."""
EVIDENCE_KINDS: Final[tuple[EvidenceKind, ...]] = get_args(EvidenceKind)
AgentsNeed = Literal["not_against", "agree"]
"""`not_against`: no agent that was asked says otherwise. `agree`: moreover the developer names the same commit."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final[tuple[Day, ...]] = get_args(Day)
OPT_OUT: Final = "No-Auto-Revert"
"""The trailer of a commit message that excludes its commit: `No-Auto-Revert: reason`."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone of this machine; one is Europe/Berlin") from error
    return name


class Hours(Frozen):
    """A part of the week. `until` before `since` lasts over midnight, and counts for the day on which it began."""

    days: tuple[Day, ...] = Field(default=DAYS, description="Days of the week; all when left out.")
    since: time = Field(default=time(0), description="From this time of day on (`18:00`).")
    until: time = Field(default=time(0), description="Up to this time of day, exclusive; `00:00` is midnight.")
    zone: Annotated[str, AfterValidator(_zone)] = Field(default="UTC", description="Time zone (`Europe/Berlin`).")

    def hold(self, at: datetime) -> bool:
        """Whether `at`, which has an offset, lies in these hours."""
        there = at.astimezone(ZoneInfo(self.zone))
        clock, today, day_before = there.time(), DAYS[there.weekday()], DAYS[there.weekday() - 1]
        if self.since < self.until or self.until == time(0):
            return today in self.days and self.since <= clock and (clock < self.until or self.until == time(0))
        return (today in self.days and clock >= self.since) or (day_before in self.days and clock < self.until)

    def __str__(self) -> str:
        until = "24:00" if self.until == time(0) else f"{self.until:%H:%M}"
        return f"{', '.join(self.days)} {self.since:%H:%M}-{until} {self.zone}"


class Conditions(Frozen):
    """What has to be true, for one service of one repository. docs/policy.md explains each rule."""

    mode: PolicyMode = Field(default="off", description="`off`, `shadow`, `propose` or `auto`.")
    minimum_probability: float = Field(default=0.95, ge=0.5, le=1, description="Of the verdict; it must be calibrated.")
    minimum_git_probability: float = Field(
        default=0.8, ge=0.5, le=1, description="Of the same commit by git and logs alone, without any agent."
    )
    minimum_evidence: EvidenceKind = Field(
        default="failing_line",
        description="The weakest evidence that is enough: message, code, failing_line, confirmed.",
    )
    agents: AgentsNeed = Field(
        default="not_against",
        description="`not_against`: no agent says otherwise. `agree`: the developer names the commit too.",
    )
    checked_steps: bool = Field(
        default=False, description="Code must have found each step of the developer's explanation in the repository."
    )
    confirmed: bool = Field(
        default=False, description="The owner's command must fail with the commit and pass without it."
    )
    minimum_log_errors: int = Field(
        default=5,
        ge=0,
        description="Errors that the log must show since the commit went live; 0: an alert alone is believed.",
    )
    maximum_age_hours: float = Field(default=24.0, gt=0, description="Since the commit went live.")
    maximum_files: int = Field(default=10, ge=1, description="Files that the revert changes.")
    maximum_lines: int = Field(default=300, ge=1, description="Lines that the revert adds and removes.")
    environments: tuple[str, ...] = Field(
        default=("production",), description="Patterns for the alert's environment; no other one is reverted for."
    )
    protected_paths: tuple[str, ...] = Field(
        default=(), description="Patterns as in .gitignore; a revert that touches such a file needs a person."
    )
    protected_authors: tuple[str, ...] = Field(
        default=(), description="Patterns (`*@partner.example`) for the author's name or address, any case."
    )
    protected_repositories: tuple[str, ...] = Field(default=(), description="Patterns for names of repositories.")
    protected_services: tuple[str, ...] = Field(default=(), description="Patterns for names of services.")
    protected_hours: tuple[Hours, ...] = Field(default=(), description="Hours in which nothing is reverted.")
    hourly_cap: int = Field(default=1, ge=0, description="Automatic reverts in any 60 minutes, of all repositories.")
    daily_cap: int = Field(default=3, ge=0, description="Automatic reverts in any 24 hours, of all repositories.")
    pacing_minutes: float = Field(default=30.0, ge=0, description="Least time between two automatic reverts.")
    objection_minutes: float = Field(
        default=10.0, ge=1, le=1_440, description="How long people can object before a revert is executed (`auto`)."
    )
    approvals: int = Field(
        default=0, ge=0, le=2, description="People who must approve it before it is executed; 2: two different people."
    )


class Override(Frozen):
    """Other values for some services or repositories. Patterns as in a shell; a later override wins."""

    repositories: tuple[str, ...] = Field(default=("*",), description="Patterns for names of repositories.")
    services: tuple[str, ...] = Field(default=("*",), description="Patterns for names of services.")
    values: dict[str, Any] = Field(min_length=1, description="The fields that differ, by name.")

    def covers(self, repository: str, service: str) -> bool:
        """Whether it is about this service of this repository."""
        return matches(repository, self.repositories) and matches(service, self.services)


class Policy(Conditions):
    """The whole policy: conditions for everything, and overrides for parts of it."""

    overrides: tuple[Override, ...] = Field(default=(), description="Other values for some services or repositories.")

    @model_validator(mode="after")
    def _overrides_are_conditions(self) -> Self:
        for number, override in enumerate(self.overrides, start=1):
            try:
                self._with([override.values])
            except ValueError as error:
                raise ValueError(f"overrides, number {number}: {error}") from error
        return self

    def conditions(self, repository: str, service: str) -> Conditions:
        """The conditions for this service of this repository."""
        return self._with([each.values for each in self.overrides if each.covers(repository, service)])

    def _with(self, changes: list[dict[str, Any]]) -> Conditions:
        fields: Mapping[str, Any] = self.model_dump(exclude={"overrides"})
        for each in changes:
            fields = {**fields, **each}
        return Conditions.model_validate(fields)


def matches(text: str, patterns: tuple[str, ...]) -> bool:
    """Whether the text matches one of the shell patterns, whatever its case and the blanks around it."""
    name = text.strip().casefold()
    return any(fnmatchcase(name, pattern.casefold()) for pattern in patterns)
