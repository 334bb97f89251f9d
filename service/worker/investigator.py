"""Wires an investigation to this replica: repositories, log store, recorded deploys and the language model."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from graph.draining import Drain
from graph.investigation import Investigation, investigate
from graph.state import Context
from incidents.errors import StoreUnavailable
from models.openai_server import OpenAIServer
from service.settings import Settings
from service.store.schemas import Claim
from service.worker.preparation import DeploysTold, Groundwork
from tools.logs.agent_tools import LogQuestions

if TYPE_CHECKING:
    from graph.checkpoints import Checkpointer


class Investigator:
    """Investigates one incident at a call, several at once. All of them share the connections.

    With a `checkpointer` a piece of work that was begun elsewhere goes on where it was.
    """

    def __init__(
        self, settings: Settings, recorded: DeploysTold | None = None, checkpointer: "Checkpointer | None" = None
    ) -> None:
        self._settings = settings
        self._checkpointer = checkpointer
        self._model = _model(settings)
        self._groundwork = Groundwork(settings, recorded)
        self._drain = Drain()

    async def __call__(self, claim: Claim) -> Investigation:
        """Log, window, evidence, agents when there is a model and they are asked for, verdict and report.

        Raises InputError, WorkInterrupted after `drain`, StoreUnavailable when progress cannot be kept.
        """
        prepared = await self._groundwork.prepare(claim.incident)
        model = self._model if claim.agents else None
        context = Context(
            repository=prepared.repository,
            model=model,
            model_name=self._settings.model_name if model else None,
            limits=self._settings.limits,
            log=LogQuestions.about(self._groundwork.connection, prepared.inquiry),
        )
        from graph.checkpoints import TROUBLE

        try:
            found = await investigate(
                context, prepared.request, checkpointer=self._checkpointer, thread_id=claim.thread, drain=self._drain
            )
        except TROUBLE as error:
            raise StoreUnavailable(f"the checkpoints are unavailable: {type(error).__name__}") from error
        return found.model_copy(update={"steps": (*prepared.steps, *found.steps)})

    def drain(self) -> None:
        """Ask running investigations to stop at their next step."""
        self._drain.ask()

    async def forget(self, threads: Collection[str]) -> None:
        """Drop the checkpoints of these threads. A failure is ignored: they only take room."""
        if self._checkpointer is None:
            return
        from graph.checkpoints import TROUBLE, forget

        try:
            for thread in threads:
                await forget(self._checkpointer, thread)
        except TROUBLE:
            return

    async def checkpointed(self) -> Collection[str]:
        """The threads that have checkpoints; none while the checkpoints are unavailable."""
        if self._checkpointer is None:
            return ()
        from graph.checkpoints import TROUBLE, threads

        try:
            return await threads(self._checkpointer)
        except TROUBLE:
            return ()

    async def close(self) -> None:
        """Give all connections back."""
        await self._groundwork.close()
        if self._model is not None:
            await self._model.close()


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
