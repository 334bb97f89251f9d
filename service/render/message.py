"""What a message about an incident shows, whichever channel it goes to. Every text is untrusted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from incidents.report import Report, ReportedCommit
from incidents.revert import RevertStep, Stage
from incidents.verdict import Outcome, Verdict
from service.render import sanitize

RevertState = Literal[
    "revert_proposed",
    "revert_open",
    "revert_merged",
    "revert_deployed",
    "revert_cannot_tell",
    "revert_recovered",
    "revert_not_helped",
]
State = Literal["investigating", "failed", "wrong"] | Outcome | RevertState
"""What a message shows: the outcome once there is a verdict, then how far the revert is; `wrong`: a person said so."""
REVERT_STATES: Final[Mapping[Stage, RevertState]] = {
    "proposed": "revert_proposed",
    "open": "revert_open",
    "merged": "revert_merged",
    "deployed": "revert_deployed",
    "cannot_tell": "revert_cannot_tell",
    "recovered": "revert_recovered",
    "not_helped": "revert_not_helped",
}
_WITHOUT_VERDICT = {"investigating", "failed"}
_BEGUN = {state for stage, state in REVERT_STATES.items() if stage != "proposed"}
_NO_OFFER: Final = {"command": None, "revert": "", "next_step": ""}
_ANSWERS = {
    "culprit": "likely cause found",
    "unsure": "not sure",
    "none": "no commit of their deploy",
    "not_enough": "not enough to tell",
    "failed": "failed",
    "open": "waiting",
    "investigating": "investigating",
    "done": "investigating",
}


class Candidate(NamedTuple):
    """A commit that a person may call the right one. `number` is its place among the verdict's suspects."""

    number: int
    sha: str
    subject: str


class Excluded(NamedTuple):
    """A commit that was ruled out, and why."""

    sha: str
    subject: str
    reason: str


AutoState = Literal["window", "objecting", "objected", "executed", "stopped"]


