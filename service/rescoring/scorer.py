"""Judges incidents from their snapshots: the graph's own code, with ports that answer what was recorded."""

import asyncio
import os
from dataclasses import replace
from typing import Any, Final

from pydantic import Field

from agents.prompt import use
from graph.investigation import Investigation, investigate
from graph.snapshot import RecordedLog, Snapshot
from graph.state import Context
from incidents.errors import InputError
from incidents.frozen import Frozen
from models.door import LanguageModel
from service.rescoring.configuration import Configuration
from service.settings import Settings
from service.worker.model_server import model_server
from service.worker.preparation import Preparation
from tools.ranking.ranker import Weights, load_weights

_NICENESS: Final = 10  # live incidents go first


class Task(Frozen):
    """One incident to judge. `head` is the revision that a revert is planned against (default: as in the service)."""

    key: str
    snapshot: Snapshot
    head: str | None = None


class Outcome(Frozen):
    """The result of one task: an investigation, or why there is none."""

    key: str
    found: Investigation | None = None
    failure: str | None = Field(default=None, description="Why it could not be judged.")


class Scorer:
    """Judges tasks in one process, several at once. Its results depend on the task and the configuration only.

    `fields` are those of Settings; secrets come from the process's environment.
    """

    def __init__(self, fields: dict[str, Any], configuration: Configuration, *, nice: bool = False) -> None:
        if nice:
            os.nice(_NICENESS)
        settings = configuration.applied(Settings(**fields))
        use(configuration.prompts)
        self._settings = settings
        self._preparation = Preparation(settings)
        self._model = model_server(settings) if configuration.agents else None
        weights = load_weights(settings.weights) if settings.weights is not None else None
        self._weights = configuration.weights or weights
        self._reliability = configuration.calibration
        if self._reliability is None and self._model is not None and settings.calibration is not None:
            from graph.calibration import usable

            self._reliability = usable(settings.calibration, settings.model_name)

    async def ready(self) -> None:
        """Return once the scorer can judge: its construction has not failed."""

    async def judge(self, task: Task) -> Outcome:
        """Judge one incident. A task that cannot be judged has a failure; bugs propagate."""
        limit = asyncio.timeout(self._settings.investigation_seconds)
        try:
            async with limit:
                return Outcome(key=task.key, found=await investigate(self._context(task), task.snapshot.request))
        except InputError as error:
            return Outcome(key=task.key, failure=str(error)[:1_000])
        except TimeoutError:
            if not limit.expired():
                raise
            return Outcome(key=task.key, failure=f"not finished within {self._settings.investigation_seconds:g} s")

    def _context(self, task: Task) -> Context:
        model, reliability = (self._model, self._reliability) if self._model is not None else (None, None)
        known = context_of(task.snapshot, self._settings, self._preparation, self._weights, model)
        return replace(known, head=task.head, reliability=reliability)

    async def close(self) -> None:
        """Close all connections."""
        await self._preparation.close()
        if self._model is not None:
            await self._model.close()


def context_of(
    snapshot: Snapshot,
    settings: Settings,
    preparation: Preparation,
    weights: Weights | None,
    model: LanguageModel | None,
) -> Context:
    """Return what an incident is judged in again: what was read, with these settings and this model."""
    return Context(
        repositories=preparation.repositories,
        logs=RecordedLog(snapshot.log, preparation.logs),
        known_window=snapshot.window,
        window=settings.window,
        model=model,
        model_name=settings.model_name if model else None,
        limits=settings.limits,
        weights=weights,
    )
