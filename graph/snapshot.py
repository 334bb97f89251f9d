"""What an investigation read, kept so that the same incident can be judged again as of its own time."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from graph.ports import LogReader
from graph.request import CommitWindow, Request
from incidents.errors import InputError
from incidents.frozen import Frozen
from incidents.versions import Versions
from tools.logs.log_reading import LogReading

if TYPE_CHECKING:
    from graph.state import Context
    from tools.logs.agent_tools import LogQuestions


class Snapshot(Frozen):
    """The input of one finished investigation: request, log and window as they were, and what judged them."""

    request: Request
    log: LogReading = LogReading()
    window: CommitWindow
    versions: Versions = Versions()


def snapshot_of(stored: Mapping[str, object]) -> Snapshot:
    """Return a stored snapshot. Raises InputError for one of another version of this program."""
    try:
        return Snapshot.model_validate(stored)
    except ValidationError as error:
        raise InputError(f"what was read for it is of another version ({error.error_count()} fields differ)") from error


@dataclass(frozen=True, slots=True)
class RecordedLog:
    """The log as it was read. Questions of agents go to `live`, whose queries name their own span of time."""

    reading: LogReading
    live: LogReader | None = None

    async def read(self, request: Request) -> LogReading:
        """Return the recorded reading."""
        return self.reading

    def questions(self, log: LogReading) -> "LogQuestions | None":
        """Return the questions that the log store can still answer."""
        return self.live.questions(log) if self.live is not None else None


def versions_of(context: "Context") -> Versions:
    """Return the versions that an investigation in this context is made with."""
    from tools.ranking.ranker import load_weights

    weights = named(context.weights or load_weights())
    if context.model is None:
        return Versions(weights=weights)
    from agents.prompt import version  # here: a run without a model imports no agent

    calibration = named(context.reliability) if context.reliability is not None else None
    return Versions(weights=weights, model=context.model_name, prompts=version(), calibration=calibration)


def named(content: Frozen) -> str:
    """Return a short name of a content: equal contents have equal names."""
    return name_of([content.model_dump_json()])


def name_of(texts: Iterable[str]) -> str:
    """Return a short name of these texts, in this order."""
    found = hashlib.sha256()
    for text in texts:
        found.update(text.encode() + b"\n")
    return found.hexdigest()[:12]
