"""What the store returns of rescorings: runs, their incidents, and verdicts beside each other."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from incidents.alert import Name
from incidents.frozen import Frozen
from incidents.reasoning import Step
from incidents.report import Report
from incidents.verdict import Outcome, Verdict
from incidents.versions import Versions

MOST: Final = 100_000  # incidents of one run
COMMAND_LINE: Final = "command line"
"""The actor of runs that a command carries out. Replicas leave them alone: their prompts and model are a person's own."""
Progress = Literal["waiting", "running", "stopped", "done"]


def _plausible(at: datetime) -> datetime:
    if not 2000 <= at.year <= 2200:
        raise ValueError("lies outside of 2000 to 2200")
    return at


Bound = Annotated[AwareDatetime, AfterValidator(_plausible)]
"""A time with its offset."""


class Selection(Frozen):
    """Which incidents are judged again: those with a verdict, newest first."""

    since: Bound | None = None
    until: Bound | None = None
    service: Name | None = Field(default=None, max_length=200)
    repository: Name | None = Field(default=None, max_length=300)
    outcome: Outcome | None = None
    labelled: bool = Field(default=False, description="Only incidents on which somebody gave feedback.")
    limit: int = Field(default=1_000, ge=1, le=MOST)


class Rescoring(Frozen):
    """One run and how far it is. `total` counts its incidents, `failed` are among those that are `finished`."""

    name: str
    created_at: datetime
    actor: str
    configuration: dict[str, Any]
    selection: Selection
    state: Progress
    total: int
    finished: int
    failed: int
    problem: str | None = Field(default=None, description="Why it was stopped.")


class Stored(Frozen):
    """A stored verdict that can be made again: its snapshot is `graph.snapshot.Snapshot` as JSON."""

    incident: str
    version: int
    snapshot: dict[str, Any]


class Rejudged(Frozen):
    """The result for one incident: a verdict, or why there is none."""

    incident: str
    seconds: float = 0.0
    verdict: Verdict | None = None
    report: Report | None = None
    versions: Versions | None = None
    steps: tuple[Step, ...] = ()
    failure: str | None = None


class Pair(Frozen):
    """One incident's stored verdict and the new one beside it, with what people said about the stored one."""

    incident: str
    service: str
    repository: str
    version: int
    language: str = Field(default="", description="Of the trace.")
    before: Verdict
    before_report: Report
    before_seconds: float
    before_versions: Versions
    before_steps: tuple[Step, ...] = Field(default=(), description="Questions to the model only.")
    after: Rejudged
    truth: str | None = Field(default=None, description="The right commit or `none`, by feedback; None: nobody said.")


class Reasoned(Frozen):
    """The reasoning behind one verdict, with what it was about and what people said of it."""

    incident: str
    opened_at: datetime
    snapshot: dict[str, Any]
    evidence: dict[str, Any]
    verdict: Verdict
    why: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    right: bool | None = Field(default=None, description="Whether the verdict is right, by feedback; None: not known.")
