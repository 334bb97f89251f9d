"""The report: one type that every output (Slack, Markdown, terminal, HTTP) renders."""

from datetime import datetime

from pydantic import Field

from incidents.frozen import Frozen
from incidents.reference import Reference
from incidents.verdict import Confidence, Mode, Outcome


class ReportedCommit(Frozen):
    """One row of the list of commits, with a tag such as "touches the failing line"."""

    sha: str
    subject: str
    author: str
    committed_at: datetime
    probability: float = Field(ge=0, le=1)
    tag: str = ""
    url: str | None = Field(default=None, description="Its page at the forge, where that follows from the remote.")
    references: tuple[Reference, ...] = Field(default=(), description="Its review, pull request and tickets.")
    deployed: str = Field(default="", description="When it went live, from where the errors began, and by whom.")


class Report(Frozen):
    """The message for the on-call engineer; fields are in the order in which they are read.

    `why` has at most three sentences; `commits` at most three rows, best first; `dropped` counts the other commits by
    reason: with the rows they are all that were `considered`. `revert` says whether the culprit reverts cleanly, or what
    exactly blocks it; `command` is the one command to type, or None when there is nothing to revert. `missing` lists
    what could not be examined.
    """

    incident: str
    service: str
    environment: str
    outcome: Outcome
    headline: str = Field(max_length=100)
    verdict_line: str
    feedback: str = Field(default="", description="What a person said about the verdict, or what it had been before.")
    confirmation: str = Field(
        default="", description="What the owner's command showed, run with and without the commit."
    )
    why: tuple[str, ...] = Field(default=(), max_length=3)
    commits: tuple[ReportedCommit, ...] = Field(default=(), max_length=3)
    considered: int = 0
    dropped: dict[str, int] = Field(default_factory=dict)
    revert: str = ""
    command: str | None = None
    next_step: str = ""
    missing: tuple[str, ...] = ()
    confidence: Confidence
    mode: Mode
    model: str | None = None
    began: str = Field(default="", description="When the errors began and how many there were.")
    rate: str = Field(default="", description="Errors a minute before and after, new or grown, still going on or not.")
    sparkline: str = Field(default="", max_length=64, description="Errors over time, one character each.")
    log_url: str | None = Field(default=None, description="Web page with the errors in the log.")
    error: str = Field(default="", description="Exception and message, shortened.")
    count: int = 1
    first_seen: datetime | None = None
    alert_url: str | None = None
    seconds: float = 0.0
