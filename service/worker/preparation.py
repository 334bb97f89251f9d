"""The adapters of `graph.ports`: the inputs of an investigation in the service."""

from dataclasses import InitVar, dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from graph.ports import DeployHistory, Deploys, LogReader, Repositories
from graph.request import Request
from incidents.alert import Alert
from incidents.errors import LogsError, UnreadableTrace
from incidents.rollout import Rollout
from service.repositories.clones import Clones
from service.settings import Settings
from tools.logs.agent_tools import LogQuestions
from tools.logs.client import Connection
from tools.logs.deploy_log import deploys_told
from tools.logs.log_reading import LogReading
from tools.logs.lookup import look_up
from tools.logs.queries import Window
from tools.text.redaction import redact

NO_LOG = "No log store is configured: the error's beginning is the time the alert gives."
_AFTERWARDS = timedelta(minutes=1)
_DEPLOY_DAYS = 30
_SAME_DEPLOY = timedelta(minutes=2)


class RecordedDeploys(Protocol):
    """The deploys that were sent to the service (`service.store.deploys.DeployRecords`)."""

    async def reported(self, alert: Alert, until: datetime) -> tuple[Rollout, ...]:
        """Return the deploys up to `until`, oldest first."""


@dataclass(frozen=True, slots=True)
class LogStore:
    """The log in Elasticsearch."""

    connection: Connection

    async def read(self, request: Request) -> LogReading:
        """Look the error up."""
        return await look_up(self.connection, request.alert, request.trace, request.opened_at)

    def questions(self, log: LogReading) -> LogQuestions | None:
        """Return the questions that an agent may ask about the error."""
        return LogQuestions.about(self.connection, log)


@dataclass(frozen=True, slots=True)
class NoLogStore:
    """The adapter when no log is configured."""

    async def read(self, request: Request) -> LogReading:
        """Return only this gap. Raises UnreadableTrace for an alert without any text."""
        if not request.text.strip():
            raise UnreadableTrace("the alert holds neither a message nor a stack trace, and there is no log to ask")
        return LogReading(missing=(NO_LOG,))

    def questions(self, log: LogReading) -> None:
        """Return None: there is no log to query."""


@dataclass(frozen=True, slots=True)
class KnownDeploys:
    """The deploys recorded in the store, and those of the deploy log."""

    recorded: RecordedDeploys | None
    connection: Connection | None

    async def deploys(self, alert: Alert, opened_at: datetime) -> Deploys:
        """Return the deploys of both, each once. A failure of the deploy log is a gap."""
        until = opened_at + _AFTERWARDS
        recorded = await self.recorded.reported(alert, until) if self.recorded is not None else ()
        if self.connection is None or self.connection.settings.deploy_index is None:
            return Deploys(recorded)
        since = (alert.first_seen or opened_at) - timedelta(days=_DEPLOY_DAYS)
        window = Window(since, until)
        try:
            logged = await deploys_told(self.connection, alert.repository, alert.service, alert.environment, window)
        except LogsError as error:
            return Deploys(recorded, (f"The deploy log could not be asked: {redact(str(error))[:500]}.",))
        return Deploys(_merged(recorded, logged))


@dataclass(slots=True)
class Preparation:
    """All adapters of a process. Several investigations share them and one connection to the log store."""

    settings: Settings
    recorded: RecordedDeploys | None = None
    clones: InitVar[Clones | None] = None
    logs: LogReader = field(init=False)
    deploys: DeployHistory = field(init=False)
    repositories: Repositories = field(init=False)
    _connection: Connection | None = field(init=False)

    def __post_init__(self, clones: Clones | None) -> None:
        """Create the adapters. Nothing is opened yet."""
        self._connection = Connection(self.settings.logs) if self.settings.logs is not None else None
        self.logs = LogStore(self._connection) if self._connection is not None else NoLogStore()
        self.deploys = KnownDeploys(self.recorded, self._connection)
        self.repositories = clones or Clones(self.settings)

    async def close(self) -> None:
        """Close the connections to the log store."""
        if self._connection is not None:
            await self._connection.close()


def _merged(recorded: tuple[Rollout, ...], logged: tuple[Rollout, ...]) -> tuple[Rollout, ...]:
    """Return both, each deploy once: the same revision within two minutes is the same deploy."""
    new = [
        each
        for each in logged
        if not any(one.revision == each.revision and abs(one.at - each.at) <= _SAME_DEPLOY for one in recorded)
    ]
    return tuple(sorted((*recorded, *new), key=lambda one: one.at))