class AutoRevert(NamedTuple):
    """An automatic revert that people can stop, or what became of it. `note`: why it was stopped, or by whom.

    `until` ends the time for objections; `now` is when this is rendered.
    """

    state: AutoState
    commit: str
    subject: str
    until: datetime
    now: datetime
    note: str = ""

    @property
    def minutes_left(self) -> int:
        """Whole minutes, rounded up; 0 when the time is over."""
        return max(-int((self.now - self.until).total_seconds() // 60), 0)


class View(NamedTuple):
    """What one agent thinks of one commit. `caused` is None when it abstained."""

    agent: str
    sha: str
    caused: bool | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One incident as it stands. `report` is None before there is a verdict.

    `page` is the incident's address in Red Tide, `commit_url` that of a commit with `{sha}` in it; "" when unknown.
    `revert` is how far the revert of a commit is, `correction` what a person said instead of a wrong verdict. `related`
    incidents have these `answers`, `related_errors` is the sum of their errors.
    """

    incident: str
    state: State
    service: str
    environment: str
    opened_at: datetime
    error: str = ""
    errors: int = 1
    page: str = ""
    alert_url: str | None = None
    commit_url: str = ""
    report: Report | None = None
    revert: RevertStep | None = None
    auto: AutoRevert | None = None
    failure: str = ""
    correction: str = ""
    resolved_at: datetime | None = None
    again: bool = False
    agents_due: bool = False
    related: int = 0
    related_services: int = 0
    related_errors: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    views: tuple[View, ...] = ()
    trace: str = ""
    version: int = 0


def offered(report: Report, verdict: Verdict | None, revert: RevertStep | None) -> Report:
    """The report without the offer of a revert that is under way already; a revert of another commit leaves it as it is."""
    if revert is None or revert.stage == "proposed" or verdict is None or revert.commit != verdict.culprit:
        return report
    return report.model_copy(update=_NO_OFFER)


def shown_report(message: Message) -> Report | None:
    """The verdict's report where the message shows it; once a revert is under way, without the offer of one.

    After a person called the verdict wrong it is the report that says so, as on the page; never one from before.
    """
    report = message.report
    if report is None or message.state in _WITHOUT_VERDICT or (message.state == "wrong" and not report.feedback):
        return None
    if message.state in _BEGUN:
        return report.model_copy(update=_NO_OFFER)
    return report


def title(message: Message) -> str:
    """State, service and error, as plain text of at most 100 characters."""
    starts = {
        "investigating": "Investigating again" if message.again else "Investigating",
        "failed": "Could not be investigated",
        "wrong": "The verdict was wrong",
        "revert_proposed": "Revert proposed",
        "revert_open": "Revert under review",
        "revert_merged": "Revert merged",
        "revert_deployed": "Revert deployed",
        "revert_cannot_tell": "Reverted, effect not known",
        "revert_recovered": "Recovered",
        "revert_not_helped": "The revert did not help",
    }
    start, report = starts.get(message.state, ""), shown_report(message)
    if report is not None and (not start or message.state == "wrong"):
        return sanitize.line(report.headline, 100)
    parts = (start or "Incident", sanitize.line(message.service, 40), sanitize.line(message.error, 60) or "errors")
    return sanitize.clip(" · ".join(parts), 100)


def status(message: Message) -> str:
    """What there is to say where no verdict is shown, as plain text; "" where one is."""
    match message.state:
        case "investigating":
            since = f"{message.opened_at:%H:%M:%S} UTC"
            return f"Since {since}: reading the error, the deploys and the commits. This message changes when there is an answer."
        case "failed":
            return f"It could not be investigated: {sanitize.line(message.failure, 300) or 'no reason is known'}"
        case "wrong":
            return f"A person says that the verdict is wrong. {sanitize.line(message.correction, 300)}".strip()
        case _:
            return ""


def revert_line(message: Message, who: str) -> str:
    """How far the revert is and since when, as plain text; `who` is whoever brought it there. "" without one."""
    step = message.revert
    if step is None:
        return ""
    named = "" if message.state == "wrong" else f" of {sanitize.line(step.commit, 64)[:9]}"
    at = f"{step.at.astimezone(UTC):%H:%M} UTC"
    by = f" by {who}" if who else ""
    return {
        "proposed": f"The revert{named} was proposed{by} at {at}.",
        "open": f"The revert{named} was opened for review{by} at {at}.",
        "merged": f"The revert{named} was merged{by} at {at}. Not known yet whether the errors stop.",
        "deployed": f"The revert{named} is live since {at}. Not known yet whether the errors stop.",
        "cannot_tell": f"The revert{named} is live; as of {at} nothing shows whether the errors stopped: "
        "there is no log to ask, or too few errors. Look yourself.",
        "recovered": f"The errors were back to their baseline at {at}, after the revert{named}.",
        "not_helped": f"The errors went on after the revert{named}, as of {at}: it is probably not the cause. "
        "The revert can be reverted.",
    }[step.stage]


def auto_line(message: Message) -> str:
    """The automatic revert that people can stop, or that it was stopped, as plain text; "" without one."""
    auto = message.auto
    if auto is None or auto.state == "executed":
        return ""
    commit = sanitize.line(auto.commit, 64)[:9]
    if auto.state == "window":
        return f"{commit} is reverted automatically at {auto.until.astimezone(UTC):%H:%M} UTC unless somebody objects on its page."
    return f"The automatic revert of {commit} was stopped. {sanitize.line(auto.note, 200)}".strip()


def group_line(message: Message) -> str:
    """How many other incidents belong to it and how they stand, as plain text; "" when there are none."""
    if not message.related:
        return ""
    counts: dict[str, int] = {}
    for name, number in message.answers.items():
        words = _ANSWERS.get(name, sanitize.line(name, 30))
        counts[words] = counts.get(words, 0) + number
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    incidents = "incident" if message.related == 1 else "incidents"
    services = "1 service" if message.related_services == 1 else f"{message.related_services} services"
    counted = " · ".join(f"{number:,} {words}" for words, number in ordered)
    errors = f", {message.related_errors:,} errors" if message.related_errors > message.related else ""
    return f"{message.related:,} related {incidents} in {services}{errors}: {counted}"


def resolved_line(message: Message) -> str:
    """When the sender of the alert said that the error is over, as plain text; "" when it did not."""
    return (
        f"Its sender says that the error was over at {message.resolved_at:%H:%M:%S} UTC." if message.resolved_at else ""
    )


def commit_address(message: Message, sha: str) -> str | None:
    """Return the web page of a commit: where the settings say, else at the forge of its repository; None if unknown."""
    if not sha.isalnum():
        return None
    if message.commit_url:
        return sanitize.web_address(message.commit_url.replace("{sha}", sha))
    rows: tuple[ReportedCommit, ...] = message.report.commits if message.report else ()
    return sanitize.web_address(next((row.url for row in rows if row.sha == sha), None))
