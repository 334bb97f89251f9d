"""Wires an investigation to this replica: the repositories it may read and the language model it may ask."""

import asyncio
from typing import TYPE_CHECKING

from graph.draining import Drain
from graph.investigation import Investigation, investigate
from graph.state import Context, Request
from incidents.errors import InputError, RepositoryNotFound, StoreUnavailable, UnreadableTrace
from models.openai_server import OpenAIServer
from service.records import Claim
from service.settings import Settings
from tools.repository import Repository

if TYPE_CHECKING:
    from graph.checkpoints import Checkpointer


class Investigator:
    """Investigates one incident at a call, several at once. The model's connections are shared by all of them.

    With a `checkpointer` a piece of work that was begun elsewhere goes on where it was.
    """

    def __init__(self, settings: Settings, checkpointer: "Checkpointer | None" = None) -> None:
        self._settings = settings
        self._checkpointer = checkpointer
        self._model = _model(settings)
        self._drain = Drain()

    async def __call__(self, claim: Claim) -> Investigation:
        """Evidence, agents when there is a model and they are asked for, verdict and report.

        Raises InputError, WorkInterrupted after `drain`, StoreUnavailable when progress cannot be kept.
        """
        request = Request.of(claim.incident)
        if not request.trace.strip():
            raise UnreadableTrace("the alert holds neither a message nor a stack trace")
        if not (request.base and request.deployed):
            raise InputError("the alert names no revisions and no deploy tells them: see POST /deploys")
        repository = await asyncio.to_thread(self._repository, claim.incident.alert.repository)
        model = self._model if claim.agents else None
        context = Context(
            repository=repository,
            model=model,
            model_name=self._settings.model_name if model else None,
            limits=self._settings.limits,
        )
        from graph.checkpoints import TROUBLE

        try:
            return await investigate(
                context, request, checkpointer=self._checkpointer, thread_id=claim.thread, drain=self._drain
            )
        except TROUBLE as error:
            raise StoreUnavailable(f"the checkpoints are unavailable: {type(error).__name__}") from error

    def drain(self) -> None:
        """Ask what runs to stop at its next step."""
        self._drain.ask()

    async def forget(self, claim: Claim) -> None:
        """Drop the progress of a piece of work whose end is stored."""
        if self._checkpointer is None:
            return
        from graph.checkpoints import TROUBLE, forget

        try:
            await forget(self._checkpointer, claim.thread)
        except TROUBLE:
            return  # it only takes room

    async def close(self) -> None:
        """Give the model's connections back."""
        if self._model is not None:
            await self._model.close()

    def _repository(self, name: str) -> Repository:
        path = self._settings.repositories.get(name)
        if path is None:
            raise RepositoryNotFound(
                f"repository: {name} is not in the service's settings (REDTIDE_REPOSITORIES, or REDTIDE_SERVICES for "
                "the repository of a service)"
            )
        return Repository.open(path)


def _model(settings: Settings) -> OpenAIServer | None:
    if settings.model_url is None or settings.model_name is None:
        return None
    key = settings.model_key()
    return OpenAIServer(
        settings.model_url,
        settings.model_name,
        api_key=key.get_secret_value() if key else None,
        timeout=settings.model_timeout_seconds,
    )
