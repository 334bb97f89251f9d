"""The ports of the workflow: logs, deploys and repositories. The adapters are in `service.worker`."""

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
    """Reads the log of a failing service."""

    async def read(self, request: "Request") -> LogReading:
        """Return what the log says about the error. Failed queries are listed as missing.

        Raises UnreadableTrace when the alert has no text and there is no log to read.
        """

    def questions(self, log: LogReading) -> "LogQuestions | None":
        """Return the questions an agent may ask about the error; None when the log does not contain it."""


class Deploys(NamedTuple):
    """The deploys of one service, oldest first, and why some may be missing."""

    rollouts: tuple[Rollout, ...]
    missing: tuple[str, ...] = ()


class DeployHistory(Protocol):
    """Knows the deploys of services."""

    async def deploys(self, alert: Alert, opened_at: datetime) -> Deploys:
        """Return the deploys of the alert's service, repository and environment up to `opened_at`."""


class Repositories(Protocol):
    """Opens repositories by name. An open repository cannot be checkpointed, so nodes reopen it after a resume."""

    async def open(self, name: str) -> Repository:
        """Open a repository. Raises RepositoryNotFound."""

    async def refreshed(self, name: str) -> bool:
        """Fetch new commits now; return False when that is not possible."""

    def notes(self, name: str) -> tuple[str, ...]:
        """Return warnings about the clone for the report, such as a failed fetch."""

    def of_service(self, service: str) -> tuple[str, ...]:
        """Return the names of the repositories that a service is built from, according to the settings."""


@dataclass(frozen=True, slots=True)
class OneRepository:
    """One repository that is already open, under any name."""

    repository: Repository

    async def open(self, name: str) -> Repository:
        """Return the repository."""
        return self.repository

    async def refreshed(self, name: str) -> bool:
        """Return False: it is never fetched."""
        return False

    def notes(self, name: str) -> tuple[str, ...]:
        """Return an empty tuple."""
        return ()

    def of_service(self, service: str) -> tuple[str, ...]:
        """Return an empty tuple: no other repository is known."""
        return ()
