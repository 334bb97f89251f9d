"""The input of an investigation: an alert with its parsed trace, and the window of commits that may be the cause."""

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
    """One alert to investigate. Fields from `trace` on start with the alert's values; `read_log` corrects them."""

    alert: Alert
    incident: str = ""
    opened_at: datetime = Field(description="When the alert arrived: documents and deploys up to then are read.")
    revert_command: str | None = Field(
        default=None, description="What a person types to revert the culprit; None: the git command itself."
    )
    trace: StackTrace
    log_text: str = Field(default="", description="The text of `trace` when it came from the log.")
    first_seen: datetime | None = None
    guessed: bool = Field(default=False, description="The alert's `base` is a default, which nobody named.")
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
        """Return the request for an alert. The alert's text is parsed only when no `trace` is given."""
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
    def of(cls, incident: Incident, revert_command: str | None = None) -> "Request":
        """Return the request for a stored incident."""
        return cls.about(
            _with_usable_times(incident.alert, incident.opened_at),
            incident.trace,
            opened_at=incident.opened_at,
            incident=incident.id,
            revert_command=revert_command,
        )

    @property
    def service(self) -> str:
        """The failing service."""
        return self.alert.service

    @property
    def environment(self) -> str:
        """The environment it fails in."""
        return self.alert.environment

    @property
    def text(self) -> str:
        """The text that `trace` was parsed from."""
        return self.log_text or self.alert.text

    @property
    def asked(self) -> tuple[str, str | None, str | None]:
        """Repository, base and deployed revision as named by the alert: they identify the question of a thread."""
        return self.alert.repository, self.alert.base, self.alert.deployed

    def corrected(self, log: LogReading) -> "Request":
        """Return the request with the log's values: start and count of the error, and its trace if it had none."""
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
    """The blame window: the commits of `base`..`deployed`, except those that are proven innocent."""

    repository: str = Field(description="Name of the repository the revisions are of.")
    base: str
    deployed: str
    rollouts: tuple[Rollout, ...] = Field(default=(), description="When the window's commits went live.")
    innocent: dict[str, str] = Field(default_factory=dict, description="Commit of the window -> proof of innocence.")
    later: tuple[RuledOut, ...] = Field(default=(), description="Commits proven innocent that are outside the window.")
    notes: tuple[str, ...] = Field(default=(), description="Notes for the report on how the window was found.")
    guessed: bool = Field(default=False, description="No deploy, tag or person says where the window begins.")

    @property
    def revisions(self) -> tuple[str, str, str]:
        """The identity of the window: opinions are only valid for the window they were given on."""
        return self.repository, self.base, self.deployed


def _with_usable_times(alert: Alert, opened_at: datetime) -> Alert:
    """Return the alert with a UTC offset on each time.

    Times more than a year away are dropped: some languages print their zero value for "not known".
    """
    given = {name: getattr(alert, name) for name in ("first_seen", "last_seen")}
    times = {name: at.replace(tzinfo=at.tzinfo or UTC) if at is not None else None for name, at in given.items()}
    plausible = {
        name: at if at is not None and abs(at - opened_at) <= _PLAUSIBLE else None for name, at in times.items()
    }
    return alert.model_copy(update=plausible)
