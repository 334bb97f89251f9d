"""What is investigated: an alert with its trace, and the commits that may be blamed for it."""

from datetime import UTC, datetime, timedelta

from pydantic import Field

from incidents.alert import Alert
from incidents.evidence import RuledOut
from incidents.frozen import Frozen
from incidents.incident import Incident
from incidents.rollout import Rollout
from incidents.trace import StackTrace
from tools.logs.log_reading import LogReading
from tools.traces import parse

_PLAUSIBLE = timedelta(days=366)


class Request(Frozen):
    """One alert to investigate. The fields from `trace` on say what is known so far: `read_log` corrects them."""

    alert: Alert
    incident: str = ""
    opened_at: datetime = Field(description="When the alert came in: documents and deploys up to then are read.")
    revert_command: str | None = Field(
        default=None, description="What a person types to revert the culprit; None: the git command itself."
    )
    trace: StackTrace
    log_text: str = Field(default="", description="What `trace` was read from, when it was the log that brought it.")
    first_seen: datetime | None = None
    count: int = 1
    alert_url: str | None = None

    @classmethod
    def about(
        cls,
        alert: Alert,
        trace: StackTrace | None = None,
        *,
        opened_at: datetime | None = None,
        incident: str = "",
        revert_command: str | None = None,
    ) -> "Request":
        """The request for an alert. `trace` is parsed here when nobody has done so before."""
        return cls(
            alert=alert,
            incident=incident,
            opened_at=opened_at or datetime.now(UTC),
            revert_command=revert_command,
            trace=trace or parse(alert.text),
            first_seen=alert.first_seen,
            count=alert.count,
            alert_url=alert.url,
        )

    @classmethod
    def of(cls, incident: Incident) -> "Request":
        """The request for a stored incident; its revert goes through `redtide revert`."""
        return cls.about(
            _with_usable_times(incident.alert, incident.opened_at),
            incident.trace,
            opened_at=incident.opened_at,
            incident=incident.id,
            revert_command=f"redtide revert {incident.id}",
        )

    @property
    def service(self) -> str:
        """What fails."""
        return self.alert.service

    @property
    def environment(self) -> str:
        """Where it fails."""
        return self.alert.environment

    @property
    def text(self) -> str:
        """The text that `trace` was read from."""
        return self.log_text or self.alert.text

    @property
    def asked(self) -> tuple[str, str | None, str | None]:
        """The repository and revisions the alert names: a request with others is another question."""
        return self.alert.repository, self.alert.base, self.alert.deployed

    def corrected(self, log: LogReading) -> "Request":
        """With what the log tells better: when the error began, how often it occurred, its trace when there was none."""
        findings = log.findings
        if findings is None:
            return self
        began = findings.onset.at if findings.onset else self.first_seen or findings.first_at
        changed: dict[str, object] = {
            "first_seen": began,
            "count": max(findings.total, 1),
            "alert_url": self.alert_url or findings.url,
        }
        if log.trace is not None:
            changed |= {"trace": log.trace, "log_text": log.text}
        return self.model_copy(update=changed)


class CommitWindow(Frozen):
    """The commits that may be blamed: those of `base`..`deployed`, except what is proven innocent."""

    repository: str = Field(description="Name of the repository the revisions are of.")
    base: str
    deployed: str
    rollouts: tuple[Rollout, ...] = Field(default=(), description="When the window's commits went live.")
    innocent: dict[str, str] = Field(default_factory=dict, description="Commit of the window -> proof of innocence.")
    later: tuple[RuledOut, ...] = Field(default=(), description="Commits proven innocent that are outside the window.")
    notes: tuple[str, ...] = Field(default=(), description="What a reader should know of how the window was found.")

    @property
    def revisions(self) -> tuple[str, str, str]:
        """What opinions are about: those about one window say nothing about the commits of another."""
        return self.repository, self.base, self.deployed


def _with_usable_times(alert: Alert, opened_at: datetime) -> Alert:
    """The alert with an offset on each time, UTC where it had none. A time more than a year away is left out: some
    languages print their zero for "not known"."""
    given = {name: getattr(alert, name) for name in ("first_seen", "last_seen")}
    times = {name: at.replace(tzinfo=at.tzinfo or UTC) if at is not None else None for name, at in given.items()}
    plausible = {
        name: at if at is not None and abs(at - opened_at) <= _PLAUSIBLE else None for name, at in times.items()
    }
    return alert.model_copy(update=plausible)
