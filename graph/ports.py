"""What the nodes ask of the world outside: logs, deploys and repositories. The service brings the adapters."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from incidents.alert import Alert
from incidents.rollout import Rollout
from tools.git.repository import Repository
from tools.logs.log_reading import LogReading

if TYPE_CHECKING:
    from graph.request import Request
    from tools.logs.agent_tools import LogQuestions


class LogReader(Protocol):
    """The log of what fails."""

    async def read(self, request: "Request") -> LogReading:
        """What it tells of the error; questions that fail become gaps of the reading. Raises UnreadableTrace when
        neither the alert nor the log can hold any text of it."""

    def questions(self, log: LogReading) -> "LogQuestions | None":
        """What an agent may ask about the error that was read; None when there is nothing to ask about."""


class Deploys(NamedTuple):
    """Deploys of one service, oldest first, and why some may be missing."""

    rollouts: tuple[Rollout, ...]
    missing: tuple[str, ...] = ()


class DeployHistory(Protocol):
    """The deploys that somebody recorded."""

    async def deploys(self, alert: Alert, opened_at: datetime) -> Deploys:
        """Those of the alert's service, repository and environment up to `opened_at`."""


class Repositories(Protocol):
    """The repositories of the services, by name. A repository cannot be checkpointed: nodes open it again."""

    async def open(self, name: str) -> Repository:
        """Raises RepositoryNotFound."""

    async def refreshed(self, name: str) -> bool:
        """Fetch what is new; False when nothing could be fetched."""

    def notes(self, name: str) -> tuple[str, ...]:
        """What a reader should know of the clone, such as that it is old."""

    def of_service(self, service: str) -> tuple[str, ...]:
        """The names of the repositories a service is built from, as far as the settings say."""


@dataclass(frozen=True, slots=True)
class OneRepository:
    """Repositories of somebody who has opened the only one."""

    repository: Repository

    async def open(self, name: str) -> Repository:
        """That one, whatever it is called."""
        return self.repository

    async def refreshed(self, name: str) -> bool:
        """It is never fetched."""
        return False

    def notes(self, name: str) -> tuple[str, ...]:
        """Nothing is to be said."""
        return ()

    def of_service(self, service: str) -> tuple[str, ...]:
        """No other is known."""
        return ()
